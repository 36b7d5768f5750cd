"""Signing a consolidated report: what the units below a unit reported, added up, and what the unit states for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from webapp.extensions import db
from webapp.kernel import clock, media, records
from webapp.kernel.access import Actor, Role
from webapp.kernel.entries import Entry
from webapp.kernel.errors import Refusal
from webapp.reports import counting, totals, upward
from webapp.reports.models import ConsolidatedReport
from webapp.reports.rules import Line, Moved, lines_of, moved, parts_of, plain, sum_digest
from webapp.sync import queries as sync

UPWARD = (Role.CLERK, Role.COMMANDER)  # a command group signs what goes to the city


def consolidate(
    entry: Entry, data: dict[str, Any], _photos: Sequence[media.Stored], *, by: Actor, at: datetime
) -> None:
    """Write a signed version in the open transaction, bound to exactly the versions that it adds up.

    Raises Refusal `consolidation-not-yours`, `consolidation-empty`, `consolidation-signed` (somebody was quicker),
    `consolidation-moved` (the units below are no longer as the person saw them), `report-future`, and any refusal of
    `records.add`.
    """
    about = upward.find(data["kind"], data["unit"], data["day"], by.through(*UPWARD))
    if about is None:
        raise Refusal("consolidation-not-yours", 403)
    if about.day > clock.district_day(at):
        raise Refusal("report-future", 409)
    before = upward.newest(about)
    if before is not None and "corrects" not in data:
        raise Refusal("consolidation-signed", 409)
    if before is not None and data["corrects"] != before.id:
        raise Refusal("record-corrected-meanwhile", 409)
    day = upward.of_day(counting.reach_of(about.unit.id), about.kind.id, about.day)
    added = day.sum(about.unit.path)
    if not added.parts:
        raise Refusal("consolidation-empty", 409)
    if data["seen"] != added.key:
        raise Refusal("consolidation-moved", 409)
    row = _row(about, day, added, data, before.version + 1 if before else 1, at)
    records.add(entry, data | ({"corrects": before} if before else {}), row, by=by, at=at)
    db.session.flush()


def _row(
    about: upward.About, day: upward.Day, added: upward.Sum, data: Mapping[str, Any], version: int, at: datetime
) -> ConsolidatedReport:
    lines, own = lines_of(about.kind.lines), own_of(about, day)
    numbers = {line.code: _numbers(line, added, own, data) for line in lines if line.is_number}
    marked = totals.marks(day.under(about.unit.path), at, sync.waiting_by_unit())
    ids = str(about.kind.id), str(about.unit.id), about.day.isoformat()
    return ConsolidatedReport(
        kind_id=about.kind.id,
        unit_id=about.unit.id,
        day=about.day,
        lines=plain(lines),
        numbers=numbers,
        words={name: text for name, text in data.items() if name[:2] in ("r_", "t_") and text},
        parts=plain(added.parts),
        missing=[str(unit.unit_id) for unit in added.absent],
        whole=totals.stored(totals.completeness(marked, at)),
        digest=sum_digest(ids, version, numbers, added.parts),
        signed_at=at,
    )


def _numbers(line: Line, added: upward.Sum, own: Mapping[str, int], data: Mapping[str, Any]) -> list[int | None]:
    """[sum, own number, stated] of a line; None where nobody below states it, or the unit has none of its own.

    Raises Refusal `consolidation-moved` for a sum that was not shown.
    """
    computed = added.summed.get(line.code)
    if computed is not None and data[f"s_{line.code}"] != computed:
        raise Refusal("consolidation-moved", 409)
    return [computed, own.get(line.code), int(data[f"n_{line.code}"])]


def own_of(about: upward.About, day: upward.Day) -> Mapping[str, int]:
    """The unit's own numbers, shown beside the sum: of its own report, or what the records count for it."""
    stated = upward.own_numbers(day, about.unit.id)
    if stated is not None:
        return stated
    now = counting.counted(lines_of(about.kind.lines), about.unit.id, about.day)
    return {code: counted.number for code, counted in now.items()}


def moved_of(row: ConsolidatedReport, about: upward.About) -> tuple[list[Moved], upward.Sum]:
    """What has changed below a signed version since its signature, and what the units add up to now."""
    day = upward.of_day(counting.reach_of(about.unit.id), about.kind.id, about.day)
    added = day.sum(about.unit.path)
    return moved(parts_of(row.parts), added.parts), added

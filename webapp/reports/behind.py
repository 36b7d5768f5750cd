"""What Today's card of reports shows below its figures: the units that are behind, and devices with unsent work."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import render_template
from markupsafe import Markup

from webapp.kernel import caching, clock, i18n
from webapp.kernel.access import Reach
from webapp.reports import labels, lists, queries, totals
from webapp.reports.rules import State
from webapp.sync import queries as sync
from webapp.units.queries import paths_of

DAYS = 5
MOST = 8  # units
_WORST = (
    *(State.MISSING, State.RETURNED, State.UNSURE, State.DUE),
    *(State.LATE, State.AMENDED, State.REPORTED, State.ZERO),
)


def load(reach: Reach, at: datetime) -> dict[str, Any]:
    """The worst state of each unit that is behind by day, and the unsent work within reach, as drawn."""
    today = clock.district_day(at)

    def draw() -> Markup:
        more = _read(reach, today, at)
        return Markup(render_template("reports/_behind.html", labels=labels, lists=lists, **more))

    return {"drawn": caching.of_reach(f"reports behind {i18n.current()}", reach, today, draw)}


def _read(reach: Reach, today: date, at: datetime) -> dict[str, Any]:
    days = [today - timedelta(days=number) for number in range(DAYS - 1, -1, -1)]
    unit_ids = queries.behind(reach, days[0], today, at, MOST)
    rows = queries.of_units(reach, unit_ids, days[0], today) if unit_ids else ()
    devices, entries = _unsent(reach)
    return {"days": days, "grid": _grid(totals.marks(rows, at)), "devices": devices, "entries": entries}


def _grid(marked: Sequence[totals.Mark]) -> list[tuple[Any, dict[date, totals.Mark]]]:
    """The units with the worst of a day's reports, as (row, marks by day)."""
    by_unit: dict[Any, tuple[Any, dict[date, totals.Mark]]] = {}
    for mark in sorted(marked, key=lambda mark: _WORST.index(mark.state), reverse=True):
        by_unit.setdefault(mark.row.unit_id, (mark.row, {}))[1][mark.row.day] = mark
    return sorted(by_unit.values(), key=lambda pair: pair[0].path)


def _unsent(reach: Reach) -> tuple[int, int]:
    """The devices with unsent work, and their entries."""
    waiting = sync.waiting_by_unit()
    if not waiting or reach.is_district_wide:
        return totals.unsent("/", waiting)
    tops = paths_of([grant.unit_id for grant in reach.grants if grant.unit_id])
    own = [row for row in waiting if row.path.startswith(tuple(tops))]
    return totals.unsent("/", own)

"""Pages of consolidated reports: the units of a day that report upward, the form with the sums, a signed version."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import abort, flash, g, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from webapp.district.queries import preferences
from webapp.kernel import clock, entries
from webapp.kernel.access import allow, current_actor, current_reach
from webapp.kernel.errors import SETTLES, Refusal
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.i18n import localised
from webapp.kernel.kinds import Kind
from webapp.reports import counting, labels, queries, service, totals, upward
from webapp.reports.forms import PeriodForm
from webapp.reports.kinds import UPWARD_AMENDMENT, UPWARD_SIGNING
from webapp.reports.rules import lines_of
from webapp.reports.service import UPWARD
from webapp.reports.upward_form import MOST_TEXT
from webapp.reports.views import READERS, bp
from webapp.reports.views.asked import asked_kind
from webapp.sync import queries as sync
from webapp.units import queries as units

RECENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Row:
    """A unit that reports upward: what counts below it, its newest consolidated report, and what has changed since."""

    unit: Any
    sum: upward.Sum
    signed: Any
    moved: list[Any]


@bp.get("/upward")
@allow(*READERS)
def all_upward() -> Response:
    """The units that have reporting units below them on a day, each with the state of its consolidated report."""
    at, reach = clock.now(), current_reach()
    form = PeriodForm(MultiDict({"day": clock.district_day(at).isoformat()} | request.args.to_dict()))
    is_good, kinds = form.validate(), queries.kinds()
    kind = asked_kind() or (kinds[0] if kinds else None)
    day = (form.day.data if is_good else None) or clock.district_day(at)
    known = upward.of_day(reach, kind.id, day) if kind else upward.Day((), ())
    recent = upward.sums(reach, day - RECENT, day - timedelta(days=1), kind.id) if kind else []
    above = ((unit, known.sum(unit.path), known.signed(unit.id)) for unit in units.tree(reach))
    rows = [Row(unit, added, signed, known.moved(signed) if signed else []) for unit, added, signed in above]
    return respond(
        "reports/upward.html",
        "upward",
        200 if is_good else 422,
        form=form,
        kinds=kinds,
        kind_links=[(url_for(".all_upward", kind=k.id, day=day), k.name, k is kind, None) for k in kinds],
        kind=kind,
        day=day,
        today=clock.district_day(at),
        rows=[row for row in rows if row.sum.units or row.signed],
        recent=sorted(recent, key=lambda row: (-row.day.toordinal(), row.path)),
        step=timedelta(days=1),
        at=at,
    )


@bp.route("/upward/sign", methods=["GET", "POST"])
@allow(*UPWARD)
def sum_up() -> Response:
    """What the units below a unit reported for a day, added up; posting it signs."""
    about = _about(request.values)
    if about.day > clock.district_day(clock.now()):
        raise Refusal("report-future", 409)
    if request.method == "POST":
        return _signed(about, UPWARD_SIGNING)
    if signed := upward.newest(about):
        return see_other(url_for(".consolidated", sum_id=signed.id))
    return _form(about, UPWARD_SIGNING, None)


@bp.route("/upward/<uuid:sum_id>/amend", methods=["GET", "POST"])
@allow(*UPWARD)
def sum_up_again(sum_id: UUID) -> Response:
    """The newest version with the sums of now; posting it signs a further version."""
    row, about = upward.find_sum(sum_id, current_reach()) or abort(404)
    if request.method == "POST":
        return _signed(about, UPWARD_AMENDMENT)
    newest = upward.newest(about) or row
    stated = {f"n_{code}": n[2] for code, n in newest.numbers.items() if n[0] is not None and n[2] != n[0]}
    return _form(about, UPWARD_AMENDMENT, stated | (newest.words or {}) | {"corrects": newest.id})


@bp.get("/upward/<uuid:sum_id>")
@allow(*READERS)
def consolidated(sum_id: UUID) -> Response:
    """A signed version: sums, own and stated numbers, the versions that it binds, and what has changed since."""
    return respond("reports/consolidated.html", "consolidated", **_context(sum_id))


@bp.get("/upward/<uuid:sum_id>/print")
@allow(*READERS)
def consolidated_paper(sum_id: UUID) -> str:
    """A signed version as a document."""
    authority = localised(preferences(), "name")
    return render_template("reports/consolidated_paper.html", authority=authority, **_context(sum_id))


def _about(given: Any) -> upward.About:
    form = PeriodForm(MultiDict({name: given.get(name, "") for name in ("kind", "unit", "day")}))
    form.validate()
    return upward.find(form.kind.data, form.unit.data, form.day.data, current_reach()) or abort(404)


def _signed(about: upward.About, kind: Kind) -> Response:
    ids = {"kind": str(about.kind.id), "unit": str(about.unit.id), "day": about.day.isoformat()}
    fields = MultiDict(request.form.to_dict() | ids)
    try:
        delivery = entries.deliver(kind, fields, by=current_actor(), at=clock.now())
    except Refusal as refusal:
        g.is_refused = refusal.status in SETTLES
        return _form(about, kind, _renewed(about, fields, refusal), refusal.status, refusal=refusal)
    if delivery.receipt is None:
        return _form(about, kind, None, 422, bound=delivery.form)
    flash(_("汇总已签报，回执号 %(seq)s。", seq=delivery.receipt.seq), "warning" if delivery.receipt.replayed else "ok")
    return see_other(url_for(".consolidated", sum_id=delivery.receipt.uuid))


def _renewed(about: upward.About, fields: MultiDict[str, str], refusal: Refusal) -> dict[str, Any]:
    """What was typed, after a refusal; numbers that were confirmed as summed follow the sums."""
    typed: dict[str, Any] = {name: text for name, text in fields.items() if name[:2] in ("n_", "r_", "t_")}
    if refusal.code == "consolidation-moved":
        typed = {name: text for name, text in typed.items() if text != fields.get(f"s_{name[2:]}") or name[:2] != "n_"}
    newest = upward.newest(about)
    if "corrects" in fields:
        typed |= {"reason": fields.get("reason", ""), "corrects": newest.id if newest else fields["corrects"]}
    return typed


def _form(
    about: upward.About,
    kind: Kind,
    typed: dict[str, Any] | None,
    status: int = 200,
    *,
    bound: Any = None,
    refusal: Refusal | None = None,
) -> Response:
    """The form; `typed` replaces what a fresh one states, `bound` is one that was posted with mistakes."""
    at, lines = clock.now(), lines_of(about.kind.lines)
    day = upward.of_day(counting.reach_of(about.unit.id), about.kind.id, about.day)
    added = day.sum(about.unit.path)
    words = upward.words_of(added)
    fresh = _proposed(about, lines, added, words) if typed is None and bound is None else _ids(about, lines, added)
    fields = MultiDict({name: str(value) for name, value in (fresh | (typed or {})).items()})
    newest = upward.newest(about)
    marked = totals.marks(day.under(about.unit.path), at, sync.waiting_by_unit())
    is_amendment = kind is UPWARD_AMENDMENT
    return respond(
        "reports/sum_up.html",
        "sum_up",
        status,
        about=about,
        form=bound or kind.form(fields),
        lines=lines,
        added=added,
        own=service.own_of(about, day),
        words=words,
        whole=totals.completeness(marked, at),
        is_amendment=is_amendment,
        newest=newest,
        refusal=refusal,
        uuid=request.form.get("uuid") if bound else entries.new_uuid(),
        here=url_for(".sum_up_again", sum_id=newest.id) if is_amendment and newest else url_for(".sum_up"),
        labels=labels,
        at=at,
    )


def _ids(about: upward.About, lines: Any, added: upward.Sum) -> dict[str, Any]:
    """What the form is about, and the sums that it shows."""
    fields = {"kind": about.kind.id, "unit": about.unit.id, "day": about.day.isoformat(), "seen": added.key}
    summed = [line.code for line in lines if line.code in added.summed]
    of_lines = {f"{part}_{code}": added.summed[code] for code in summed for part in ("n", "s")}
    return fields | of_lines


def _proposed(about: upward.About, lines: Any, added: upward.Sum, words: Any) -> dict[str, Any]:
    """A fresh form: the sums are stated, and the texts of the units stand under one another if they fit."""
    texts = {
        name: "\n".join(
            _("%(label)s：%(value)s", label=unit, value=typed[name]) for unit, typed in words if name in typed
        )
        for name in (f"t_{line.code}" for line in lines if not line.is_number)
    }
    return _ids(about, lines, added) | {name: text for name, text in texts.items() if 0 < len(text) <= MOST_TEXT}


def _context(sum_id: UUID) -> dict[str, Any]:
    row, about = upward.find_sum(sum_id, current_reach()) or abort(404)
    versions = upward.versions(about)
    is_newest = row.replaced_by is None
    moved, added = service.moved_of(row, about) if is_newest else ([], None)
    ids = {UUID(id_) for id_ in (*row.missing, *(part["unit"] for part in row.parts), *(unit.unit for unit in moved))}
    names = {str(id_): name for id_, name in units.names(ids).items()}
    return {
        "row": row,
        "about": about,
        "lines": lines_of(row.lines),
        "words": row.words or {},
        "versions": versions,
        "moved": moved,
        "added": added,
        "names": names,
        "absent": [names[id_] for id_ in row.missing],
        "may_sign": is_newest and units.find_visible(about.unit.id, current_actor().through(*UPWARD)) is not None,
        "differences": _differences(versions),
        "whole": totals.restored(row.whole, row.signed_at),
        "labels": labels,
        "at": clock.now(),
    }


def _differences(versions: Any) -> dict[UUID, list[tuple[str, str, str]]]:
    """What each version stated otherwise than the one before: (line, before, after), by the id of the version."""
    stated = [{code: [n[0], n[2]] for code, n in version.numbers.items()} for version in versions]
    return {
        versions[n].id: labels.differences(stated[n + 1], stated[n], (*versions[n + 1].lines, *versions[n].lines))
        for n in range(len(versions) - 1)
    }

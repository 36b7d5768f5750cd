"""Pages of a day's report: what a clerk owes, the form, a signed version."""

import hashlib
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from flask import abort, flash, g, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from webapp.district.queries import preferences
from webapp.kernel import clock, entries
from webapp.kernel.access import Role, allow, current_actor, current_reach, may_open
from webapp.kernel.columns import canonical
from webapp.kernel.errors import SETTLES, Refusal
from webapp.kernel.figures import Figure, url_of
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.i18n import localised
from webapp.kernel.kinds import Kind
from webapp.reports import counting, labels, lists, queries, service, totals
from webapp.reports.kinds import AMENDMENT, SIGNING
from webapp.reports.rules import Note, checks_of, lines_of, notes_of, plain, spoken
from webapp.reports.service import SIGNERS
from webapp.reports.views import READERS, bp
from webapp.sync import queries as sync

BACK = 7  # days that a clerk's page goes back


@bp.get("/mine")
@allow(*SIGNERS)
def mine() -> Response:
    """What the clerk's units owe today, what is missing, and what was signed in the last days."""
    at = clock.now()
    today = clock.district_day(at)
    rows = queries.of_reach(current_reach(), today - timedelta(days=BACK), today)
    marked = totals.marks(rows, at)
    return respond(
        "reports/mine.html",
        "mine",
        open_=[mark for mark in marked if mark.is_open],
        signed=[mark for mark in marked if not mark.is_open],
        labels=labels,
        at=at,
    )


@bp.get("/due/<uuid:due_id>")
@allow(*READERS)
def expected(due_id: UUID) -> Response:
    """What is known of a report that nobody has signed: the deadline, what the records count, unsent work."""
    about = _find(due_id)
    if about.report:
        return see_other(url_for(".show", report_id=about.report.id))
    at, lines = clock.now(), lines_of(about.kind.lines)
    now = counting.counted(lines, about.due.unit_id, about.due.day)
    devices, unsent = totals.unsent(about.unit.path, sync.waiting_by_unit())
    return respond(
        "reports/expected.html",
        "expected",
        about=about,
        state=lists.state_now(about),
        counted=[(line, now[line.code].number) for line in lines if line.code in now],
        is_future=about.due.day > clock.district_day(at),
        devices=devices,
        unsent=unsent,
        labels=labels,
        at=at,
    )


@bp.route("/due/<uuid:due_id>/sign", methods=["GET", "POST"])
@allow(*SIGNERS)
def fill(due_id: UUID) -> Response:
    """The form of a day with what the records count; posting it signs."""
    about = _find(due_id)
    if about.due.day > clock.district_day(clock.now()):
        raise Refusal("report-future", 409)
    if request.method == "POST":
        return _signed(about, SIGNING)
    if about.report:
        return see_other(url_for(".show", report_id=about.report.id))
    now = _counted(about)
    return _form(about, SIGNING.form(_prefilled(about, now, {})), now)


@bp.route("/<uuid:report_id>/amend", methods=["GET", "POST"])
@allow(*SIGNERS)
def amend(report_id: UUID) -> Response:
    """The newest version in the form; posting it signs a further version."""
    about = _find_of(report_id)
    if request.method == "POST":
        return _signed(about, AMENDMENT)
    assert about.report
    now = _counted(about)
    stated = {f"n_{code}": pair[1] for code, pair in about.report.numbers.items()}
    typed = stated | (about.report.words or {}) | {"corrects": about.report.id}
    return _form(about, AMENDMENT.form(_prefilled(about, now, typed)), now)


def _find(due_id: UUID) -> queries.Expected:
    return queries.find(due_id, current_reach()) or abort(404)


def _find_of(report_id: UUID) -> queries.Expected:
    """The expectation of a signed version within reach."""
    report = queries.find_report(report_id) or abort(404)
    return _find(report.due_id)


def _counted(about: queries.Expected) -> Any:
    return counting.counted(lines_of(about.kind.lines), about.due.unit_id, about.due.day)


def _prefilled(about: queries.Expected, now: Any, typed: dict[str, Any]) -> MultiDict[str, str]:
    """The fields of a fresh form: the computed numbers are the stated ones, unless `typed` has others."""
    fields: dict[str, Any] = {"due": about.due.id}
    for code, counted in now.items():
        fields |= {f"n_{code}": counted.number, f"s_{code}": counted.number}
    return MultiDict({name: str(value) for name, value in (fields | typed).items()})


def _signed(about: queries.Expected, kind: Kind) -> Response:
    """Sign what was posted. What the checks say is shown first; the same press again signs."""
    fields = MultiDict(request.form)
    fields["due"] = str(about.due.id)
    form = kind.form(fields)
    notes = [] if fields.get("zero") or not form.validate() else _notes(about, form)
    if notes and fields.get("heard") != _key(notes):
        return _form(about, form, _counted(about), notes=notes)
    try:
        delivery = entries.deliver(kind, fields, by=current_actor(), at=clock.now())
    except Refusal as refusal:
        g.is_refused = refusal.status in SETTLES
        return _refused(about, kind, fields, refusal)
    if delivery.receipt is None:
        return _form(about, delivery.form, _counted(about), 422)
    flash(_("已签报，回执号 %(seq)s。", seq=delivery.receipt.seq), "warning" if delivery.receipt.replayed else "ok")
    return see_other(url_for(".show", report_id=delivery.receipt.uuid))


def _notes(about: queries.Expected, form: Any) -> list[Note]:
    return spoken(checks_of(about.kind.checks), form.stated(), *queries.before(about))


def _key(notes: list[Note]) -> str:
    """Identifies what the checks said, so that a press confirms just this."""
    return hashlib.sha256(canonical(plain(notes)).encode()).hexdigest()[:16]


def _refused(about: queries.Expected, kind: Kind, fields: MultiDict[str, str], refusal: Refusal) -> Response:
    """The form again with everything that was typed; numbers that were confirmed as computed follow the records."""
    now = _counted(about)
    if refusal.code == "report-not-zero":
        fields = _prefilled(about, now, {name: fields[name] for name in ("corrects", "reason") if name in fields})
    if refusal.code == "report-moved":
        for code, counted in now.items():
            if fields.get(f"n_{code}") == fields.get(f"s_{code}"):
                fields[f"n_{code}"] = str(counted.number)
            fields[f"s_{code}"] = str(counted.number)
    newest = queries.find(about.due.id, current_reach())
    if refusal.code == "record-corrected-meanwhile" and newest and newest.report:
        fields["corrects"] = str(newest.report.id)
    return _form(newest or about, kind.form(fields), now, refusal.status, refusal=refusal)


def _form(
    about: queries.Expected,
    form: Any,
    now: Any,
    status: int = 200,
    *,
    notes: list[Note] | None = None,
    refusal: Refusal | None = None,
) -> Response:
    lines = lines_of(about.kind.lines)
    is_amendment = "corrects" in form
    zero = form["zero"].data
    at = clock.now()
    waiting = sync.waiting_by_unit()
    devices, unsent = totals.unsent(about.unit.path, waiting)
    below, whole = _below(about, waiting) or (None, None)
    here = (
        url_for(".amend", report_id=about.report.id)
        if is_amendment and about.report
        else url_for(".fill", due_id=about.due.id)
    )
    return respond(
        "reports/fill.html",
        "fill",
        status,
        about=about,
        form=form if not zero else SIGNING.form(_prefilled(about, now, {})),
        lines=[line for line in lines if f"n_{line.code}" in form or f"t_{line.code}" in form],
        now=now,
        notes=[labels.in_words(note, lines) for note in notes or ()],
        heard=_key(notes) if notes else "",
        refusal=refusal,
        is_amendment=is_amendment,
        is_idle=counting.is_idle(lines, now) and not is_amendment,
        below=below,
        whole=whole,
        uuid=request.form.get("uuid") if request.method == "POST" and refusal is None else entries.new_uuid(),
        here=here,
        state=lists.state_now(about),
        devices=devices,
        unsent=unsent,
        labels=labels,
        at=at,
    )


def _below(about: queries.Expected, waiting: Any) -> tuple[totals.Total, totals.Completeness] | None:
    """What the units below this one reported for the day, and how complete it is; None if none of them owes this
    report. `waiting` is the unsent work of devices (`sync.queries.waiting_by_unit`).
    """
    at = clock.now()
    rows = queries.of_days(counting.reach_of(about.unit.id), about.kind.id, about.due.day, about.due.day, about.unit.id)
    marked = totals.below(totals.marks(rows, at, waiting), about.unit.path)
    if not marked:
        return None
    numbers = queries.numbers_of([mark.row.report_id for mark in marked if not mark.is_open])
    return totals.total(marked, numbers), totals.completeness(marked, at)


@bp.get("/<uuid:report_id>")
@allow(*READERS)
def show(report_id: UUID) -> Response:
    """A signed version: its numbers beside what the records counted, its words, its digest, the other versions, and
    what came after the signature.
    """
    return respond("reports/show.html", "report", **_context(report_id))


@bp.get("/<uuid:report_id>/print")
@allow(*READERS)
def paper(report_id: UUID) -> str:
    """A signed version as a document."""
    authority = localised(preferences(), "name")
    return render_template("reports/paper.html", authority=authority, **_context(report_id))


def _context(report_id: UUID) -> dict[str, Any]:
    about = _find_of(report_id)
    versions = queries.versions(about.due.id)
    row = next(version for version in versions if version.id == report_id)
    lines = lines_of(row.lines)
    is_newest = row.replaced_by is None
    later = service.later_by_line(row.id, row.lines, about.due.unit_id, about.due.day) if is_newest else {}
    figures = counting.choosable()
    opens = {
        line.code: _rows_url(figures[line.figure], about)
        for line in lines
        if line.figure in figures and may_open(figures[line.figure].endpoint, current_actor())
    }
    at, waiting = clock.now(), sync.waiting_by_unit()
    devices, unsent = totals.unsent(about.unit.path, waiting)
    below, whole = _below(about, waiting) or (None, None)
    return {
        "about": about,
        "row": row,
        "lines": lines,
        "words": row.words or {},
        "notes": [labels.in_words(note, lines) for note in notes_of(row.notes)],
        "versions": versions,
        "differences": _differences(versions),
        "later": {code: change for code, change in later.items() if change},
        "opens": opens,
        "state": lists.state_now(about),
        "below": below,
        "whole": whole,
        "may_amend": is_newest and queries.find(about.due.id, current_actor().through(Role.CLERK)) is not None,
        "labels": labels,
        "devices": devices,
        "unsent": unsent,
        "at": at,
    }


def _rows_url(figure: Figure, about: queries.Expected) -> str:
    """The list of the rows that a line counts, of this unit where the figure is broken down by units."""
    return url_of(figure, about.due.day, unit=about.unit.code if figure.axes else "")


def _differences(versions: Any) -> dict[UUID, list[tuple[str, str, str]]]:
    """What each version changed: (line, before, after), by the id of the version."""
    return {
        after.id: labels.differences(before.numbers, after.numbers, (*before.lines, *after.lines))
        for after, before in pairwise(versions)
    }

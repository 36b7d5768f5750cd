"""Pages of a clerk: what is owed, the form of a day, the form of a further version."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import flash, g, request, url_for
from flask_babel import gettext as _
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from webapp.kernel import clock, entries
from webapp.kernel.access import allow, current_actor, current_reach
from webapp.kernel.columns import canonical
from webapp.kernel.errors import SETTLES, Refusal
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.kinds import Kind
from webapp.reports import counting, labels, lists, queries, totals
from webapp.reports.kinds import AMENDMENT, SIGNING
from webapp.reports.rules import Note, checks_of, lines_of, plain, spoken
from webapp.reports.service import SIGNERS
from webapp.reports.views import bp
from webapp.reports.views.asked import below, find_due, find_of
from webapp.sync import queries as sync

BACK = 7  # days that a clerk's page goes back
_TAKEN = ("entry-conflict", "entry-other-author")  # the uuid is used: the form gets a new one


@bp.get("/mine")
@allow(*SIGNERS)
def mine() -> Response:
    """What the clerk's units owe today, what was returned or is missing, and what was signed in the last days."""
    at = clock.now()
    today = clock.district_day(at)
    rows = queries.of_reach(current_reach(), today - timedelta(days=BACK), today)
    marked = totals.marks(rows, at)
    return respond(
        "reports/mine.html",
        "mine",
        again=totals.marks(queries.to_answer(current_reach()), at),
        open_=[mark for mark in marked if mark.is_open],
        signed=[mark for mark in marked if not mark.is_open],
        labels=labels,
        at=at,
    )


@bp.route("/due/<uuid:due_id>/sign", methods=["GET", "POST"])
@allow(*SIGNERS)
def fill(due_id: UUID) -> Response:
    """The form of a day with what the records count; posting it signs."""
    about = find_due(due_id)
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
    about = find_of(report_id)
    if request.method == "POST":
        return _signed(about, AMENDMENT)
    assert about.report
    now = _counted(about)
    stated = {f"n_{code}": pair[1] for code, pair in about.report.numbers.items()}
    typed = stated | (about.report.words or {}) | {"corrects": about.report.id}
    return _form(about, AMENDMENT.form(_prefilled(about, now, typed)), now)


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
        return _form(about, form, _counted(about), 409, notes=notes)
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
    at = clock.now()
    waiting = sync.waiting_by_unit()
    devices, unsent = totals.unsent(about.unit.path, waiting)
    summed, whole = below(about, waiting) or (None, None)
    return respond(
        "reports/fill.html",
        "fill",
        status,
        about=about,
        kind=AMENDMENT if is_amendment else SIGNING,
        form=SIGNING.form(_prefilled(about, now, {})) if form["zero"].data else form,
        lines=[line for line in lines if f"n_{line.code}" in form or f"t_{line.code}" in form or form["zero"].data],
        now={code: counted.number for code, counted in now.items()},
        notes=[labels.in_words(note, lines) for note in notes or ()],
        heard=_key(notes) if notes else "",
        refusal=refusal,
        is_amendment=is_amendment,
        is_idle=counting.is_idle(lines, now) and not is_amendment,
        below=summed,
        whole=whole,
        uuid=_uuid(refusal),
        zero_uuid=entries.new_uuid(),
        here=_here(about, is_amendment),
        draft=f"report-amend:{about.due.id}" if is_amendment else f"report:{about.due.id}",
        state=lists.state_now(about),
        devices=devices,
        unsent=unsent,
        labels=labels,
        at=at,
    )


def _here(about: queries.Expected, is_amendment: bool) -> str:
    if is_amendment and about.report:
        return url_for(".amend", report_id=about.report.id)
    return url_for(".fill", due_id=about.due.id)


def _uuid(refusal: Refusal | None) -> Any:
    """A posted form keeps its uuid, so that its copy on the device stays the same entry."""
    is_zero = request.form.get("zero")  # its own form, which had a uuid of its own
    is_new = is_zero or (refusal is not None and refusal.code in _TAKEN)
    return entries.new_uuid() if is_new else request.form.get("uuid") or entries.new_uuid()

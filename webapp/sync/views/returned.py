"""Pages of returned entries, for their author to correct or give up."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import abort, flash, request, url_for
from flask_babel import gettext as _
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from webapp.kernel import clock, kept
from webapp.kernel.access import EVERYONE, allow, current_actor
from webapp.kernel.errors import Refusal
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.kinds import find_late, kinds
from webapp.sync import labels, queries, service
from webapp.sync.forms import NoteForm
from webapp.sync.rules import OPEN, State
from webapp.sync.views import bp


@bp.get("/sync/returned")
@allow(*EVERYONE)
def returned_list() -> Response:
    """All returned entries of the signed-in person."""
    actor = current_actor()
    return respond(
        "sync/returned_list.html",
        "returned_list",
        rows=queries.returned(actor),
        total=queries.count_returned(actor),
        seconds=queries.second_versions(actor),
        total_seconds=queries.count_seconds(actor),
        kind_name=labels.kind_name,
        why=lambda row: queries.sentence_of(row) if queries.may_see(row, actor) else labels.ROLE_LOST,
    )


@bp.route("/sync/returned/<uuid:envelope_id>", methods=["GET", "POST"])
@allow(*EVERYONE)
def returned(envelope_id: UUID) -> Response:
    """A returned entry as a form with its typed values; submitting it records the corrected version."""
    row = _row(envelope_id)
    if not queries.may_see(row, current_actor()):
        return _closed(row, 200 if request.method == "GET" else 409)
    if request.method == "GET":
        return _form(row, queries.typed_form(row))
    return _look_again(row) or _correct(row)


def _look_again(row: Any) -> Response | None:
    """The page again, with nothing recorded: because it was asked for, or because of what is asked first."""
    correction = queries.correction_of(row)
    if correction is None or row.state not in OPEN:
        return None
    form = queries.bound_form(row, request.form)
    if request.form.get("act") == "refresh":
        return _form(row, form)
    present = current_actor().through(*kinds()[row.kind].late_roles)
    asked = None if form.errors else correction.ask(form, request.form, present)
    return _form(row, form, 409, asked=asked) if asked else None


def _correct(row: Any) -> Response:
    kind, correction = kinds().get(row.kind), queries.correction_of(row)
    of_page = kind.of_page if kind else ()
    fields = MultiDict([(name, value) for name, value in request.form.items(multi=True) if name not in of_page])
    try:
        delivery = service.correct(row.id, fields, request.files, by=current_actor(), at=clock.now())
    except Refusal as refusal:
        shown = correction.renew(request.form, refusal) if correction else request.form
        return _form(row, queries.bound_form(row, shown), 409, refusal)
    if delivery.form and delivery.receipt is None:
        return _form(row, delivery.form, 422)
    return _go_on(row)


@bp.post("/sync/returned/<uuid:envelope_id>/set-aside")
@allow(*EVERYONE)
def give_up(envelope_id: UUID) -> Response:
    """Give up a returned entry with a reason; it stays visible to the auditor."""
    row, form = _row(envelope_id), NoteForm(request.form)
    if not form.validate():
        if not queries.may_see(row, current_actor()):
            return _closed(row, 422, form)
        return _form(row, queries.typed_form(row), 422, aside=form)
    service.give_up(envelope_id, form.note.data, by=current_actor(), at=clock.now())
    return see_other(url_for(".returned_list"))


def _row(envelope_id: UUID) -> Any:
    return queries.find_returned(envelope_id, current_actor()) or abort(404)


def _go_on(row: Any) -> Response:
    """Redirect to the record if there is one by now (for a conflict the first version), else to the returned entry."""
    here = url_for(".returned", envelope_id=row.id)
    if row.state is State.CONFLICT:
        notice = _(
            "这条记录已经先有另一份入库，就是这一页。您提交的一份与它不同，没有入库，已保留在“退回修改”里。请核对。"
        )
        flash(notice, "warning")
        if _had_photos():
            flash(_("这次加的照片没有入库，也没有保留。还需要的话，请重新登记一条并附上。"), "warning")
    return see_other(here if row.state in OPEN else queries.record_url(row.kind, row.uuid) or url_for("today.index"))


def _had_photos() -> bool:
    return any(file.filename for file in request.files.values())


def _closed(row: Any, status: int, aside: Any = None) -> Response:
    """The page after the author lost the role: it offers to set the entry aside without showing its content."""
    context = {"form": None, "kind": None, "refusal": None, "first": None, "strange": (), "why": labels.ROLE_LOST}
    aside, name = aside or NoteForm(), labels.kind_name(row.kind)
    return respond("frames/returned.html", "returned", status, row=row, aside=aside, name=name, **context)


def _form(
    row: Any,
    form: Any,
    status: int = 200,
    refusal: Refusal | None = None,
    aside: Any = None,
    asked: Mapping[str, Any] | None = None,
) -> Response:
    late = find_late(row.kind)
    more: dict[str, Any] = {}
    if late and form:
        standing = service.standing_of(row, current_actor())
        more = (late.load or kept.choices_of)(
            form, current_actor().through(*late.late_roles), standing.through(*late.late_roles)
        )
    return respond(
        "frames/returned.html",
        "returned",
        status,
        row=row,
        form=form,
        kind=late,
        refusal=refusal,
        aside=aside or NoteForm(),
        name=labels.kind_name(row.kind),
        why=queries.sentence_of(row),
        strange=queries.not_understood(row, form),
        first=queries.conflict_url(row),
        kept_photos=queries.count_photos(row),
        had_photos=_had_photos(),
        asked=asked,
        **(more | dict(asked or {})),
    )

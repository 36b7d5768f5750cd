"""Pages of the gate: choice of gate, arrivals, people inside, a visit, the list."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from webapp.checkpoints import kinds, labels, lists, pages, queries, service
from webapp.checkpoints.forms import LookForm, UndoForm, VisitForm
from webapp.kernel import clock, entries, listing
from webapp.kernel.access import Role, allow, current_actor, current_reach
from webapp.kernel.disclosure import RevealForm
from webapp.kernel.errors import Refusal
from webapp.kernel.htmx import respond, see_other, wants_fragment
from webapp.kernel.repeats import refuse_repeats
from webapp.places.queries import find_visible, places_of
from webapp.places.rules import PlaceKind

bp = Blueprint("checkpoints", __name__, url_prefix="/checkpoints")


@bp.get("")
@allow(Role.GATEKEEPER)
def choose() -> Response:
    """Redirect to the person's gate; a choice if there are several."""
    gates = places_of(current_reach(), (PlaceKind.CHECKPOINT,))
    if len(gates) == 1:
        return see_other(url_for(".gate", place_id=gates[0].id))
    return respond("checkpoints/choose.html", "choose", gates=gates)


@bp.get("/<uuid:place_id>/gate")
@allow(Role.GATEKEEPER)
def gate(place_id: UUID) -> Response:
    """The page of a gate: search box, form and people inside."""
    done_id = request.args.get("done", type=UUID)
    done = queries.find_at_gate(done_id, current_reach()) if done_id else None
    return _gate(place_id, VisitForm(place=place_id), done=done)


@bp.post("/<uuid:place_id>/look")
@allow(Role.GATEKEEPER)
def look(place_id: UUID) -> Response:
    """Find a returning visitor; a single match fills in the form at once."""
    form = LookForm(request.form)
    if not form.validate():
        return _gate(place_id, VisitForm(), 422, look=form)
    matches = queries.returning(form.q.data, current_reach())
    if len(matches) == 1:
        return _gate(place_id, pages.filled_from(matches[0]), known=matches[0])
    return _gate(place_id, VisitForm() if matches else pages.started_with(form.q.data), matches=matches)


@bp.post("/<uuid:place_id>/again/<uuid:visit_id>")
@allow(Role.GATEKEEPER)
def again(place_id: UUID, visit_id: UUID) -> Response:
    """Fill in the form from an earlier visit."""
    known = queries.find_at_gate(visit_id, current_reach()) or abort(404)
    return _gate(place_id, pages.filled_from(known), known=known)


@bp.post("/<uuid:place_id>/visits")
@allow(Role.GATEKEEPER)
def record(place_id: UUID) -> Response:
    """Log an arrival; an invalid form is answered in place with its input."""
    actor, at = current_actor(), clock.now()
    if request.form.get("place") != str(place_id):  # the service looks only at the gate in the form
        _place(place_id)
    try:
        delivery = entries.deliver(kinds.VISIT_IN, request.form, by=actor, at=at)
    except Refusal as refusal:
        return _refused(place_id, refusal)
    if delivery.receipt is None:
        return _gate(place_id, delivery.form, 422, known=pages.known_of(delivery.form, current_reach()))
    if not wants_fragment():
        return see_other(url_for(".gate", place_id=place_id, done=delivery.receipt.uuid))
    done = queries.find_at_gate(delivery.receipt.uuid, current_reach())
    return _gate(place_id, VisitForm(formdata=None), done=done)


@bp.get("/<uuid:place_id>/live")
@allow(Role.GATEKEEPER)
def live(place_id: UUID) -> Response:
    """The right-hand column, polled every few seconds; empty if unchanged."""
    place, at = _place(place_id), clock.now()
    if not wants_fragment():
        return see_other(url_for(".gate", place_id=place_id))
    if request.args.get("seen") == pages.seen(place_id, at):
        return Response(status=204)
    return respond("checkpoints/gate.html", "gate_live", **pages.panel(place, at))


@bp.post("/<uuid:place_id>/departures")
@allow(Role.GATEKEEPER)
def depart(place_id: UUID) -> Response:
    """Record a departure by one tap."""
    actor, at, place = current_actor(), clock.now(), _place(place_id)
    try:
        delivery = entries.deliver(kinds.VISIT_OUT, pages.own_fields(request.form), by=actor, at=at)
    except Refusal as refusal:
        return _departed(place, at, refusal.status, refusal)
    if delivery.receipt is None:
        refuse_repeats(delivery.form)
        abort(400)
    return _departed(place, at)


@bp.post("/<uuid:place_id>/departures/<uuid:visit_id>/undo")
@allow(Role.GATEKEEPER)
def undo(place_id: UUID, visit_id: UUID) -> Response:
    """Undo a departure."""
    place, at = _place(place_id), clock.now()
    try:
        service.undo_departure(visit_id, by=current_actor(), at=at)
    except Refusal as refusal:
        if kept := _beside_typed(place_id, refusal=refusal):
            return kept
        raise
    if not wants_fragment():
        return _beside_typed(place_id) or see_other(url_for(".gate", place_id=place_id))
    return respond("checkpoints/gate.html", "gate_live", **pages.panel(_place(place.id), at))


@bp.post("/<uuid:place_id>/arrivals/undo")
@allow(Role.GATEKEEPER)
def undo_arrival(place_id: UUID) -> Response:
    """Undo an arrival with a reason."""
    _place(place_id)  # before anything is written
    delivery = entries.deliver(kinds.VISIT_UNDO, request.form, by=current_actor(), at=clock.now())
    if delivery.receipt is None:
        refuse_repeats(delivery.form)
        done = queries.find_at_gate(delivery.form.visit.data, current_reach()) or abort(400)
        return _gate(place_id, VisitForm(formdata=None), 422, done=done, undo=delivery.form)
    if not wants_fragment():
        flash(_("已撤销到达登记。"), "ok")
        return see_other(url_for(".show", visit_id=delivery.form.visit.data))
    return _gate(place_id, VisitForm(formdata=None), is_undone=True)


@bp.get("/visits")
@allow(*queries.READERS)
def visits() -> Response:
    """The list of visits, with masked personal data."""
    return listing.show(lists.VISITS, current_reach(), look=LookForm(), looked=None, is_cut=False)


@bp.post("/visits")
@allow(*queries.READERS)
def search() -> Response:
    """Exact search by personal data, as a POST so that no search text is in an address or a log."""
    form = LookForm(request.form)
    if not form.validate():
        answer = listing.show(lists.VISITS, current_reach(), look=form, looked=None, is_cut=False)
        answer.status_code = 422
        return answer
    service.note_search(by=current_actor(), at=clock.now())
    rows = pages.rows_of(queries.returning(form.q.data, current_reach()))
    most = queries.MOST_RETURNING
    return listing.show(lists.VISITS, current_reach(), look=form, looked=rows[:most], is_cut=len(rows) > most)


@bp.get("/visits/<uuid:visit_id>")
@allow(*queries.READERS)
def show(visit_id: UUID) -> Response:
    """A visit, with masked personal data."""
    visit, actor = queries.find_visit(visit_id, current_reach()) or abort(404), current_actor()
    may = {
        "may_end": queries.find_visit(visit_id, actor.through(Role.GATEKEEPER)) is not None,
        "may_reveal": queries.find_visit(visit_id, actor.through(*queries.REVEALERS)) is not None,
    }
    shown = {"visit": visit, "reveal": RevealForm(formdata=None), "undo": UndoForm(formdata=None), "labels": labels}
    return respond("checkpoints/visit.html", "visit", 200, entry=entries.get_entry(visit_id), **may, **shown)


def _place(place_id: UUID) -> Any:
    place = find_visible(place_id, current_reach())
    return place if place and place.kind is PlaceKind.CHECKPOINT else abort(404)


def _refused(place_id: UUID, refusal: Refusal) -> Response:
    """The form with its input and the refusal, on its field or above the form."""
    form = VisitForm(request.form)
    if refusal.field:
        form.problem(refusal.field, refusal.sentence)
    shown = None if refusal.field else refusal
    known = pages.known_of(form, current_reach())
    return _gate(place_id, form, refusal.status, refusal=shown, known=known, is_returned=True)


def _departed(place: Any, at: datetime, status: int = 200, refusal: Refusal | None = None) -> Response:
    """The people inside after a departure, or a redirect to the gate; the second of two tablets gets no error."""
    if kept := _beside_typed(place.id, refusal=refusal, is_gone=not refusal):
        return kept
    if refusal and (refusal.code != "already-left" or not wants_fragment()):
        raise refusal
    if not wants_fragment():
        flash(_("已登记离开。"), "ok")
        return see_other(url_for(".gate", place_id=place.id))
    if request.args.get("at") == "gate":
        return _gate(place.id, VisitForm(formdata=None), status, refusal=refusal, is_gone=not refusal)
    sentence, result = (refusal.sentence, "already") if refusal else (None, "ok")
    panel = pages.panel(place, at, departure_refusal=sentence, scan_result=result)
    return respond("checkpoints/gate.html", "gate_live", status, **panel)


def _beside_typed(place_id: UUID, *, refusal: Refusal | None = None, **more: Any) -> Response | None:
    """Without JavaScript a departure replaces the whole page; this shows the unsaved arrival again."""
    fields = pages.carried(request.form)
    if fields is None or wants_fragment():
        return None
    form, status = VisitForm(fields), refusal.status if refusal else 200
    known = pages.known_of(form, current_reach())
    return _gate(place_id, form, status, typed=fields, refusal=refusal, known=known, is_returned=True, **more)


def _gate(place_id: UUID, form: VisitForm, status: int = 200, typed: Any = None, **more: Any) -> Response:
    nothing = dict.fromkeys(("matches", "known", "done", "refusal", "is_gone", "is_undone", "is_returned"))
    shown = nothing | {"look": LookForm(), "undo": UndoForm(formdata=None)} | more
    if typed is None and request.endpoint == "checkpoints.record" and status >= 400:
        typed = request.form
    return respond(
        "checkpoints/gate.html",
        "gate",
        status,
        form=pages.standing_at(place_id, form),
        kind=kinds.VISIT_IN,
        sentences={},
        had_photos=False,
        kept_photos=0,
        uuid=(typed and typed.get("uuid")) or entries.new_uuid(),
        rule=pages.rule(),
        words=pages.words(),
        most_returning=queries.MOST_RETURNING,
        is_blank=pages.is_blank(form),
        **_around(place_id, typed),
        **shown,
    )


def _around(place_id: UUID, typed: Any) -> dict[str, Any]:
    """What the form's place needs and, on a whole page, the right-hand column; a fragment is drawn without it."""
    place, at = _place(place_id), clock.now()
    if wants_fragment():
        return {"place": place, "at": at, "labels": labels}
    return pages.panel(place, at, typed=pages.carriable(typed))

"""The counter: one scan box with four modes; the slip is stored in the page's form."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import g, request, url_for
from werkzeug import Response

from webapp.kernel import clock, entries
from webapp.kernel.access import Actor, Role, allow, current_actor, current_reach
from webapp.kernel.errors import Refusal
from webapp.kernel.htmx import respond, see_other, wants_fragment
from webapp.kernel.presence import is_blank
from webapp.kernel.repeats import repeated_names
from webapp.places import queries as places
from webapp.supplies import kinds, queries, service
from webapp.supplies.counter import confirming, held, lines, scans
from webapp.supplies.counter import draft as drafts
from webapp.supplies.counter.adding import Outcome
from webapp.supplies.counter.draft import Draft
from webapp.supplies.counter.held import Held
from webapp.supplies.forms import FORMS
from webapp.supplies.labels import ICONS, KINDS, MODES, NOTES, PAPERS, REASONS, SCOPES, STOPS
from webapp.supplies.queries.typed import identity
from webapp.supplies.rules import SlipKind, reasons_of
from webapp.supplies.views import bp

LEARNABLE = 200  # items offered for an unknown code


@bp.route("/counter", methods=["GET", "POST"])
@allow(Role.KEEPER)
def counter() -> Response:
    """The counter page; the pressed button decides what happens to the slip on the page."""
    actor, at = current_actor(), clock.now()
    if request.method == "GET":
        return _open(actor, at)
    draft = drafts.read(request.form, drafts.kind_of(request.form.get("mode")))
    act, _colon, argument = request.form.get("act", "scan").partition(":")
    if act != "confirm":
        _keep_scope(draft)
    form = _repeating(draft.kind)
    if form and not form.validate():
        return _show(draft, actor, at, 422, form=form, outcome=Outcome("refused"))
    try:
        return _ACTS.get(act, _refresh)(draft, argument, actor, at)
    except Refusal as refusal:
        if refusal.code == "count-changed":
            queries.close_lines(draft.lines, refusal.values["item"]["id"], refusal.values["lot"]["number"])
        return _show(draft, actor, at, refusal.status, refusal=refusal)


def _repeating(kind: SlipKind) -> Any:
    """The form of the posted slip if one of its fields came with several values; None otherwise."""
    fields = drafts.slip_fields(request.form)
    if all(len(values) == 1 for _name, values in fields.lists()):
        return None
    form = FORMS[kind](fields)
    return form if repeated_names(form, *form.lines) else None


def _open(actor: Actor, at: datetime) -> Response:
    own = _own()
    draft = drafts.blank(drafts.kind_of(request.args.get("mode")), own[0].id if own else None)
    draft.head["place"] = request.args.get("place", draft.head["place"])
    _keep_scope(draft)
    done = queries.find_slip(request.args.get("done", type=UUID), current_reach())
    return _show(draft, actor, at, done=done)


def _own() -> Sequence[Any]:
    """The warehouses of the person, read once per request."""
    if "warehouses" not in g:
        g.warehouses = queries.warehouses(current_reach())
    rows: Sequence[Any] = g.warehouses
    return rows


def _keep_scope(draft: Draft) -> None:
    """Drop a warehouse that is not the person's own."""
    if draft.place_id not in {place.id for place in _own()}:
        draft.head["place"] = ""


def _scan(draft: Draft, _argument: str, actor: Actor, at: datetime) -> Response:
    """Process the scan box; an empty box confirms the slip."""
    typed = request.form.get("code", "")
    if is_blank(typed):
        return _confirm(draft, "", actor, at) if draft.lines else _refresh(draft, "", actor, at)
    return _take(draft, typed, actor, at)


def _take(draft: Draft, typed: str, actor: Actor, at: datetime, answer: scans.Answer = scans.NO_ANSWER) -> Response:
    outcome = scans.take(draft, typed, clock.district_day(at), answer)
    return _show(draft, actor, at, 409 if outcome.stop else 200, outcome=outcome)


def _held(draft: Draft, at: datetime) -> Held:
    """What the page keeps when it sends a scan through htmx; any other answer is the whole page."""
    is_scan = wants_fragment() and request.form.get("act", "scan") == "scan"
    return held.held_by_page(draft, clock.district_day(at)) if is_scan else held.NOTHING


def _marks(draft: Draft, views: Sequence[lines.LineView], form: Any, today: date) -> str:
    """The marks of what the page shows after this answer."""
    plain = [held.mark_of_line(draft, line.number, today) for line in views if line.is_plain]
    has_other = draft.kind in lines.TAKING and views and not form.other.errors
    other = held.mark_of_other(draft) if has_other else ""
    return held.written([*plain, other, held.mark_of_recent(draft, today)])


def _answer(draft: Draft, argument: str, actor: Actor, at: datetime) -> Response:
    """Process the answer to an open question."""
    name, _colon, value = argument.partition(":")
    answer = scans.Answer(
        reading=drafts.line_number(value) if name == "reading" else None,
        is_another=name == "another",
        is_code=name == "code",
        is_number=name == "number",
    )
    return _take(draft, request.form.get("asked", ""), actor, at, answer)


def _question(draft: Draft, at: datetime) -> Outcome | None:
    """The open question of the page; the slip cannot be confirmed before it is answered or dismissed."""
    text = request.form.get("asked", "")
    outcome = scans.take(deepcopy(draft), text, clock.district_day(at)) if not is_blank(text) else None
    return outcome if outcome and outcome.stop else None


def _dismiss(draft: Draft, _argument: str, actor: Actor, at: datetime) -> Response:
    return _show(draft, actor, at)


def _learn(draft: Draft, _argument: str, actor: Actor, at: datetime) -> Response:
    """Attach an unknown code to an item or one of its packs, and process it at once."""
    typed = request.form.get("learn_code", "")
    chosen, _colon, measure = request.form.get("learn_as", "").partition(":")
    item = queries.find_item(identity(chosen))
    if item is not None:
        service.add_barcode(item.id, typed, measure, by=actor, at=at)
        return _take(draft, request.form.get("asked") or typed, actor, at)
    text = request.form.get("asked") or typed
    outcome = Outcome("refused", "unknown", {"code": scans.shown(typed)}, unknown=typed, asked=text)
    return _show(draft, actor, at, 422, outcome=outcome)


def _mode(draft: Draft, argument: str, actor: Actor, at: datetime) -> Response:
    draft.switch(drafts.kind_of(argument, draft.kind))
    return _show(draft, actor, at, outcome=_question(draft, at))


def _remove(draft: Draft, argument: str, actor: Actor, at: datetime) -> Response:
    draft.remove(drafts.line_number(argument))
    return _show(draft, actor, at, outcome=_question(draft, at))


def _refresh(draft: Draft, _argument: str, actor: Actor, at: datetime) -> Response:
    """Redraw the lines; a code in a line's field is processed as a scan."""
    if typed := scans.scanned_into(draft, request.form.get("entered", "")):
        return _take(draft, typed, actor, at)
    return _show(draft, actor, at, outcome=_question(draft, at))


def _confirm(draft: Draft, _argument: str, actor: Actor, at: datetime) -> Response:
    """Record the whole slip as one entry, which is refused for another warehouse in its transaction."""
    if confirming.may_be_doubted(draft) or not is_blank(request.form.get("asked")):
        _keep_scope(draft)
    if open_question := _question(draft, at):
        return _show(draft, actor, at, 409, outcome=open_question, is_waiting=True)
    is_asked = confirming.may_be_doubted(draft) and draft.form().validate()  # errors are shown first
    doubts = confirming.doubts_of(draft) if is_asked else []
    if not confirming.is_sure(draft, doubts, request.form.get("sure")):
        return _show(draft, actor, at, 409, outcome=Outcome("refused"), doubts=doubts)
    fields = drafts.slip_fields(request.form)
    fields["uuid"] = str(draft.uuid)
    delivery = entries.deliver(kinds.SLIPS[draft.kind], fields, by=actor, at=at)
    if delivery.receipt is None:
        return _show(draft, actor, at, 422, form=delivery.form, outcome=Outcome("refused"))
    target = url_for(".counter", mode=draft.kind, place=draft.place_id, done=delivery.receipt.uuid)
    return see_other(target)


_ACTS: dict[str, Callable[[Draft, str, Actor, datetime], Response]] = {
    "scan": _scan,
    "answer": _answer,
    "dismiss": _dismiss,
    "learn": _learn,
    "mode": _mode,
    "remove": _remove,
    "confirm": _confirm,
}


_ABSENT = {"outcome": None, "done": None, "refusal": None, "is_waiting": False, "doubts": ()}


def _learnable() -> dict[str, Any]:
    """The items to which an unknown code can be attached: those that match the typed words."""
    words = request.form.get("learn_find", "").strip()
    items, total = queries.search_items(words, LEARNABLE)
    return {"learnable": items, "learn_total": total, "learn_find": words}


def _show(draft: Draft, actor: Actor, at: datetime, status: int = 200, **more: Any) -> Response:
    _keep_scope(draft)
    if draft.kind is SlipKind.COUNT:
        queries.open_lines(draft.place_id, draft.lines, at)
    today = clock.district_day(at)
    kept = held.NOTHING if "form" in more else _held(draft, at)
    form = more.pop("form", None) or draft.form(kept.lines)
    outcome: Outcome | None = more.get("outcome")
    stop = STOPS[outcome.stop] % outcome.values if outcome and outcome.stop else None
    views = lines.lines_of_draft(draft, form, today, outcome.item if outcome else None, kept.lines)
    context = {
        "draft": draft,
        "form": form,
        "lines": views,
        "kept": kept,
        "marks": _marks(draft, views, form, today),
        "own": _own(),
        "consumers": places.directory() if draft.kind in lines.TAKING and not kept.has_other else (),
        "reasons": [(reason, REASONS[reason]) for reason in reasons_of(draft.kind)],
        "modes": [(mode, KINDS[mode], ICONS[mode]) for mode in MODES],
        "paper": PAPERS[draft.kind],
        "scopes": SCOPES,
        "missing": confirming.not_found(draft),
        "stop": stop,
        "signature": confirming.signature(more.get("doubts", ())),
        "is_second": bool(request.form.get("sure")),
        "notes": [NOTES[name] % {"value": value} for name, value in outcome.notes] if outcome else (),
        **(_learnable() if outcome and outcome.unknown else {}),
        "papers": PAPERS,
        "recent": queries.recent_slips(draft.place_id) if not kept.has_recent else (),
        "today": today,
        "undo_uuid": entries.new_uuid(),
        "of_the_page": drafts.OF_THE_PAGE,
    }
    return respond("supplies/counter.html", "counter", status, **context | _ABSENT | more)

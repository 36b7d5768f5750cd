"""Correction of a returned slip by its author, with the lines and questions of the counter."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from webapp.kernel import clock, entries
from webapp.kernel.access import Reach
from webapp.kernel.errors import Refusal
from webapp.kernel.kinds import Correction, Fields
from webapp.places import queries as places
from webapp.supplies import queries
from webapp.supplies.counter import confirming, lines
from webapp.supplies.counter import draft as drafts
from webapp.supplies.counter.draft import HEAD, LINE, Draft
from webapp.supplies.counter.held import NOTHING
from webapp.supplies.labels import PAPERS, REASONS, SCOPES
from webapp.supplies.rules import SlipKind, reasons_of

_OF_THE_BOOK = ("book", "seen_seq", "begun_at")


def load(form: Any, present: Reach, standing: Reach) -> dict[str, Any]:
    """The template context for correcting a returned slip. A count is compared with the present book and made again."""
    kind, day = form.kind, clock.district_day(clock.now())
    is_counted_here = kind is SlipKind.COUNT and _is_own(form.place.data, present)
    if is_counted_here:
        _show_book(form)
    head = {name: _typed(form[name]) if name in form else "" for name in HEAD}
    draft = Draft(kind, entries.new_uuid(), head, [{name: _typed(line[name]) for name in LINE} for line in form.lines])
    draft.switch(kind)
    return {
        "draft": draft,
        "lines": lines.lines_of_draft(draft, form, day),
        "kept": NOTHING,
        "own": queries.warehouses(standing),
        "consumers": places.directory(),
        "reasons": [(reason, REASONS[reason]) for reason in reasons_of(kind)],
        "paper": PAPERS[kind],
        "scopes": SCOPES,
        "missing": confirming.not_found(draft) if is_counted_here else [],
        "today": day,
        "doubts": (),
        "is_returned": True,
    }


def _begin(fields: Fields) -> Fields:
    """The fields without the old book quantities."""
    return MultiDict([(name, text) for name, text in fields.items(multi=True) if not name.endswith(_OF_THE_BOOK)])


def _renew(fields: Fields, refusal: Refusal) -> Fields:
    if refusal.code != "count-changed":
        return fields
    draft = drafts.read(fields, SlipKind.COUNT)
    queries.close_lines(draft.lines, refusal.values["item"]["id"], refusal.values["lot"]["number"])
    return draft.fields()


def _ask(form: Any, fields: Fields, present: Reach) -> dict[str, Any] | None:
    """The doubts of a slip of the person's own warehouse, unless this submission answers them."""
    draft = drafts.read(fields, form.kind)
    doubts = confirming.doubts_of(draft) if _is_own(draft.place_id, present) else []
    if confirming.is_sure(draft, doubts, fields.get("sure")):
        return None
    again = _("再次确认%(paper)s", paper=PAPERS[form.kind])
    answer = {"signature": confirming.signature(doubts), "is_second": bool(fields.get("sure"))}
    return {"doubts": doubts, "submit_words": again} | answer


CORRECTION = Correction(begin=_begin, renew=_renew, ask=_ask)


def _is_own(place_id: Any, present: Reach) -> bool:
    return place_id in {place.id for place in queries.warehouses(present)}


def _typed(field: Any) -> str:
    """The text of a field; "" for an empty choice."""
    return str(field._value() if hasattr(field, "_value") else field.data or "")


def _show_book(form: Any) -> None:
    """Set the present book quantity on each newly opened line, as at the counter."""
    typed = [{name: _typed(line[name]) for name in ("item", "lot", "seen_seq")} for line in form.lines]
    queries.open_lines(form.place.data, typed, clock.now())
    for line, opened in zip(form.lines, typed, strict=True):
        if "book" in opened:
            line.book.data, line.book.typed = Decimal(opened["book"]), None
            line.seen_seq.data, line.seen_seq.typed = Decimal(opened["seen_seq"]), None
            line.begun_at.data, line.begun_at.raw_data = datetime.fromisoformat(opened["begun_at"]), None

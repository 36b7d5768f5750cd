"""Revealing masked data: with a reason, limited per hour, always journalled.

A feature declares the subjects (`Subject`); the page, its fragment and the journal row are the kernel's. Searches by
personal data are limited and journalled alike.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial, update_wrapper
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from werkzeug import Response
from wtforms import validators

from webapp.extensions import db
from webapp.kernel import clock, forms, journal
from webapp.kernel.access import Actor, Reach, Role, allow, current_reach
from webapp.kernel.contributions import Contribution
from webapp.kernel.database import hold, transaction
from webapp.kernel.errors import Refusal
from webapp.kernel.htmx import respond
from webapp.kernel.journal import JournalRow

SEARCHES = ("visit.searched",)
WINDOW = timedelta(hours=1)
MOST_REVEALS = 20  # per person within the window: enough to trace one chain of contacts, too few to copy a register
MOST_SEARCHES = 60
SHORTEST_REASON = 2  # letters or digits

REFUSALS = {
    "reveals-exhausted": _l("一小时内最多查看 %(most)d 次全号，这次没有显示。请稍后再试。"),
    "searches-exhausted": _l("一小时内最多按个人信息查找 %(most)d 次。请稍后再试。"),
    "reason-missing": _l("请写明查看全号的原因（至少两个字）。没有显示任何内容。"),
}


class RevealForm(forms.Form):
    reason = forms.text(_l("查看全号的原因"), required=True, maximum=200, autocomplete="off")

    def validate_reason(self, field: Any) -> None:
        if sum(character.isalnum() for character in field.data or "") < SHORTEST_REASON:
            raise validators.ValidationError(_("请写明原因，至少两个字，例如“流调核实”。"))


@dataclass(frozen=True, slots=True)
class Particular:
    """One thing about somebody, whole; an empty one is not shown."""

    label: Any
    text: str | None
    is_phone: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose particulars stand masked on a page, and who may see them whole.

    `name` is the subject's kind in the journal and its endpoint (`reveal.<name>`), `rule` its address with the id.
    `find` gives the row in reach, or None, and may raise a Refusal. `whole(row)` are the particulars; `page(id)` is
    where they stand masked.
    """

    name: str
    label: Any
    rule: str
    action: str
    roles: tuple[Role, ...]
    find: Callable[[UUID, Reach], Any]
    whole: Callable[[Any], Sequence[Particular]]
    page: Callable[[UUID], str]


subjects: Contribution[tuple[Subject, ...]] = Contribution("disclosure_subjects")


def pages(named: Sequence[Subject]) -> Blueprint:
    """The blueprint of the reveal acts of all features."""
    bp = Blueprint("reveal", __name__)
    for subject in named:
        view = allow(*subject.roles)(update_wrapper(partial(_show, subject), _show))
        bp.add_url_rule(subject.rule, subject.name, view, methods=("POST",))
    return bp


def _show(subject: Subject, **given: UUID) -> Response:
    """The particulars for a reason that the journal keeps; without one the form again, and nothing is shown."""
    [subject_id] = given.values()
    form, reach = RevealForm(request.form), current_reach()
    if subject.find(subject_id, reach) is None:
        abort(404)
    facts = None
    if form.validate():
        facts = reveal(subject, subject_id, form.reason.data, reach=reach, at=clock.now())
    context = {"subject": subject, "subject_id": subject_id, "form": form, "facts": facts}
    return respond("frames/reveal.html", "revealed", 422 if facts is None else 200, **context)


def reveal(subject: Subject, subject_id: UUID, reason: str, *, reach: Reach, at: datetime) -> list[Particular]:
    """The whole particulars of somebody in reach, noted in the journal.

    Raises Refusal `reveals-exhausted`, and 404 for somebody out of reach.
    """
    with transaction():
        row = subject.find(subject_id, reach) or abort(404)
        _bound([other.action for other in subjects()], MOST_REVEALS, "reveals-exhausted", reach.actor, at)
        journal.write(subject.action, subject.name, subject_id, by=reach.actor, at=at, reason=reason)
        return [particular for particular in subject.whole(row) if particular.text]


def note_search(action: str, kind: str, *, by: Actor, at: datetime) -> None:
    """Journal a search by personal data without its text. Raises Refusal `searches-exhausted`."""
    with transaction():
        _bound(SEARCHES, MOST_SEARCHES, "searches-exhausted", by, at)
        journal.write(action, kind, "-", by=by, at=at)


def _bound(actions: Sequence[str], most: int, code: str, by: Actor, at: datetime) -> None:
    hold(f"disclosure {by.id}")
    mine = select(func.count()).select_from(JournalRow).where(JournalRow.actor_id == by.id, JournalRow.at > at - WINDOW)
    if (db.session.scalar(mine.where(JournalRow.action.in_(actions))) or 0) >= most:
        raise Refusal(code, 429, most=most)

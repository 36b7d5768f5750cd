"""Revealing masked data: with a reason, limited per hour, always journalled.

Visitors, contacts and colleagues share this action. Searches by personal data are limited and journalled alike.
"""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from wtforms import validators

from webapp.extensions import db
from webapp.kernel import forms, journal
from webapp.kernel.access import Actor
from webapp.kernel.database import hold, transaction
from webapp.kernel.errors import Refusal
from webapp.kernel.journal import JournalRow

REVEALS = ("person.phone-revealed", "place.contact-revealed", "visit.revealed")
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


def note_reveal(action: str, kind: str, subject: object, reason: str, *, by: Actor, at: datetime) -> None:
    """Journal a reveal in the open transaction. Raises Refusal `reveals-exhausted`."""
    _bound(REVEALS, MOST_REVEALS, "reveals-exhausted", by, at)
    journal.write(action, kind, subject, by=by, at=at, reason=reason)


def note_search(action: str, kind: str, *, by: Actor, at: datetime) -> None:
    """Journal a search by personal data without its text. Raises Refusal `searches-exhausted`."""
    with transaction():
        _bound(SEARCHES, MOST_SEARCHES, "searches-exhausted", by, at)
        journal.write(action, kind, "-", by=by, at=at)


def _bound(actions: tuple[str, ...], most: int, code: str, by: Actor, at: datetime) -> None:
    hold(f"disclosure {by.id}")
    mine = select(func.count()).select_from(JournalRow).where(JournalRow.actor_id == by.id, JournalRow.at > at - WINDOW)
    if (db.session.scalar(mine.where(JournalRow.action.in_(actions))) or 0) >= most:
        raise Refusal(code, 429, most=most)

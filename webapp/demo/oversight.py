"""What an auditor looks for: failed sign-ins, revealed particulars, a setting that was changed and restored."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.accounts import service as accounts
from webapp.checkpoints.models import Visit
from webapp.district.queries import preferences
from webapp.district.service import change_preferences
from webapp.extensions import db
from webapp.kernel import disclosure
from webapp.kernel.errors import Refusal

if TYPE_CHECKING:
    from webapp.demo.history import Stage

_REASONS = ("流调核实同行人员", "核对发热人员的联系方式")


def write(stage: "Stage") -> None:
    """Write it, through the services."""
    chosen, by = preferences(), stage.actors["administrator"]
    longer = replace(chosen, observation_days=chosen.observation_days + 7)
    change_preferences(longer, by=by, at=stage.moment(1, 16))
    change_preferences(chosen, by=by, at=stage.moment(0, 9))
    for username in ("keeper", "keepr"):
        with suppress(Refusal):
            accounts.sign_in(username, "-", device="-", address="203.0.113.7", at=stage.moment(0, 10))
    _reveal(stage)


def _reveal(stage: "Stage") -> None:
    subject = next(subject for subject in disclosure.subjects() if subject.name == "visit")
    reach, at = stage.actors["commander"].through(*subject.roles), stage.moment(0, 11)
    visits = select(Visit.id).where(Visit.entered_at < at).order_by(Visit.entered_at.desc(), Visit.id)
    for visit_id, reason in zip(db.session.scalars(visits.limit(len(_REASONS))).all(), _REASONS, strict=False):
        disclosure.reveal(subject, visit_id, reason, reach=reach, at=at + timedelta(seconds=1))

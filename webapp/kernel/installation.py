"""The installation that a database belongs to: its identity, its epoch, and a check value of its data key."""

import secrets
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model, db
from webapp.kernel.columns import UtcDateTime
from webapp.kernel.database import transaction
from webapp.kernel.insertions import insert_ignoring

_ONLY = 1


class Installation(Model):
    """One row. `data_key` is a check value of the key that sealed this database; `epoch` changes on restore."""

    __tablename__ = "installation"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    epoch: Mapped[str] = mapped_column(String(16))
    data_key: Mapped[str] = mapped_column(String(64))


def find_installation() -> Installation | None:
    return db.session.get(Installation, _ONLY)


def record_installation(data_key: str, at: datetime, epoch: str | None = None) -> None:
    """Insert the row unless another host has already done so."""
    values = {"id": uuid4(), "made_at": at, "epoch": epoch or _new_epoch(), "data_key": data_key}
    with transaction():
        insert_ignoring(Installation, {"number": _ONLY} | values, ["number"])


def epoch() -> str:
    """The epoch of this database. It changes on a restore, so that devices then check their receipts."""
    return db.session.scalar(select(Installation.epoch)) or ""


def renew_epoch() -> None:
    with transaction() as session:
        session.execute(update(Installation).values(epoch=_new_epoch()))


def _new_epoch() -> str:
    return secrets.token_hex(8)

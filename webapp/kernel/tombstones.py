"""The tombstone of a purged entry: its uuid and kind, so that no replay restores it; and the purging run."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from operator import contains
from typing import Any
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.kernel.access import PERSON
from webapp.kernel.columns import Json, Sealed, UtcDateTime
from webapp.kernel.database import connection, hold, hold_all, once
from webapp.kernel.errors import Refusal

PURGED = "record-purged"
REQUEST, RESTORE, UNKNOWN = "request", "restore", "unknown"  # rules of runs beside those of the kinds


class PurgeRun(Model):
    """One run: by which rule or at whose request, and what came of it.

    `counts` is how many entries of each kind; `first_at` and `last_at` are when the oldest and newest of them were
    received; `digest` is over their uuids. `space` says how their room was made unreadable (`kernel/space.py`).
    """

    __tablename__ = "purge_run"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    rule: Mapped[str] = mapped_column(String(40))
    days: Mapped[int | None]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey(PERSON))
    reason: Mapped[str | None] = mapped_column(Sealed("purge_run.reason"))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counts: Mapped[Any] = mapped_column(Json)
    photos: Mapped[int] = mapped_column(default=0)
    copies: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    digest: Mapped[str | None] = mapped_column(String(64))
    space: Mapped[str | None] = mapped_column(String(40))
    backups_until: Mapped[date | None]


class PurgedEntry(Model):
    """A purged entry. Requests with its uuid are answered as purged, and their content is not stored."""

    __tablename__ = "purged_entry"

    uuid: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    run_id: Mapped[UUID] = mapped_column(ForeignKey("purge_run.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


_PURGED = select(PurgedEntry.__table__.c.uuid).where(PurgedEntry.__table__.c.uuid == bindparam("uuid"))


def hold_entry(uuid: UUID) -> None:
    """Lock an entry against simultaneous purging and recording until the open transaction ends."""
    if uuid not in once("held", set):
        hold(f"entry {uuid}")


def hold_entries(uuids: Sequence[UUID]) -> None:
    """Lock several entries as `hold_entry` does, in one order whoever asks; the first act within `asking_once`."""
    hold_all(f"entry {uuid}" for uuid in uuids)
    once("held", lambda: set(uuids))


def is_purged(uuid: UUID) -> bool:
    return once(("purged", uuid), lambda: connection().execute(_PURGED, {"uuid": uuid}).first() is not None)


def look_up_purged(uuids: Sequence[UUID]) -> None:
    """Read at once which of these locked entries are purged, within `asking_once`."""
    table = PurgedEntry.__table__.c
    purged = set(connection().execute(select(table.uuid).where(table.uuid.in_(uuids))).scalars())
    for uuid in uuids:
        once(("purged", uuid), partial(contains, purged, uuid))


def refuse_purged(uuid: UUID) -> None:
    """Raises Refusal `record-purged`."""
    if is_purged(uuid):
        raise Refusal(PURGED)


REFUSALS = {
    PURGED: _l("这条记录中的个人信息已按规定清除，不能再登记、更正或恢复；这次提交的内容没有保存。"),
}

"""Workbooks between preview and confirmation: sealed in the database, available to every host, claimed once.

The claim is a conditional UPDATE in the transaction that writes the rows: of concurrent confirmations one writes, and
the others get its outcome. After a crash before the commit the preview can be confirmed again.
"""

import hashlib
import json
import secrets
import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model, db
from webapp.kernel.access import PERSON, Actor
from webapp.kernel.columns import Sealed, UtcDateTime
from webapp.kernel.database import changed_one, transaction
from webapp.kernel.errors import Refusal
from webapp.kernel.spreadsheets.reading import Cell, Lines

KEPT_FOR = timedelta(hours=1)
MOST_OF_A_PERSON = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """The number of imported rows; `shown_once` are (name, secret) pairs that only the importer sees."""

    count: int
    shown_once: Sequence[tuple[str, str]] = ()


class ImportPreview(Model):
    """The rows of an uploaded workbook until it is confirmed, at most an hour."""

    __tablename__ = "import_preview"
    __table_args__ = (Index("ix_import_preview_made", "made_at"), Index("ix_import_preview_person", "person_id"))

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)  # of the key that the page holds
    sheet: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[UUID] = mapped_column(ForeignKey(PERSON))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lines: Mapped[str | None] = mapped_column(Sealed("import_preview.lines"))  # None once it was imported
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(Sealed("import_preview.outcome"))


class Claimed(Exception):
    """Raised in a transaction that tries to import a preview for the second time."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to import one preview. A service calls it first in its transaction, with the expected outcome."""

    key: str
    at: datetime

    def __call__(self, outcome: Outcome) -> None:
        free = (ImportPreview.digest == _digest(self.key), ImportPreview.claimed_at.is_(None))
        taken = {"claimed_at": self.at, "lines": None, "outcome": json.dumps(asdict(outcome))}
        if not changed_one(update(ImportPreview).where(*free).values(**taken)):
            raise Claimed


def keep(lines: Lines, sheet: str, *, by: Actor, at: datetime) -> str:
    """Store rows for their uploader; returns the key for `take`. Only the last few previews of a person are stored."""
    key = secrets.token_urlsafe(24)
    parts = [lines.merged, lines.rows, lines.others, lines.is_wider]
    packed = b64encode(zlib.compress(json.dumps(parts, default=_plain).encode())).decode()
    mine = select(ImportPreview.digest).where(ImportPreview.person_id == by.id)
    newest = mine.order_by(ImportPreview.made_at.desc()).limit(MOST_OF_A_PERSON - 1)
    with transaction() as session:
        session.execute(delete(ImportPreview).where(ImportPreview.made_at < at - KEPT_FOR))
        session.execute(
            delete(ImportPreview).where(ImportPreview.person_id == by.id, ImportPreview.digest.not_in(newest))
        )
        values = {"digest": _digest(key), "sheet": sheet, "person_id": by.id, "made_at": at, "lines": packed}
        session.add(ImportPreview(**values))
    return key


def take(key: str, sheet: str, *, by: Actor, at: datetime) -> Lines | Outcome:
    """The rows that the same person stored under a key for the same sheet, or the outcome if they were imported.

    Raises Refusal `sheet-gone`.
    """
    row = db.session.get(ImportPreview, _digest(key))
    if row is None or (row.sheet, row.person_id) != (sheet, by.id) or row.made_at < at - KEPT_FOR:
        raise Refusal("sheet-gone", 409)
    if row.lines is None:
        return _outcome(row)
    merged, rows, *unread = json.loads(zlib.decompress(b64decode(row.lines)))
    return Lines([(number, [Cell(*cell) for cell in cells]) for number, cells in rows], merged, *unread)


def sweep(at: datetime) -> int:
    """Delete expired previews, and outcomes with their one-time passwords; returns their number."""
    with transaction() as session:
        deleted = session.execute(delete(ImportPreview).where(ImportPreview.made_at < at - KEPT_FOR))
        return int(deleted.rowcount)  # type: ignore[attr-defined]


def _outcome(row: ImportPreview) -> Outcome:
    values = json.loads(row.outcome or "{}")
    return Outcome(values["count"], [(name, secret) for name, secret in values["shown_once"]])


def _plain(cell: Cell) -> tuple[str, bool]:
    return (cell.text, cell.is_formula)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()

"""The journal: who did what to what, written in the transaction of each action, sealed in hash-chained blocks.

Chaining every row would serialise all writers (measured: README, decisions), so rows are written freely and sealed in
blocks. The head of the chain is also appended to `instance/seals/journal.seals`, outside the database: without it, a
rewritten or truncated table could not be detected.
"""

import hashlib
import json
import logging
import os
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, func, insert, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model, db
from webapp.kernel.access import Actor
from webapp.kernel.columns import Json, Sealed, UtcDateTime, canonical
from webapp.kernel.database import insert_last, is_sqlite, is_writing, transaction
from webapp.kernel.personal import is_unopened
from webapp.kernel.sealing import keyed_hash, new_salt

log = logging.getLogger(__name__)
Serial = BigInteger().with_variant(Integer, "sqlite")
SIGN_IN = "sign_in"  # the key of the session among the details
_GENESIS = "0" * 64
_SEAL = re.compile(r"(\d+) \d+ ([0-9a-f]{64}) \S+", re.ASCII)
_LOCK = 4_211_007  # any constant: the advisory lock of the sealer on PostgreSQL
_BLOCK = 1_000  # rows in a block at most


class JournalBlock(Model):
    """A sealed run of journal rows."""

    __tablename__ = "journal_block"

    id: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class JournalRow(Model):
    """One action. `details` never contains personal data or typed text: a reason is sealed in `private`, and the chain
    covers only its keyed hash.
    """

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_at", "at", "seq"),
        Index("ix_journal_actor_id", "actor_id", "at", "seq"),
        Index("ix_journal_subject_id", "subject_id", "at", "seq"),
        Index("ix_journal_action", "action", "subject_kind", "at", "seq"),
    )

    seq: Mapped[int] = mapped_column(Serial, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(64))
    details: Mapped[Any] = mapped_column(Json)
    private: Mapped[str | None] = mapped_column(Sealed("journal.private"))
    block_id: Mapped[int | None] = mapped_column(ForeignKey("journal_block.id"), index=True)

    @property
    def texts(self) -> dict[str, str]:
        """What is sealed beside the row, such as the `reason` that the person gave; empty if it cannot be opened."""
        opened = {} if self.private is None or is_unopened(self.private) else json.loads(self.private)
        return {name: text for name, text in opened.items() if name not in ("salt", "chained")}

    @property
    def reason(self) -> str | None:
        return self.texts.get("reason")

    @property
    def chained(self) -> Any:
        """The details that the chain covers; for rows older than sealed reasons, the details as written then."""
        return (json.loads(self.private) if self.private else {}).get("chained", self.details)


_INSERT = insert(JournalRow.__table__)  # type: ignore[arg-type]


def write(
    action: str,
    kind: str,
    subject: object,
    *,
    by: Actor | None,
    at: datetime,
    reason: Any = None,
    private: Any = None,
    **details: Any,
) -> None:
    """Add a row at the end of the open transaction; `details` are plain data without typed text or personal data.

    A typed `reason` and `private` (a dict of texts) are sealed outside the chain, which covers their keyed hashes. The
    session of the actor is among the details: it tells the device.
    Raises RuntimeError outside a write transaction.
    """
    if not is_writing():
        raise RuntimeError("the journal is written in the transaction of its action")
    sealed = dict(private or {}) | ({} if reason is None else {"reason": reason})
    salt = new_salt() if sealed else ""
    if by and by.sign_in_id:
        details.setdefault(SIGN_IN, str(by.sign_in_id))
    details |= {f"{name}_hash": keyed_hash(text, salt) for name, text in sealed.items()}
    row = {
        "at": at,
        "actor_id": by.id if by else None,
        "action": action,
        "subject_kind": kind,
        "subject_id": str(subject),
        "details": details,
        "private": canonical(sealed | {"salt": salt}) if sealed else None,
    }
    insert_last(_INSERT, row)


def newest() -> int:
    """The number of the newest row; 0 in an empty journal. It stays the same while nothing is done."""
    return db.session.scalar(select(func.max(JournalRow.seq))) or 0


def seal(*, at: datetime) -> int:
    """Seal all unsealed rows in blocks; returns their number."""
    total = 0
    while count := _seal_block(at):
        total += count
    _anchor_blocks()
    return total


def _seal_block(at: datetime) -> int:
    with transaction() as session:
        if not is_sqlite():
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        waiting = select(JournalRow).where(JournalRow.block_id.is_(None)).order_by(JournalRow.seq).limit(_BLOCK)
        rows = session.scalars(waiting).all()
        if not rows:
            return 0
        last = session.scalars(select(JournalBlock).order_by(JournalBlock.id.desc()).limit(1)).first()
        previous = last.hash if last else _GENESIS
        block = JournalBlock(
            id=(last.id if last else 0) + 1,
            count=len(rows),
            previous=previous,
            hash=_hash(previous, rows),
            sealed_at=at,
        )
        session.add(block)
        session.flush()
        held = update(JournalRow).where(JournalRow.seq.in_([row.seq for row in rows])).values(block_id=block.id)
        session.execute(held, execution_options={"synchronize_session": False})
        return len(rows)


def _anchor_blocks() -> None:
    """Append the blocks missing from the seals file: a crash may have omitted a block or half of its line."""
    path = _anchor()
    lines = _whole_lines(path)
    known = max((int(seal[1]) for seal in map(_SEAL.fullmatch, lines) if seal), default=0)
    newer = db.session.scalars(select(JournalBlock).where(JournalBlock.id > known).order_by(JournalBlock.id)).all()
    was_torn = is_torn()
    if not newer and not was_torn:
        return
    with path.open("r+b") as file:
        if was_torn:
            log.warning("the last line of %s was torn (a full disk, a power cut); it is written again", path)
            file.truncate(sum(len(line) + 1 for line in lines))
        file.seek(0, os.SEEK_END)
        for block in newer:
            file.write(f"{block.id} {block.count} {block.hash} {block.sealed_at.isoformat()}\n".encode("ascii"))
        file.flush()
        os.fsync(file.fileno())


def is_torn() -> bool:
    """Whether the seals file ends in the middle of a line. The next run of the sealer repairs it."""
    raw = _anchor().read_bytes()
    return bool(raw) and not raw.endswith(b"\n")


def _whole_lines(path: Path) -> list[str]:
    return path.read_bytes().decode("latin-1").split("\n")[:-1]


def verify() -> list[str]:
    """All faults of the journal as sentences; empty when it is intact."""
    faults: list[str] = []
    previous, seen = _GENESIS, {}
    for block in db.session.scalars(select(JournalBlock).order_by(JournalBlock.id)):
        rows = db.session.scalars(
            select(JournalRow).where(JournalRow.block_id == block.id).order_by(JournalRow.seq)
        ).all()
        if block.previous != previous:
            faults.append(f"block {block.id} does not follow the block before it")
        if len(rows) != block.count:
            faults.append(f"block {block.id} holds {len(rows)} rows, sealed with {block.count}")
        elif _hash(block.previous, rows) != block.hash:
            faults.append(f"block {block.id} was changed after it was sealed")
        previous = block.hash
        seen[block.id] = block.hash
    faults.extend(_against_anchor(seen))
    return faults


def is_block_intact(block: JournalBlock) -> bool:
    """Whether one sealed block follows the block before it, holds its rows unchanged and agrees with the seals file."""
    rows = db.session.scalars(select(JournalRow).where(JournalRow.block_id == block.id).order_by(JournalRow.seq)).all()
    before = db.session.scalar(select(JournalBlock.hash).where(JournalBlock.id == block.id - 1)) or _GENESIS
    is_whole = block.previous == before and len(rows) == block.count and _hash(block.previous, rows) == block.hash
    return is_whole and _is_anchored(block)


def _is_anchored(block: JournalBlock) -> bool:
    """Whether the seals file has a block as it is; one after the newest seal waits for the next run of the sealer."""
    lines = [line for line in _whole_lines(_anchor()) if line]
    seals = [_SEAL.fullmatch(line) for line in lines if line.startswith(f"{block.id} ")]
    newest = _SEAL.fullmatch(lines[-1]) if lines else None
    if not seals:
        return newest is None or int(newest[1]) < block.id
    return all(seal and seal[2] == block.hash for seal in seals)


def unsealed() -> int:
    """The number of unsealed rows."""
    return db.session.scalar(select(func.count()).where(JournalRow.block_id.is_(None))) or 0


def _against_anchor(seen: dict[int, str]) -> list[str]:
    lines = _whole_lines(_anchor())
    faults = [f"line {n} of the seals file is no seal" for n, line in enumerate(lines, 1) if not _SEAL.fullmatch(line)]
    anchored = {int(seal[1]): seal[2] for seal in map(_SEAL.fullmatch, lines) if seal}
    faults += [f"block {number} is in the seals file but not in the database" for number in anchored.keys() - seen]
    faults += [f"block {n} differs from the seals file" for n, h in anchored.items() if n in seen and seen[n] != h]
    newest = max(anchored, default=0)  # blocks after it wait for the next run of the sealer
    faults += [f"block {n} is missing from the seals file" for n in seen if n < newest and n not in anchored]
    return faults


def _anchor() -> Path:
    folder = Path(current_app.config["INSTANCE"]) / "seals"
    folder.mkdir(exist_ok=True)
    path = folder / "journal.seals"
    path.touch(exist_ok=True)
    return path


def _hash(previous: str, rows: Iterable[JournalRow]) -> str:
    digest = hashlib.sha256(previous.encode())
    for row in rows:
        micros = int(row.at.timestamp()) * 1_000_000 + row.at.microsecond
        parts = (row.seq, micros, row.actor_id, row.action, row.subject_kind, row.subject_id, canonical(row.chained))
        for part in parts:
            raw = str(part).encode()
            digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()

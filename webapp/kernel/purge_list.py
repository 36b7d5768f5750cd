"""The list of purged uuids: an append-only file outside the database, by which a restored backup is purged again.

`instance/seals/purged.list` has one line per entry: uuid, kind, moment. It is written after the commit, so that it
never names an entry whose purge was rolled back; the next run or start adds what a crash left out.
"""

import os
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from webapp.extensions import db
from webapp.kernel.tombstones import PurgedEntry

NAME = Path("seals") / "purged.list"
_LINE = re.compile(r"([0-9a-f-]{36}) (\S{1,40}) (\S+)", re.ASCII)
Purged = Mapping[UUID, tuple[str, str]]  # uuid -> (kind, moment in ISO 8601)


def read(path: Path) -> dict[UUID, tuple[str, str]]:
    """The uuids in a list; truncated and foreign lines are ignored. Empty if there is no file."""
    try:
        lines = path.read_bytes().decode("latin-1").split("\n")[:-1]
    except FileNotFoundError:
        return {}
    purged = {}
    for line in filter(None, map(_LINE.fullmatch, lines)):
        try:
            purged[UUID(line[1])] = line[2], datetime.fromisoformat(line[3]).isoformat()
        except ValueError:
            continue
    return purged


def append(path: Path, purged: Purged) -> int:
    """Add uuids that a list does not have, durably; returns how many."""
    known = read(path)
    lines = [f"{uuid} {kind} {at}\n" for uuid, (kind, at) in purged.items() if uuid not in known]
    if not lines:
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    is_torn = path.exists() and path.read_bytes()[-1:] not in (b"", b"\n")
    with path.open("ab") as file:
        file.write((("\n" if is_torn else "") + "".join(lines)).encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
    return len(lines)


def write() -> int:
    """Add every tombstone that the list of this installation does not have; returns how many."""
    rows = db.session.execute(select(PurgedEntry.uuid, PurgedEntry.kind, PurgedEntry.at).order_by(PurgedEntry.at))
    return append(path(), {uuid: (kind, at.isoformat()) for uuid, kind, at in rows})


def missing() -> dict[UUID, tuple[str, str]]:
    """The listed uuids without a tombstone in this database, which was restored from an earlier backup."""
    named = read(path())
    return {uuid: named[uuid] for uuid in named.keys() - set(db.session.scalars(select(PurgedEntry.uuid)))}


def merge(target: Path, sources: Iterable[Path]) -> int:
    """Add the uuids of other lists to a list; returns its new length."""
    for source in sources:
        append(target, read(source))
    return len(read(target))


def path() -> Path:
    return Path(current_app.config["INSTANCE"]) / NAME

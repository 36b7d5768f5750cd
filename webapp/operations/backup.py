"""A whole copy of an installation: database, uploads, seals, and the keys without which the rest says nothing."""

import hashlib
import json
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

PARTS = ("uploads", "keys", "seals", "tls")
EPOCH = Path("keys") / "epoch"


class Unfit(ValueError):
    """A folder that cannot be written to or restored from; the text says why in one sentence."""


def save(instance: Path, database: Path | None, target: Path, at: datetime) -> dict[str, Any]:
    """Copy everything into a new folder and give its contents list.

    `database` is the SQLite file; None where the database is a server's (then dump it beside this copy). The copy is
    made by SQLite itself: a file copied under load misses acknowledged rows. Raises Unfit when `target` exists or the
    keys are not there.
    """
    if target.exists():
        raise Unfit(f"{target} exists already. Name a folder that does not.")
    if not (instance / "keys" / "data.key").is_file():
        raise Unfit(f"{instance} has no keys/data.key: without it nothing sealed in the database can be read.")
    target.mkdir(parents=True, mode=0o700)
    if database is not None:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("VACUUM INTO ?", (str(target / "frontline.db"),))
    for part in PARTS:
        if (instance / part).is_dir():
            shutil.copytree(instance / part, target / part)
    contents = {"made_at": at.isoformat(), "envelope_keys": envelope_keys(target), "files": _hashes(target)}
    (target / "contents.json").write_text(json.dumps(contents, indent=1, sort_keys=True), encoding="ascii")
    return contents


def restore(source: Path, instance: Path) -> dict[str, Any]:
    """Put a copy into an empty instance folder, verified file by file; devices then check their receipts.

    Raises Unfit when the folder is in use, the copy is incomplete or changed, or its database is damaged.
    """
    if any(instance.glob("frontline.db*")):
        raise Unfit(f"{instance} holds a database. Restore into an empty FRONTLINE_INSTANCE.")
    contents = verify(source)
    for part in PARTS:
        if (source / part).is_dir():
            shutil.copytree(source / part, instance / part, dirs_exist_ok=True)
    if (source / "frontline.db").is_file():
        shutil.copy2(source / "frontline.db", instance / "frontline.db")
    (instance / EPOCH).unlink(missing_ok=True)
    return contents


def verify(source: Path) -> dict[str, Any]:
    """The contents list of a copy whose every file is as it was written. Raises Unfit."""
    try:
        contents: dict[str, Any] = json.loads((source / "contents.json").read_text(encoding="ascii"))
    except (OSError, ValueError):
        raise Unfit(f"{source} is no backup: its contents.json cannot be read.") from None
    found = _hashes(source)
    if wrong := sorted(name for name, digest in contents["files"].items() if found.get(name) != digest):
        raise Unfit(f"{source} is incomplete or changed: {', '.join(wrong[:5])}.")
    if (source / "frontline.db").is_file():
        with closing(sqlite3.connect(f"file:{source / 'frontline.db'}?mode=ro", uri=True)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise Unfit(f"{source}: the database in it is damaged.")
    return contents


def envelope_keys(folder: Path) -> list[str]:
    """The ids of the private keys that open what devices have sealed."""
    return sorted(path.stem for path in (folder / "keys" / "envelopes").glob("*.pem"))


def _hashes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "contents.json")
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(files)
    }

"""Backup and restore of an installation: database, uploads, seals, and the keys that decrypt the rest.

The order matters under load. Seals are copied before the database, because a block that is missing from the seals file
is appended later, while a block that is missing from the database looks like tampering. Uploads and keys are copied
after the database, because files are written before the rows that refer to them.
"""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from webapp.config import Settings
from webapp.kernel import purge_list
from webapp.operations import dump
from webapp.operations.installation import NOTE, RESTORED, database_file
from webapp.operations.refusals import Unfit

BEFORE, AFTER = ("seals",), ("uploads", "keys", "tls")
UNFINISHED = ".part"
EPOCH = Path("keys") / "epoch"  # in backups from before the epoch was in the database
IN_USE = ("frontline.db", "frontline.db-wal", NOTE, "keys/data.key", "uploads", "seals/journal.seals")


def save(
    settings: Settings, target: Path, at: datetime, *, keys: Path | None = None, with_database: bool = True
) -> dict[str, Any]:
    """Copy everything into a new folder, the keys into the folder `keys` if given; returns the list of contents.

    SQLite itself copies its database: a plain copy of the file under load lacks acknowledged rows. Raises Unfit if a
    target exists or is inside the instance folder, the keys are missing or the database cannot be copied.
    """
    instance = settings.instance
    targets = [target, keys] if keys else [target]
    for folder in targets:
        if folder.exists():
            raise Unfit(f"{folder} exists already. Name a folder that does not.")
        if folder.resolve().is_relative_to(instance.resolve()):
            raise Unfit(f"{folder} is inside the instance folder {instance}. Name a folder outside it.")
    if not (instance / "keys" / "data.key").is_file():
        raise Unfit(f"{instance} has no keys/data.key: without it nothing sealed in the database can be read.")
    made: list[Path] = []
    try:
        for folder in targets:
            folder.mkdir(parents=True, mode=0o700)
            made.append(folder)
        return _save(settings, target, keys or target / "keys", at, with_database)
    except BaseException:
        for folder in made:
            shutil.rmtree(folder, ignore_errors=True)  # a partial copy must not look like a backup
        raise


def _save(settings: Settings, target: Path, keys: Path, at: datetime, with_database: bool) -> dict[str, Any]:
    for part in BEFORE:
        _copy(settings.instance / part, target / part)
    file = database_file(settings)
    if file is not None:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("VACUUM INTO ?", (str(target / "frontline.db"),))
    elif with_database:
        dump.save(settings, target / dump.NAME)
    for part in AFTER:
        _copy(settings.instance / part, keys if part == "keys" else target / part)
    contents = {
        "made_at": at.isoformat(),
        "database": "postgresql" if file is None else "sqlite",
        "envelope_keys": envelope_keys(keys),
        "files": _hashes(target, keys),
    }
    (target / "contents.json").write_text(json.dumps(contents, indent=1, sort_keys=True), encoding="ascii")
    return contents


def restore(source: Path, settings: Settings, keys: Path | None = None, lists: Sequence[Path] = ()) -> dict[str, Any]:
    """Verify a backup and copy it into an empty instance folder; devices then check their receipts.

    Entries that were purged after the backup are purged again at the next start: by the lists of purged entries given
    (`lists`), left in the instance folder, and in other backups beside this one.

    Raises Unfit if the folder or the database is in use, or the backup is from the other kind of database, incomplete,
    changed or damaged.
    """
    instance, file = settings.instance, database_file(settings)
    if in_use := [name for name in IN_USE if (instance / name).exists()]:
        raise Unfit(
            f"{instance} holds an installation ({', '.join(in_use)}), which restoring would destroy. Restore into an "
            "empty FRONTLINE_INSTANCE."
        )
    keys = keys or source / "keys"
    contents = verify(source, keys)
    _check_kind(source, contents, is_sqlite=file is not None)
    if file is not None and file.exists():
        raise Unfit(f"{file} exists. Restore into an empty FRONTLINE_INSTANCE, without DATABASE_URL.")
    if (source / dump.NAME).is_file():
        dump.restore(settings, source / dump.NAME)
    lists = [*lists, *sorted(source.resolve().parent.glob(f"*/{purge_list.NAME}"))]
    purged = purge_list.read(instance / purge_list.NAME)
    for part in (*BEFORE, *AFTER):
        _copy(keys if part == "keys" else source / part, instance / part)
    if file is not None:
        shutil.copy2(source / "frontline.db", file)
    (instance / EPOCH).unlink(missing_ok=True)
    purge_list.append(instance / purge_list.NAME, purged)
    purge_list.merge(instance / purge_list.NAME, lists)
    (instance / RESTORED).touch()
    return contents


def verify(source: Path, keys: Path) -> dict[str, Any]:
    """The list of contents of a backup, after comparing all files with it. Raises Unfit."""
    try:
        contents: dict[str, Any] = json.loads((source / "contents.json").read_text(encoding="ascii"))
    except (OSError, ValueError):
        raise Unfit(f"{source} is no backup: its contents.json cannot be read.") from None
    hashes = _hashes(source, keys)
    if wrong := sorted(name for name, digest in contents["files"].items() if hashes.get(name) != digest):
        raise Unfit(f"{source} is incomplete or changed: {', '.join(wrong[:5])}.")
    if (source / "frontline.db").is_file():
        with closing(sqlite3.connect(f"file:{source / 'frontline.db'}?mode=ro", uri=True)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise Unfit(f"{source}: the database in it is damaged.")
    return contents


def envelope_keys(keys: Path) -> list[str]:
    """The ids of the private keys that decrypt envelopes of devices."""
    return sorted(path.stem for path in (keys / "envelopes").glob("*.pem"))


def _check_kind(source: Path, contents: dict[str, Any], *, is_sqlite: bool) -> None:
    is_copy_sqlite = contents.get("database", "sqlite" if (source / "frontline.db").is_file() else "") == "sqlite"
    if is_copy_sqlite and not is_sqlite:
        raise Unfit(
            f"{source} is the copy of an installation on SQLite; it is not restored into PostgreSQL. Restore it "
            "without DATABASE_URL."
        )
    if is_sqlite and not is_copy_sqlite:
        raise Unfit(
            f"{source} is the copy of an installation on PostgreSQL. Set DATABASE_URL to an empty PostgreSQL database."
        )


def _copy(source: Path, target: Path) -> None:
    """Copy a folder without partial files; ignores files that are deleted meanwhile."""
    if not source.is_dir():
        return
    target.mkdir(parents=True, exist_ok=True)
    shutil.copystat(source, target)
    for path in sorted(source.iterdir()):
        if path.is_dir():
            _copy(path, target / path.name)
        elif path.suffix != UNFINISHED:
            try:
                shutil.copy2(path, target / path.name)
            except FileNotFoundError:
                continue


def _hashes(target: Path, keys: Path) -> dict[str, str]:
    """Digests of all files by name, including the keys in their own folder."""
    files = {path.relative_to(target).as_posix(): path for path in target.rglob("*") if path.name != "contents.json"}
    files |= {f"keys/{path.relative_to(keys).as_posix()}": path for path in keys.rglob("*")}
    return {name: _digest(path) for name, path in sorted(files.items()) if path.is_file()}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""Checks that the folder, the database and the keys of a command belong to the same installation.

The folder has a note of its database (`installation.json`), the database a check value of the keys. Without the note a
command without DATABASE_URL would work on a new, empty SQLite file; without the check value a host with other keys
would seal values that no other host can decrypt.
"""

import contextlib
import fcntl
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import String, inspect, select, text, type_coerce
from sqlalchemy.engine import make_url

from webapp.config import Settings, kept_secret
from webapp.extensions import Base, db
from webapp.kernel import installation as records
from webapp.kernel.columns import Sealed
from webapp.kernel.sealing import KeyMissing, Unreadable, keyring
from webapp.operations.refusals import CannotStart
from webapp.retention.service import purge_again
from webapp.sync import keys

NOTE = "installation.json"
RESTORED = Path("keys") / "restored"  # written by `restore`; the next start gives the database a new epoch
_LOCK = 4_211_008  # any constant: the advisory lock of migrations on PostgreSQL


def database_file(settings: Settings) -> Path | None:
    """The SQLite file; None for PostgreSQL."""
    url = make_url(settings.database_url)
    if url.drivername != "sqlite":
        return None
    return settings.instance / (url.database or "")


def where(settings: Settings) -> str:
    """The folder and the database of a command, without passwords."""
    return f"Instance {settings.instance}, {_database(settings)}"


def check_folder(settings: Settings, *, may_create: bool) -> None:
    """Raises CannotStart for a folder without an installation, or with one of another database."""
    note, file = _read_note(settings.instance), database_file(settings)
    if note and (note["kind"] == "sqlite") != (file is not None):
        raise CannotStart(
            f"The instance folder {settings.instance} belongs to {note['database']}, but DATABASE_URL gives "
            f"{_database(settings)}. Set DATABASE_URL and FRONTLINE_INSTANCE of the same installation."
        )
    if file is not None and file.is_file():
        return
    if note and file is not None:
        raise CannotStart(
            f"{file} is missing, although the installation in {settings.instance} had it. Put it back, or restore a "
            "backup into an empty FRONTLINE_INSTANCE."
        )
    if not may_create and not note and (file is not None or not (settings.instance / "keys" / "data.key").is_file()):
        raise no_installation(settings.instance)


def no_installation(instance: Path) -> CannotStart:
    return CannotStart(
        f"There is no installation here: {instance}. Set FRONTLINE_INSTANCE (and DATABASE_URL), or make a new "
        "installation with ./frontline migrate."
    )


@contextlib.contextmanager
def one_at_a_time(settings: Settings) -> Iterator[None]:
    """Admit one command at a time to migrate a database; others wait."""
    file = database_file(settings)
    if file is None:
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}):
                _say_waiting()
                connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
        return
    with file.with_name(f"{file.name}.migrating").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say_waiting()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield  # closing the file releases the lock


def settle(settings: Settings, at: datetime) -> None:
    """Create the keys of a new installation, or check that this host has the database's keys. Raises CannotStart."""
    row = records.find_installation()
    if row is None:
        _begin(settings, at)
    elif not (settings.instance / "keys" / "data.key").is_file():
        raise CannotStart(
            f"{settings.instance}/keys/data.key is missing: what is sealed in {_database(settings)} cannot be opened "
            "without it. Put it back from the backup of the keys, or copy keys/ from another host of this installation."
        )
    elif row.data_key != keyring().check:
        raise CannotStart(
            f"{settings.instance}/keys/data.key is not the key of {_database(settings)}: what one host seals, another "
            "could not open. Copy keys/ from another host of this installation, or restore it from the backup."
        )
    if lacking := keys.missing():
        raise CannotStart(
            f"{settings.instance}/keys/envelopes lacks {', '.join(f'{key}.pem' for key in lacking)}: records that "
            "devices sealed with it could not be read. Copy keys/envelopes from the host that has it, or give a lost "
            f"one up with ./frontline keys forget {lacking[0]}."
        )
    keys.adopt(at)
    if (settings.instance / RESTORED).exists():
        records.renew_epoch()
        purge_again(at)
        (settings.instance / RESTORED).unlink()
    _write_note(settings)


def _begin(settings: Settings, at: datetime) -> None:
    """Record an installation that is new, or older than the record. Raises CannotStart."""
    path = settings.instance / "keys" / "data.key"
    samples = _sealed_samples()
    if samples and not path.is_file():
        raise CannotStart(
            f"{path} is missing: what is sealed in {_database(settings)} cannot be opened without it. Put it back from "
            "the backup of the keys, or copy keys/ from another host of this installation."
        )
    kept_secret(path)
    for purpose, sealed in samples:
        try:
            keyring().open(sealed, purpose)
        except (Unreadable, KeyMissing):
            raise CannotStart(
                f"{path} is not the key of {_database(settings)}: it does not open {purpose}. Copy keys/ from another "
                "host of this installation, or restore it from the backup."
            ) from None
    epoch = settings.instance / "keys" / "epoch"  # its place before it was in the database
    before = epoch.read_text(encoding="ascii").strip()[:16] if epoch.is_file() else None
    records.record_installation(keyring().check, at, before)


def _sealed_samples() -> list[tuple[str, str]]:
    """(purpose, sealed value) for each sealed column that has a value."""
    samples = []
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, Sealed):
                raw = type_coerce(column, String)
                if sealed := db.session.scalar(select(raw).where(column.is_not(None)).limit(1)):
                    samples.append((column.type.purpose, sealed))
    return samples


def has_tables() -> bool:
    """Whether this database has been migrated before."""
    return inspect(db.engine).has_table("alembic_version")


def check_identity(settings: Settings) -> None:
    """Raises CannotStart if the database has another identity than the folder's note."""
    note = _read_note(settings.instance)
    row = records.find_installation() if inspect(db.engine).has_table("installation") else None
    if note and note["id"] != (str(row.id) if row else None):
        raise CannotStart(
            f"The instance folder {settings.instance} belongs to {note['database']}, and {_database(settings)} is not "
            "that database. Set DATABASE_URL and FRONTLINE_INSTANCE of the same installation."
        )


def _read_note(instance: Path) -> dict[str, Any] | None:
    try:
        note: dict[str, Any] = json.loads((instance / NOTE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise CannotStart(f"{instance / NOTE} cannot be read ({error}). Put it back from the backup.") from error
    return note


def _write_note(settings: Settings) -> None:
    row = records.find_installation()
    if row is None:
        raise RuntimeError("the installation was not recorded")
    kind = "postgresql" if database_file(settings) is None else "sqlite"
    note = {"id": str(row.id), "kind": kind, "database": _database(settings)}
    if _read_note(settings.instance) == note:
        return
    unfinished = settings.instance / f"{NOTE}.part"
    unfinished.write_text(json.dumps(note, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    unfinished.replace(settings.instance / NOTE)


def _database(settings: Settings) -> str:
    url, file = make_url(settings.database_url), database_file(settings)
    if file is not None:
        return f"SQLite database {file}"
    return f"PostgreSQL database {url.database} at {url.host or 'this machine'}:{url.port or 5432}"


def _say_waiting() -> None:
    click.echo("Another command is migrating this database; waiting for it ...", err=True)

"""The shared password of the demonstration persons: the printed password is always the valid one.

It is DEMO_PASSWORD, else the one stored in the instance folder, else a generated one. It is stored in the instance
folder, readable by its owner only.
"""

import os
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from werkzeug.security import check_password_hash, generate_password_hash

from webapp.accounts.models import Person
from webapp.accounts.service import check_password, end_sessions, new_password
from webapp.config import Settings
from webapp.demo.cast import CAST, COLLEAGUES, LEADERS
from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.database import transaction


def choose(settings: Settings) -> str:
    """The password for a new demonstration. Raises Refusal `password-…` if DEMO_PASSWORD is too weak."""
    password = settings.demo_password or _kept(settings.instance) or new_password()
    for member in (*CAST, *COLLEAGUES, *LEADERS):
        check_password(password, member.username)
    return password


def settle(settings: Settings, *, at: datetime) -> tuple[str, set[str]] | None:
    """The password and the usernames of the demonstration persons who have it; None without a demonstration.

    A DEMO_PASSWORD that differs from the stored one, or a generated one if none is stored, is set for all of them,
    except for persons who have chosen their own since then. Raises Refusal `password-…`.
    """
    persons = _persons()
    if not persons:
        return None
    kept, password = _kept(settings.instance), choose(settings)
    if password != kept:
        if not _lets_in_all(password, persons):
            _give(password, at)
        keep(settings.instance, password)
    return password, _let_in(password, _persons())


def keep(instance: Path, password: str) -> None:
    """Store the password for the next start, atomically."""
    path = _path(instance)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(password)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _path(instance: Path) -> Path:
    return instance / "keys" / "demo.password"


def _kept(instance: Path) -> str | None:
    path = _path(instance)
    return path.read_text(encoding="utf-8").strip() if path.is_file() else None


def _persons() -> dict[str, str]:
    """Password hash by username."""
    usernames = [member.username for member in (*CAST, *COLLEAGUES, *LEADERS)]
    is_there = Person.username.in_(usernames), Person.is_demonstration, Person.disabled_at.is_(None)
    rows = db.session.execute(select(Person.username, Person.password_hash).where(*is_there))
    return {row.username: row.password_hash for row in rows}


def _let_in(password: str, persons: dict[str, str]) -> set[str]:
    right = {hashed for hashed in set(persons.values()) if check_password_hash(hashed, password)}
    return {username for username, hashed in persons.items() if hashed in right}


def _lets_in_all(password: str, persons: dict[str, str]) -> bool:
    return all(check_password_hash(hashed, password) for hashed in set(persons.values()))


def _give(password: str, at: datetime) -> None:
    hashed = generate_password_hash(password)
    with transaction() as session:
        for person in session.scalars(select(Person).where(Person.username.in_(_persons()))):
            person.password_hash, person.must_change_password = hashed, False
            end_sessions(person.id, at)
            journal.write("person.password-reset", "person", person.id, by=None, at=at)

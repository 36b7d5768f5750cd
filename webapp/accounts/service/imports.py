"""Import of persons from a spreadsheet."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from werkzeug.security import generate_password_hash

from webapp.accounts.service.persons import new_password, put_person
from webapp.kernel.access import Actor, Grant
from webapp.kernel.database import transaction
from webapp.kernel.parse.codes import code_key
from webapp.kernel.spreadsheets.imports import Claim, Outcome
from webapp.kernel.spreadsheets.sheets import SheetRow

# Generated passwords have 59 random bits and must be changed at the first sign-in, so a cheap hash is sufficient; five
# hundred expensive hashes would take half a minute.
_CHEAP = "pbkdf2:sha256:20000"


def add_persons(
    rows: Sequence[SheetRow], units: dict[str, UUID], places: dict[str, UUID], *, by: Actor, at: datetime, claim: Claim
) -> Outcome:
    """Add all rows or none; the outcome has the initial passwords. `units` and `places` are ids by code key."""
    passwords = [new_password() for _ in rows]
    hashes = [generate_password_hash(password, _CHEAP) for password in passwords]
    outcome = Outcome(
        len(rows), [(row.values["username"], password) for row, password in zip(rows, passwords, strict=True)]
    )
    with transaction():
        claim(outcome)
        for row, password, hashed in zip(rows, passwords, hashes, strict=True):
            values = row.values
            unit_id = units.get(code_key(values["unit"]))
            grant = Grant(
                values["role"], units.get(code_key(values["over_unit"])), places.get(code_key(values["over_place"]))
            )
            put_person(
                values["username"],
                values["name"],
                password,
                [grant],
                by=by,
                at=at,
                post=values["post"] or None,
                phone=values["phone"],
                unit_id=unit_id,
                language="zh",
                must_change_password=True,
                password_hash=hashed,
            )
    return outcome

"""The hash of a password: as dear as the settings say, and as dear for a name that nobody has."""

import secrets
from functools import cache

from flask import current_app
from werkzeug.security import check_password_hash, generate_password_hash


def hashed(password: str) -> str:
    """Salted and slow to guess; what to keep instead of the password."""
    return generate_password_hash(password, current_app.config["PASSWORD_HASH"])


def is_right(kept: str | None, password: str) -> bool:
    """Does the password belong to the kept hash? Where there is none, saying no takes as long."""
    nobody = _nobody(current_app.config["PASSWORD_HASH"])
    return check_password_hash(kept or nobody, password) and kept is not None


@cache
def _nobody(method: str) -> str:
    return generate_password_hash(secrets.token_hex(16), method)

"""Password hashes, at the cost of the settings; a check for an unknown username takes as long as any other."""

import secrets
from functools import cache

from flask import current_app
from werkzeug.security import check_password_hash, generate_password_hash


def hashed(password: str) -> str:
    """The salted hash to store instead of a password."""
    return generate_password_hash(password, current_app.config["PASSWORD_HASH"])


def is_right(hashed: str | None, password: str) -> bool:
    """Whether the password matches the stored hash. Without a hash it takes as long to answer no."""
    nobody = _nobody(current_app.config["PASSWORD_HASH"])
    return check_password_hash(hashed or nobody, password) and hashed is not None


@cache
def _nobody(method: str) -> str:
    return generate_password_hash(secrets.token_hex(16), method)

"""Persons, their roles and scopes, signing in and out."""

from webapp.accounts.labels import REFUSALS
from webapp.accounts.views import bp
from webapp.kernel import errors

errors.register(REFUSALS)
errors.constraint("uq_person_username", "username-taken", field="username")

__all__ = ["bp"]

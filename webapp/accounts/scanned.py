"""Persons in the scan and jump boxes, by their whole username only, so that names cannot be guessed."""

from collections.abc import Iterator

from flask import url_for

from webapp.accounts import queries
from webapp.accounts.rules import normal_username
from webapp.kernel.access import Reach
from webapp.kernel.scanning import Answer


def resolve(code: str, reach: Reach) -> Iterator[Answer]:
    """The person of a username, if within reach."""
    person = queries.find_visible_named(normal_username(code), reach)
    if person:
        yield Answer("person", person.name, person.username, url_for("accounts.person", person_id=person.id), "person")

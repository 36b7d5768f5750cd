"""What the scan and jump boxes find of persons: a username by itself, and while typing whose name holds the words.

Only whoever may open the list of persons finds them, and only those in reach.
"""

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _

from webapp.accounts import queries
from webapp.accounts.models import Person
from webapp.accounts.rules import normal_username
from webapp.kernel.access import Reach
from webapp.kernel.scanning import Answer

SHOWN = 5


def resolve(code: str, reach: Reach) -> Iterator[Answer]:
    """The person of a username, if within reach."""
    person = queries.find_visible_named(normal_username(code), reach)
    if person:
        yield _answer(person)


def search(words: str, reach: Reach) -> Iterator[Answer]:
    """The first persons in reach whose name holds the words."""
    persons = queries.first_called(words, reach, SHOWN + 1)
    yield from (_answer(person) for person in persons[:SHOWN])
    if len(persons) > SHOWN:
        url = url_for("accounts.persons", name=words)
        yield Answer("more", _("更多叫“%(words)s”的人员", words=words), _("打开列表"), url, "list")


def _answer(person: Person) -> Answer:
    return Answer("person", person.name, person.username, url_for("accounts.person", person_id=person.id), "person")

"""A small district with one record of each kind, a signed-in person of each role, and the fields of its forms."""

import re
from collections import ChainMap
from functools import lru_cache
from html.parser import HTMLParser
from types import SimpleNamespace
from urllib.parse import quote_from_bytes
from uuid import UUID

from sqlalchemy import text
from werkzeug.datastructures import MultiDict

from tests.inspections.conftest import INFECTIOUS
from tests.support import masters, matrix
from tests.support.matrix import EVERYBODY, PUBLIC
from webapp.accounts import queries as accounts
from webapp.extensions import Base, db
from webapp.kernel import clock, entries
from webapp.kernel.access import Role
from webapp.places.rules import PlaceKind

ACCESS = matrix.access()
OWNERS = matrix.owners()
NOBODY = UUID("00000000-0000-4000-8000-000000000000")
# The role that reaches most comes first: its pages have the most to fill in.
PREFERRED = ("administrator", "gatekeeper", "keeper", "inspector", "commander", "approver", "auditor", "clerk")
# A refusal may be noted here, and a second version kept; no domain row may come of it.
NOTED = {"sign_in_attempt", "sign_in_throttling", "sign_in", "journal", "entry_conflict"}


def build(app, name="王秀英", note="一切正常", is_lazy=False):
    """Build it; `name` and `note` become the texts that people write. Returns ids, clients by role, and actors.

    With `is_lazy` a person signs in when their client is first used.
    """
    unit = masters.unit(app, "U-01")
    world = SimpleNamespace(app=app, name=name, note=note, unit=unit, ids={})
    world.gate = masters.place(app, "G-01", PlaceKind.CHECKPOINT, unit_id=unit)
    world.hospital = masters.place(app, "H-01", PlaceKind.HOSPITAL, unit_id=unit, address=note, **INFECTIOUS)
    world.warehouse = masters.place(app, "W-01", PlaceKind.WAREHOUSE, unit_id=unit)
    scopes = {
        Role.GATEKEEPER: {"place_id": world.gate},
        Role.KEEPER: {"place_id": world.warehouse},
        Role.CLERK: {"unit_id": unit},
    }
    persons = {role.value: masters.person(app, role.value, role, **scopes.get(role, {})) for role in masters.CAST}
    persons["spare"] = masters.person(app, "spare", Role.AUDITOR)
    world.values = ChainMap({"unit_id": unit, "place_id": world.hospital, "person_id": persons["spare"]})
    world.deliver = lambda kind, fields, role: deliver(kind, fields, world.by[role])
    with app.app_context():
        world.by = {role: accounts.actor_of(accounts.find_person(id_)) for role, id_ in persons.items()}
        for feature, rows in matrix.features().items():
            world.ids[feature] = rows.record(world)
            world.values.maps.append(world.ids[feature])  # of an id under the same name, the first counts
    world.clients = _Clients(app)
    for role in () if is_lazy else persons:
        world.clients[role]
    return world


class _Clients(dict):
    """A signed-in client for each username, made when it is first asked for."""

    def __init__(self, app):
        super().__init__()
        self.app = app

    def __missing__(self, username):
        self[username] = masters.signed_in(self.app, username)
        return self[username]


def deliver(kind, fields, by):
    delivery = entries.deliver(kind, MultiDict(fields), by=by, at=clock.now())
    assert delivery.receipt, delivery.form.errors


def who(endpoint):
    """The username of a person who may open a view."""
    roles = ACCESS[endpoint]
    if roles == PUBLIC or (endpoint.startswith("accounts.") and roles == EVERYBODY):
        return "spare"
    return next(role for role in PREFERRED if role in roles)


def addresses(world, method, feature=None):
    """(endpoint, path) of every view with this method, of one feature or all, for the records of the world."""
    adapter = world.app.url_map.bind("localhost")
    for rule in world.app.url_map.iter_rules():
        owner = OWNERS.get(rule.endpoint)
        if owner and method in rule.methods and feature in (None, owner):
            ids = ChainMap(world.ids[owner], world.values)
            asked = matrix.features()[owner].queries.get(rule.endpoint, ()) if method == "GET" else ()
            values = {name: ids.get(name, NOBODY) for name in (*rule.arguments, *asked)}
            yield rule.endpoint, adapter.build(rule.endpoint, values, method=method)


class _Forms(HTMLParser):
    """The fields of every form on a page, with their values."""

    def __init__(self):
        super().__init__()
        self.forms, self.offers, self._action, self._select = {}, {}, None, None

    def handle_starttag(self, tag, given):
        values = dict(given)
        if tag == "form":
            self._action = values.get("action", "").split("?")[0]
            self.forms.setdefault(self._action, {})
            self.offers.setdefault(self._action, {})
        elif tag == "option" and self._select:
            self.offers[self._action].setdefault(self._select, "")
            self.offers[self._action][self._select] = self.offers[self._action][self._select] or values.get("value", "")
            if "selected" in values:
                self.forms[self._action][self._select] = values.get("value", "")
        elif self._action is not None and values.get("name") and tag in ("input", "select", "textarea", "button"):
            self._select = values["name"] if tag == "select" else self._select
            if values.get("type") not in ("checkbox", "radio") or "checked" in values:
                self.forms[self._action].setdefault(values["name"], values.get("value") or "")
            else:
                self.forms[self._action].setdefault(values["name"], "")
                self.offers[self._action].setdefault(values["name"], values.get("value") or "")

    def handle_endtag(self, tag):
        if tag == "form":
            self._action = None
        elif tag == "select":
            self._select = None


# Pages with the forms that every page has.
COMMON = {"today.index", "today.me"}


def fields_of_forms(world, feature, *, chosen=False):
    """The fields and values of the forms on a feature's pages, by the path they post to; `chosen`: with the first
    option of each choice.
    """
    forms = {}
    for endpoint, path in addresses(world, "GET"):
        if OWNERS[endpoint] != feature and endpoint not in COMMON:
            continue
        page = world.clients[who(endpoint)].get(path)
        if page.mimetype == "text/html":
            parser = _Forms()
            parser.feed(page.text)
            for action, fields in parser.forms.items():
                offers = parser.offers[action] if chosen else {}
                fields = {name: value or offers.get(name, "") for name, value in fields.items()}
                forms.setdefault(action or path, {}).update(fields)
    return forms


def rows(app, but=frozenset()):
    """The number of rows of each table."""
    with app.app_context():
        return {row[0]: row[1] for row in db.session.execute(_counts(frozenset(but)))}


@lru_cache
def _counts(but):
    names = [name for name in Base.metadata.tables if name not in but]
    return text(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names))


def contents(app):
    """Every row of every table, without the time at which a session was last seen."""
    with app.app_context():
        tables = {}
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if column.name != "seen_at"]
            tables[table.name] = sorted(map(repr, db.session.execute(db.select(*columns))))
        return tables


def encoded(fields):
    """A form body as a hostile client may write it: any text, also lone surrogates; a list repeats its field."""

    def part(value):
        return quote_from_bytes(value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass"))

    pairs = [(name, item) for name, value in fields.items() for item in (value if isinstance(value, list) else [value])]
    return "&".join(f"{part(name)}={part(item)}" for name, item in pairs)


def plain(page):
    """A page without the parts that differ at each request."""
    return re.sub(r'(value|content)="[\w.-]{40,}"|value="[^"]{40,}"|[0-9a-f]{8}-[0-9a-f-]{27}', "", page)

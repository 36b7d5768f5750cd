"""A small district with one record of each kind, a signed-in person of each role, and the fields of its forms."""

import re
from functools import lru_cache
from html.parser import HTMLParser
from types import SimpleNamespace
from urllib.parse import quote_from_bytes
from uuid import UUID, uuid4

from sqlalchemy import text
from werkzeug.datastructures import MultiDict

from tests.checkpoints.conftest import ARRIVAL
from tests.inspections.conftest import INFECTIOUS, filled
from tests.support import catalogue, masters
from tests.test_access import ACCESS, EVERYBODY, PUBLIC
from webapp.accounts import queries as accounts
from webapp.checkpoints.kinds import VISIT_IN
from webapp.extensions import Base, db
from webapp.inspections.kinds import INSPECTION
from webapp.inspections.models import InspectionFinding
from webapp.kernel import clock, entries
from webapp.kernel.access import Role
from webapp.places.rules import PlaceKind
from webapp.publicity.kinds import PUBLICITY
from webapp.supplies import kinds
from webapp.supplies import queries as supplies

NOBODY = UUID("00000000-0000-4000-8000-000000000000")
# The role that reaches most comes first: its pages have the most to fill in.
PREFERRED = ("administrator", "gatekeeper", "keeper", "inspector", "commander", "approver", "auditor", "clerk")
# A refusal may be noted here, and a second version kept; no domain row may come of it.
NOTED = {"sign_in_attempt", "sign_in", "journal", "entry_conflict"}


def build(app, **words):
    """Build it; `words` become the texts that people write. Returns ids, clients by role, and actors."""
    name = words.get("name", "王秀英")
    note = words.get("note", "一切正常")
    unit = masters.unit(app, "U-01")
    gate = masters.place(app, "G-01", PlaceKind.CHECKPOINT, unit_id=unit)
    hospital = masters.place(app, "H-01", PlaceKind.HOSPITAL, unit_id=unit, address=note, **INFECTIOUS)
    warehouse = masters.place(app, "W-01", PlaceKind.WAREHOUSE, unit_id=unit)
    scopes = {Role.GATEKEEPER: {"place_id": gate}, Role.KEEPER: {"place_id": warehouse}, Role.CLERK: {"unit_id": unit}}
    ids = {role.value: masters.person(app, role.value, role, **scopes.get(role, {})) for role in masters.CAST}
    ids["spare"] = masters.person(app, "spare", Role.AUDITOR)
    with app.app_context():
        by = {role: accounts.actor_of(accounts.find_person(person_id)) for role, person_id in ids.items()}
        visit, inspection, slip, banners = uuid4(), uuid4(), uuid4(), uuid4()
        arrival = ARRIVAL | {"place": str(gate), "uuid": str(visit), "name": name, "host": note, "purpose": note}
        deliver(VISIT_IN, arrival, by["gatekeeper"])
        check = filled(hospital, uuid=str(inspection), no_bypass="no", no_bypass__note=note)
        deliver(INSPECTION, check, by["inspector"])
        catalogue.load(by["keeper"])
        item = supplies.find_item_by_code("XS-02")
        line = {"item": item.id, "quantity": 3, "measure": item.packs[0].id, "lot": "A1", "expires_on": "2030-12-31"}
        lines = {f"lines-0-{field}": str(value) for field, value in line.items()}
        head = {"place": str(warehouse), "uuid": str(slip), "reason": "purchase", "note": note}
        deliver(kinds.IN, head | lines, by["keeper"])
        item_id = item.id
        finding = db.session.scalars(db.select(InspectionFinding.id)).one()
        log = {"means": "banner", "count": "5", "unit": str(unit), "place": str(gate), "from_on": "2026-11-02"}
        deliver(PUBLICITY, log | {"uuid": str(banners), "area": note, "note": note}, by["clerk"])
    values = {
        "unit_id": unit,
        "place_id": hospital,
        "person_id": ids["spare"],
        "visit_id": visit,
        "inspection_id": inspection,
        "item_id": item_id,
        "finding_id": finding,
        "act": "answer",
        "slip_id": slip,
        "record_id": banners,
    }
    clients = {role: masters.signed_in(app, role) for role in ids}
    return SimpleNamespace(app=app, gate=gate, hospital=hospital, values=values, clients=clients, by=by)


def deliver(kind, fields, by):
    delivery = entries.deliver(kind, MultiDict(fields), by=by, at=clock.now())
    assert delivery.receipt, delivery.form.errors


def who(endpoint):
    """The username of a person who may open a view."""
    roles = ACCESS[endpoint]
    if roles == PUBLIC or (endpoint.startswith("accounts.") and roles == EVERYBODY):
        return "spare"
    return next(role for role in PREFERRED if role in roles)


def addresses(world, method):
    """(endpoint, path) of every view with this method, for the records of the world."""
    adapter = world.app.url_map.bind("localhost")
    for rule in world.app.url_map.iter_rules():
        if rule.endpoint == "static" or method not in rule.methods:
            continue
        values = {name: world.values.get(name, NOBODY) for name in rule.arguments}
        if rule.endpoint.startswith("checkpoints."):
            values = {name: world.gate if name == "place_id" else value for name, value in values.items()}
        if rule.endpoint.startswith("inspections.") and "record_id" in values:
            values["record_id"] = world.values["inspection_id"]
        if rule.endpoint == "inspections.act" and method == "GET":
            values["finding"] = world.values["finding_id"]  # which finding stands in the query
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


def fields_of_forms(world, *, chosen=False):
    """The fields and values of all forms by the path they post to; `chosen`: with the first option of each choice."""
    forms = {}
    for endpoint, path in addresses(world, "GET"):
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

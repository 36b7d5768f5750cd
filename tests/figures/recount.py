"""A second counting of figures, by SQL written by hand over the tables."""

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

from sqlalchemy import Date, Uuid, bindparam, insert, text

from tests.support import masters
from webapp.accounts.queries import actor_of, find_by_username
from webapp.extensions import db
from webapp.kernel.access import Role
from webapp.kernel.columns import UtcDateTime
from webapp.kernel.entries import Entry
from webapp.places.rules import PlaceKind
from webapp.publicity.rules import Means

FIRST, DAYS = date(2026, 11, 2), 5
LASTING = ("screen", "van", "board", "loudspeaker")
# Units as a tree, and the unit of each place.
PARENTS = {"A": None, "A1": "A", "A11": "A1", "B": None}
UNIT_OF = {"P-1": "A", "P-2": "A11", "P-3": "B", "P-4": None, "P-12": "A1"}


def below(unit):
    """A unit with all below it."""
    return {unit}.union(*(below(code) for code, parent in PARENTS.items() if parent == unit))


def district(app, entries=90):
    """The units, the places, a commander of the district and one of the unit A1, and entries for records to come."""
    world = SimpleNamespace(app=app, units={}, places={})
    for code, parent in PARENTS.items():
        world.units[code] = masters.unit(app, code, parent_id=world.units.get(parent))
    for code, unit in UNIT_OF.items():
        world.places[code] = masters.place(app, code, PlaceKind.CHECKPOINT, unit_id=world.units.get(unit))
    masters.person(app, "district", Role.COMMANDER)
    world.person = masters.person(app, "unit", Role.COMMANDER, unit_id=world.units["A1"])
    world.entries = [uuid4() for _ in range(entries)]
    entry = {"kind": "test", "author_id": world.person, "received_at": midnight(FIRST), "is_time_uncertain": False}
    sealed = {"content": "{}", "content_hash": "", "content_salt": "salt"}
    with app.app_context():
        db.session.execute(insert(Entry), [entry | sealed | {"uuid": uuid} for uuid in world.entries])
        db.session.commit()
        world.actors = {name: actor_of(find_by_username(name)) for name in ("district", "unit")}
    return world


def midnight(day):
    """The first moment of a day of the district, eight hours before that of UTC."""
    return datetime.combine(day, time(), UTC) - timedelta(hours=8)


_MOMENT = "{} >= :begins AND {} < :ends"
_VALID = "replaced_by IS NULL AND NOT is_void"
_ARRIVED = ("visit", "undone_at IS NULL", "entered_at")
# The table, the condition and the column of the moment by which a row belongs to a day.
OF_FIGURE = {
    "checkpoints.arrivals": _ARRIVED,
    "checkpoints.refused": ("visit", "undone_at IS NULL AND decision = 'refuse'", "entered_at"),
    "checkpoints.overridden": ("visit", "undone_at IS NULL AND proposed <> decision", "entered_at"),
    "checkpoints.referred": ("visit", "undone_at IS NULL AND decision = 'refer'", "entered_at"),
    "checkpoints.inside": ("visit", "undone_at IS NULL AND left_at IS NULL AND decision = 'pass'", None),
    "inspections.checks": ("inspection", _VALID, "inspected_at"),
    "inspections.out_of_limits": ("inspection", f"{_VALID} AND outcome = 'out_of_limits'", "inspected_at"),
    "inspections.open_findings": ("inspection_finding", "state = 'open'", None),
    "inspections.to_check": ("inspection_finding", "state = 'answered'", None),
    "inspections.overdue": ("inspection_finding", "state IN ('open', 'answered') AND due_at < :now", None),
    "supplies.incoming": ("stock_slip", "kind = 'in'", "occurred_at"),
    "supplies.outgoing": ("stock_slip", "kind = 'out'", "occurred_at"),
} | {f"publicity.{means}": ("publicity", f"{_VALID} AND means = '{means}'", "from_on") for means in Means}


def recount(world, code, reader, since, until, unit, place, now):
    """The number of a figure, from its table."""
    days = [since + timedelta(days=number) for number in range((until - since).days + 1)]
    if code.removeprefix("publicity.") in LASTING:
        return max(_recount(world, code, reader, (day, day), unit, place, now) for day in days)
    return _recount(world, code, reader, (since, until), unit, place, now)


def _recount(world, code, reader, period, unit, place, now):
    table, condition, moment = OF_FIGURE[code]
    conditions, values = [condition], {"now": now, "since": period[0], "until": period[1]}
    if code.removeprefix("publicity.") in LASTING:
        conditions.append("from_on <= :until AND (until_on IS NULL OR until_on >= :since)")
    elif table == "publicity":
        conditions.append("from_on >= :since AND from_on <= :until")
    elif moment:
        conditions.append(_MOMENT.format(moment, moment))
        values |= {"begins": midnight(period[0]), "ends": midnight(period[1] + timedelta(days=1))}
    if place:
        conditions.append("place_id = :place")
        values["place"] = world.places[place]
    for name, root in (("unit", unit), ("mine", "A1" if reader == "unit" else "")):
        if root:
            conditions.append(_under(world, table, root, name, values, is_reach=name == "mine"))
    amount = "coalesce(sum(count), 0)" if table == "publicity" else "count(*)"
    query = f"SELECT {amount} FROM {table} WHERE {' AND '.join(conditions)}"
    return db.session.execute(_typed(text(query), values)).scalar_one()


def _under(world, table, root, name, values, is_reach):
    """The condition of a unit with all below it, as the filter or as the reader's reach."""
    places = [world.places[code] for code, unit in UNIT_OF.items() if unit in below(root)]
    values |= {f"{name}_places": places, f"{name}_units": [world.units[code] for code in below(root)]}
    of_place = f"place_id IN :{name}_places"
    if table == "publicity":
        of_unit = f"unit_id IN :{name}_units"
        return f"({of_place} OR {of_unit})" if is_reach else of_unit
    return f"({of_place} OR other_id IN :{name}_places)" if is_reach and table == "stock_slip" else of_place


def _typed(query, values):
    """The query with those of the values that it names, as their columns store them."""
    kinds = {datetime: UtcDateTime(), UUID: Uuid(), date: Date()}
    used = {name: value for name, value in values.items() if f":{name}" in query.text}
    for name, value in used.items():
        is_many = isinstance(value, list)
        kind = kinds[type(value[0] if is_many else value)]
        query = query.bindparams(bindparam(name, value, type_=kind, expanding=is_many))
    return query

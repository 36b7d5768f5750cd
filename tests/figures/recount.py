"""A second counting of figures, by SQL written by hand over the tables."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

from sqlalchemy import Date, String, Uuid, bindparam, insert, text

from tests.support import masters
from webapp.accounts.models import Person
from webapp.accounts.queries import actor_of, find_by_username
from webapp.extensions import db
from webapp.kernel.access import Role
from webapp.kernel.columns import UtcDateTime
from webapp.kernel.entries import Entry
from webapp.places.models import Place
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


def district(app, entries=120):
    """The units, the places, a commander of the district and one of the unit A1, and entries for records to come.

    The actors oversee everything; `inner` is somebody of the unit A11.
    """
    world = SimpleNamespace(app=app, units={}, places={})
    for code, parent in PARENTS.items():
        world.units[code] = masters.unit(app, code, parent_id=world.units.get(parent))
    for code, unit in UNIT_OF.items():
        world.places[code] = masters.place(app, code, PlaceKind.CHECKPOINT, unit_id=world.units.get(unit))
    with app.app_context():
        db.session.add(Place(code="DIFF", name="差异", kind=PlaceKind.DIFFERENCE))
        db.session.commit()
    world.person = masters.person(app, "unit", Role.COMMANDER, unit_id=world.units["A1"])
    inner = masters.person(app, "inner", Role.CLERK, unit_id=world.units["A11"])
    world.persons = {"district": masters.person(app, "district", Role.COMMANDER), "unit": world.person, "inner": inner}
    world.entries = [uuid4() for _ in range(entries)]
    entry = {"kind": "test", "author_id": world.person, "received_at": midnight(FIRST), "is_time_uncertain": False}
    sealed = {"content": "{}", "content_hash": "", "content_salt": "salt"}
    with app.app_context():
        db.session.get(Person, inner).unit_id = world.units["A11"]
        db.session.execute(insert(Entry), [entry | sealed | {"uuid": uuid} for uuid in world.entries])
        db.session.commit()
        world.actors = {name: _overseer(actor_of(find_by_username(name))) for name in ("district", "unit")}
    return world


def _overseer(actor):
    """The commander who is an auditor and an administrator of the same unit too."""
    [grant] = actor.grants
    return replace(actor, grants=(grant, *(replace(grant, role=role) for role in (Role.AUDITOR, Role.ADMINISTRATOR))))


def midnight(day):
    """The first moment of a day of the district, eight hours before that of UTC."""
    return datetime.combine(day, time(), UTC) - timedelta(hours=8)


_MOMENT = "{} >= :begins AND {} < :ends"
_VALID = "replaced_by IS NULL AND NOT is_void"
_MARKED = "SELECT slip_id FROM stock_count WHERE wants_reason"
_LIES = "on_hand > 0 AND lot_id IN (SELECT id FROM lot WHERE"
_SIGNED = "SELECT due_id FROM report WHERE replaced_by IS NULL"
_LATER = "SELECT report_id FROM report_check WHERE added + changed + gone > 0"
_UNSENT = """SELECT 1 FROM device JOIN person ON person.id = device.person_id JOIN unit ON unit.id = person.unit_id
    JOIN unit AS owing ON owing.id = report_due.unit_id
    WHERE waiting > 0 AND NOT is_lost AND unit.path LIKE owing.path || '%'"""
_REWRITTEN = "action = 'visit.departure-undone' OR subject_kind LIKE '%.correction' OR subject_kind LIKE '%.void'"
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
    "supplies.unexplained": ("stock_slip", f"id IN ({_MARKED})", None),
    "supplies.to_count": ("stock_slip", "id IN (SELECT event_id FROM move WHERE reason = 'shortfall')", None),
    "supplies.soon": ("balance", f"{_LIES} expires_on >= :today AND expires_on <= :soon)", None),
    "supplies.expired": ("balance", f"{_LIES} expires_on < :today)", None),
    "supplies.low": ("item", "NOT is_closed AND ({usable}) < low_level{narrowed}", None),
    "reports.signed": ("report_due", f"day <= :today AND id IN ({_SIGNED})", "day"),
    "reports.waiting": ("report_due", f"day <= :today AND id NOT IN ({_SIGNED}) AND due_at > :now", "day"),
    "reports.missing": ("report_due", f"day <= :today AND id NOT IN ({_SIGNED}) AND due_at <= :now", "day"),
    "reports.unsent": ("report_due", f"day <= :today AND id NOT IN ({_SIGNED}) AND EXISTS ({_UNSENT})", "day"),
    "reports.returned": ("report_due", f"id IN ({_SIGNED} AND state = 'returned') AND day <= :today", "day"),
    "reports.unsure": ("report_due", f"id IN ({_SIGNED} AND state = 'unsure') AND day <= :today", "day"),
    "reports.wrong": ("report_due", f"id IN ({_SIGNED} AND is_changed) AND day <= :today", "day"),
    "reports.late": ("report_due", f"id IN ({_SIGNED} AND recorded_at > due_at) AND day <= :today", "day"),
    "reports.hidden": ("report_due", f"id IN ({_SIGNED} AND id IN ({_LATER})) AND day <= :today", "day"),
    "tasks.open": ("task", "state IN ('given', 'done')", None),
    "tasks.overdue": ("task", "state = 'given' AND due_at < :now", None),
    "tasks.to_check": ("task", "state = 'done' AND giver_id = :me", None),
    "alerts.open": ("alert", "state = 'open'", None),
    "alerts.acknowledged": ("alert", "state = 'acknowledged'", None),
    "sync.waiting": ("device", "waiting > 0", None),
    "sync.review": ("envelope", "state = 'review'", None),
    "audit.reveals": ("journal", "action LIKE '%revealed'", "at"),
    "audit.changes": ("journal", f"({_REWRITTEN})", "at"),
    "audit.settings": ("journal", "action = 'district.changed'", "at"),
    "audit.failures": ("journal", "action = 'person.sign-in-failed'", "at"),
    "audit.throttled": ("journal", "action = 'person.sign-in-throttled'", "at"),
} | {f"publicity.{means}": ("publicity", f"{_VALID} AND means = '{means}'", "from_on") for means in Means}
DAYS_OF = {"publicity", "report_due"}  # tables whose rows have a day, not a moment
# The condition that a row is under a unit: within reach, and by the filter.
_OF_PLACE, _OF_UNIT = "place_id IN :{0}_places", "unit_id IN :{0}_units"
_PERSONS = "(SELECT id FROM person WHERE unit_id IN :{0}_units)"
_REACH = {
    "publicity": f"({_OF_PLACE} OR {_OF_UNIT})",
    "stock_slip": "(place_id IN :{0}_places OR other_id IN :{0}_places)",
    "report_due": _OF_UNIT,
    "task": f"({_OF_UNIT} OR person_id IN {_PERSONS} OR giver_id = :me OR person_id = :me)",
    "alert": f"({_OF_PLACE} OR {_OF_UNIT})",
    "journal": f"(actor_id IN {_PERSONS} OR subject_id IN :{{0}}_texts)",
}
_FILTER = {
    "publicity": _OF_UNIT,
    "report_due": _OF_UNIT,
    "task": "coalesce(unit_id, (SELECT unit_id FROM person WHERE person.id = person_id)) IN :{0}_units",
}


def recount(world, code, reader, since, until, unit, place, now):
    """The number of a figure, from its table."""
    days = [since + timedelta(days=number) for number in range((until - since).days + 1)]
    if code.removeprefix("publicity.") in LASTING:
        return max(_recount(world, code, reader, (day, day), unit, place, now) for day in days)
    return _recount(world, code, reader, (since, until), unit, place, now)


def _recount(world, code, reader, period, unit, place, now):
    table, condition, moment = OF_FIGURE[code]
    today = (now + timedelta(hours=8)).date()
    conditions, values = [condition], {"now": now, "since": period[0], "until": period[1], "today": today}
    values |= {"soon": today + timedelta(days=30), "me": world.persons[reader]}
    if code.removeprefix("publicity.") in LASTING:
        conditions.append("from_on <= :until AND (until_on IS NULL OR until_on >= :since)")
    elif table in DAYS_OF:
        conditions.append(f"{moment} >= :since AND {moment} <= :until")
    elif moment:
        conditions.append(_MOMENT.format(moment, moment))
        values |= {"begins": midnight(period[0]), "ends": midnight(period[1] + timedelta(days=1))}
    if place:
        conditions.append("place_id = :place")
        values["place"] = world.places[place]
    for name, root in (("unit", unit), ("mine", "A1" if reader == "unit" else "")):
        if root:
            conditions.append(_under(world, code, table, root, name, values))
    if table == "item":
        conditions = [_low(condition, conditions[1:], is_narrowed=bool(unit or place))]
    amount = "coalesce(sum(count), 0)" if table == "publicity" else "count(*)"
    query = f"SELECT {amount} FROM {table} WHERE {' AND '.join(conditions)}"
    return db.session.execute(_typed(text(query), values)).scalar_one()


def _under(world, code, table, root, name, values):
    """The condition of a unit with all below it, as the filter or as the reader's reach ("mine")."""
    places = [world.places[code] for code, unit in UNIT_OF.items() if unit in below(root)]
    units = [world.units[code] for code in below(root)]
    people = [world.persons["inner"]]  # of the unit A11, which every reader of a unit reaches
    values |= {f"{name}_places": places, f"{name}_units": units}
    values[f"{name}_texts"] = [str(id_) for id_ in (*places, *units, *people)]
    if code == "supplies.to_count" and name == "mine":
        return "(place_id IN :mine_places OR person_id = :me)"
    return (_REACH if name == "mine" else _FILTER).get(table, _OF_PLACE).format(name)


def _low(condition, where, *, is_narrowed):
    """Items by their stock at some places, which must have or have had goods where they are named."""
    at = "".join(f" AND {part}" for part in where)
    fresh = "(SELECT id FROM lot WHERE expires_on IS NULL OR expires_on >= :today)"
    usable = f"SELECT coalesce(sum(on_hand), 0) FROM balance WHERE item_id = item.id AND lot_id IN {fresh}{at}"
    here = f" AND EXISTS (SELECT 1 FROM balance WHERE true{at})"
    return condition.format(usable=usable, narrowed=here if is_narrowed else "")


def _typed(query, values):
    """The query with those of the values that it names, as their columns store them."""
    kinds = {datetime: UtcDateTime(), UUID: Uuid(), date: Date(), str: String()}
    used = {name: value for name, value in values.items() if f":{name}" in query.text}
    for name, value in used.items():
        is_many = isinstance(value, list)
        kind = kinds[type(value[0] if is_many else value)]
        query = query.bindparams(bindparam(name, value, type_=kind, expanding=is_many))
    return query

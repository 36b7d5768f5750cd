"""More random rows for figures to count: stock, reports, assignments, alerts, devices and the journal."""

from datetime import timedelta
from uuid import uuid4

from hypothesis import strategies as st
from sqlalchemy import insert

from tests.figures.recount import DAYS, FIRST, PARENTS, UNIT_OF, midnight
from webapp.alerts.models import Alert, AlertRule
from webapp.audit import service as placing
from webapp.extensions import db
from webapp.kernel import clock, journal
from webapp.kernel.journal import JournalRow
from webapp.places.models import Place
from webapp.places.rules import PlaceKind
from webapp.reports.models import Report, ReportCheck, ReportDue, ReportKind
from webapp.supplies.models import Balance, Item, Lot, Move, StockCount
from webapp.sync.models import Device, ReceivedEnvelope
from webapp.tasks.models import Task

MOST = 10  # rows of a kind
LEVELS = (5, 0, None, 4)  # of the items; the last one is closed
PERSONS = ("district", "unit", "inner")
_units, _places = st.sampled_from(sorted(PARENTS)), st.sampled_from(sorted(UNIT_OF))
_ahead = st.sampled_from([-30, -1, 1, 30])  # hours from now
_booleans, _days = st.booleans(), st.integers(-1, DAYS).map(lambda days: FIRST + timedelta(days=days))
_edges = st.sampled_from([timedelta(microseconds=-1), timedelta(0), timedelta(hours=9)])
# What the journal says was done, and to what sort of thing.
_ACTS = (
    *(("visit.revealed", "visit"), ("place.contact-revealed", "place"), ("visit.departure-undone", "visit")),
    *(
        ("entry.recorded", "publicity.correction"),
        ("entry.recorded", "inspection.void"),
        ("entry.recorded", "visit.in"),
    ),
    *(("district.changed", "district"), ("unit.changed", "unit")),
    *(("person.sign-in-failed", "person"), ("person.sign-in-throttled", "person")),
)


def _rows(**fields):
    return st.lists(st.fixed_dictionaries(fields), min_size=4, max_size=MOST)


DUTIES = st.fixed_dictionaries(
    {
        "stock": _rows(
            item=st.integers(0, len(LEVELS) - 1),
            place=_places,
            on_hand=st.integers(0, 4),
            expires=st.sampled_from([None, -1, 0, 30, 31]),
        ),
        "marks": st.lists(st.tuples(_booleans, _booleans), min_size=14, max_size=14),
        "reports": _rows(
            unit=_units,
            day=_days,
            due=_ahead,
            versions=st.sampled_from([0, 0, 1, 1, 2]),
            is_changed=_booleans,
            state=st.sampled_from(["signed", "signed", "unsure", "returned"]),
            later=st.sampled_from([0, 0, 1]),
        ),
        "tasks": _rows(
            giver=st.sampled_from(["district", "unit"]),
            owner=st.sampled_from([*PARENTS, *PERSONS]),
            state=st.sampled_from(["given", "given", "done", "closed", "withdrawn"]),
            due=_ahead,
        ),
        "alerts": _rows(
            unit=st.none() | _units,
            place=st.none() | _places,
            state=st.sampled_from(["open", "acknowledged", "closed"]),
        ),
        "devices": st.lists(st.tuples(st.sampled_from([0, 0, 1, 7]), st.sampled_from(PERSONS), _booleans), max_size=4),
        "envelopes": st.lists(st.sampled_from(["review", "returned", "applied"]), max_size=4),
        "journal": _rows(
            act=st.sampled_from(_ACTS),
            by=st.sampled_from([None, *PERSONS]),
            at=st.builds(lambda day, edge: midnight(day) + edge, _days, _edges),
            about=st.integers(0, 4),
        ),
    }
)


def fill(world, duties, entries, slips):
    """Add these rows in the open transaction; the `slips` of the other records get marks, `entries` are unused ones."""
    now, today = clock.now(), clock.district_day(clock.now())
    items = [
        {"id": uuid4(), "code": f"I{number}", "code_key": f"I{number}", "name": "口罩", "name_en": "Mask"}
        | {
            "category": "protection",
            "unit_zh": "只",
            "unit_en": "pc",
            "scale": 1,
            "low_level": level,
            "is_closed": number == 3,
        }
        for number, level in enumerate(LEVELS)
    ]
    _add(Item, items)
    _stock(world, duties["stock"], items, today)
    _marks(world, duties["marks"], items[0]["id"], slips)
    _reports(world, duties["reports"], entries, now)
    for row in duties["tasks"]:
        _task(world, row, next(entries), now)
    rule = {"id": uuid4(), "name": "x", "source": "x", "recipients": [], "channels": [], "added_at": now}
    _add(AlertRule, [rule | {"is_active": True}])
    of_rule = {"rule_id": rule["id"], "level": "warning", "url": "/", "raised_at": now}
    about = [(world.units.get(row["unit"]), world.places.get(row["place"]), row["state"]) for row in duties["alerts"]]
    _add(Alert, [of_rule | _alert(*row) for row in about])
    _sync(world, duties, now)
    _journal(world, duties["journal"])


def _alert(unit_id, place_id, state):
    return {"id": uuid4(), "key": str(uuid4()), "unit_id": unit_id, "place_id": place_id, "state": state}


def _add(model, rows):
    if rows:
        db.session.execute(insert(model), rows)


def _lot(item_id, expires_on=None):
    number = uuid4().hex[:12].upper()
    lot = {"id": uuid4(), "item_id": item_id, "number": number, "number_key": number, "expires_on": expires_on}
    _add(Lot, [lot])
    return lot["id"]


def _stock(world, rows, items, today):
    for row in rows:
        item_id = items[row["item"]]["id"]
        lot_id = _lot(item_id, None if row["expires"] is None else today + timedelta(days=row["expires"]))
        where = {"place_id": world.places[row["place"]], "item_id": item_id, "lot_id": lot_id}
        _add(Balance, [where | {"on_hand": row["on_hand"], "reserved": 0}])


def _marks(world, marks, item_id, slips):
    """Slips whose count wants a reason, and slips that took more than the book had."""
    difference = db.session.scalars(db.select(Place.id).where(Place.kind == PlaceKind.DIFFERENCE)).first()
    counted, short = _lot(item_id), _lot(item_id)
    for (wants_reason, is_short), slip in zip(marks, slips, strict=False):
        of_slip = {"slip_id": slip["id"], "item_id": item_id, "measure": "base"}
        count = {"lot_id": counted, "place_id": slip["place_id"], "counted": 1, "begun_at": slip["stands_at"]}
        _add(StockCount, [of_slip | count | {"wants_reason": wants_reason, "is_disturbed": False}])
        if is_short:
            ends = {"from_id": difference, "to_id": slip["place_id"], "reason": "shortfall", "is_fix": True}
            at = {"event_id": slip["id"], "stands_at": slip["stands_at"], "line_no": 1, "quantity": 2}
            _add(Move, [of_slip | ends | at | {"lot_id": short}])


def _reports(world, rows, entries, now):
    for number, row in enumerate(rows):
        kind = {
            "id": uuid4(),
            "name": f"日报{number}",
            "code": f"k{number}",
            "cutoff": "17:00",
            "weekdays": "1234567",
            "last_line": 0,
        }
        _add(ReportKind, [kind | {"lines": [], "checks": [], "is_ended": False}])
        due = {"id": uuid4(), "kind_id": kind["id"], "unit_id": world.units[row["unit"]], "day": row["day"]}
        _add(ReportDue, [due | {"due_at": now + timedelta(hours=row["due"])}])
        ids = [next(entries) for _version in range(row["versions"])]
        for version, (id_, newer) in enumerate(zip(ids, [*ids[1:], None], strict=False), 1):
            of_due = {"id": id_, "record_id": ids[0], "version": version, "replaced_by": newer, "due_id": due["id"]}
            people = {"author_id": world.person, "writer_id": world.person, "recorded_at": now, "signed_at": now}
            what = {"lines": [], "numbers": {}, "words": {}, "notes": [], "is_zero": False, "seen": {}}
            what |= {"is_changed": row["is_changed"], "state": row["state"]}
            _add(Report, [of_due | people | what | {"digest": "", "is_void": False, "dropped": []}])
        if ids:
            check = {"report_id": ids[-1], "added": 0, "changed": 0, "gone": row["later"], "checked_at": now}
            _add(ReportCheck, [check])


def _task(world, row, id_, now):
    owner = {"unit_id": world.units.get(row["owner"]), "person_id": world.persons.get(row["owner"])}
    at = {"given_at": now, "due_at": now + timedelta(hours=row["due"]), "done_at": now, "urge_count": 0, "turn": 0}
    of_task = {"id": id_, "number": id_.hex[:20], "giver_id": world.persons[row["giver"]], "state": row["state"]}
    _add(Task, [of_task | owner | at])


def _sync(world, duties, now):
    for waiting, by, is_lost in duties["devices"]:
        seen = {"first_seen_at": now, "seen_at": now, "person_id": world.persons[by], "agent": "", "last_seq": 0}
        _add(Device, [seen | {"id": uuid4(), "waiting": waiting, "withdrawn": [], "is_lost": is_lost}])
    for state in duties["envelopes"]:
        ids = {name: uuid4() for name in ("id", "uuid", "author_id", "grant_id", "device_id")}
        at = {"received_at": now, "occurred_at": now, "is_outside": False}
        of = {"sha256": uuid4().hex, "kind": "visit", "relay_id": world.person, "seq": 1, "payload": "{}"}
        _add(ReceivedEnvelope, [ids | at | of | {"state": state}])


def _journal(world, rows):
    for row in rows:
        action, kind = row["act"]
        known = {"place": world.places, "unit": world.units, "person": world.persons}.get(kind, {})
        subjects = [*known.values()] or [uuid4()]
        about = {"subject_kind": kind, "subject_id": str(subjects[row["about"] % len(subjects)])}
        by = {"actor_id": world.persons.get(row["by"]), "at": row["at"], "details": {}}
        _add(JournalRow, [about | by | {"action": action}])
    placing._place(0, journal.newest())

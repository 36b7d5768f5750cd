"""Random records for figures to count, on five days, at the days' very edges, with undone, void and old ones."""

from datetime import timedelta

from hypothesis import strategies as st
from sqlalchemy import delete, insert

from tests.figures.recount import DAYS, FIRST, PARENTS, UNIT_OF, midnight
from webapp.checkpoints.models import Visit
from webapp.extensions import db
from webapp.inspections.models import Inspection, InspectionFinding
from webapp.publicity.models import Publicity
from webapp.publicity.rules import Means
from webapp.supplies.models import Slip

_days = st.integers(-1, DAYS).map(lambda days: FIRST + timedelta(days=days))
_edges = st.sampled_from([timedelta(microseconds=-1), timedelta(0), timedelta(hours=9), timedelta(hours=17)])
_moments = st.builds(lambda day, edge: midnight(day) + edge, _days, _edges)
_places = st.sampled_from(sorted(UNIT_OF))
_spot = {"place": _places, "at": _moments}
_seldom = st.sampled_from([False, False, False, True])
_version = {"is_void": _seldom, "is_old": _seldom}


def _rows(**fields):
    return st.lists(st.fixed_dictionaries(fields), min_size=8, max_size=14)


RECORDS = st.fixed_dictionaries(
    {
        "visit": _rows(
            **_spot,
            decision=st.sampled_from(["pass", "refuse", "refer"]),
            companions=st.integers(0, 3),
            is_undone=_seldom,
            has_left=st.booleans(),
        ),
        "inspection": _rows(**_spot, **_version, outcome=st.sampled_from(["clean", "findings", "out_of_limits"])),
        "finding": _rows(**_spot, state=st.sampled_from(["open", "answered", "closed", "withdrawn"])),
        "publicity": _rows(
            **_version,
            means=st.sampled_from([*["screen"] * 6, *(means.value for means in Means)]),
            count=st.integers(1, 9),
            unit=st.sampled_from(sorted(PARENTS)),
            place=st.none() | _places,
            from_on=_days,
            days=st.sampled_from([None, 0, 0, 1, 3]),
        ),
        "slip": _rows(
            **_spot,
            kind=st.sampled_from(["in", "out", "transfer"]),
            other=st.none() | _places,
            by=st.sampled_from(["district", "unit", "inner"]),
        ),
    }
)
# Units and places, not so often together that most scopes have no rows.
_WHERES = [("", "")] * 5 + [(unit, "") for unit in PARENTS] + [("", place) for place in ("P-1", "P-1", "P-3")]
_WHERES += [("A", "P-12"), ("A1", "P-12"), ("B", "P-1")]
SCOPES = st.fixed_dictionaries(
    {
        "since": _days,
        "days": st.integers(0, DAYS),
        "where": st.sampled_from(_WHERES),
        "reader": st.sampled_from(["district", "district", "unit"]),
        "third": st.integers(0, 2),  # of the figures, whose parts are counted too
    }
)


def fill(world, records):
    """Replace all records with these; returns the entries that are left and the slips."""
    unused = iter(world.entries)
    for model in (Publicity, InspectionFinding, Inspection, Visit, Slip):
        db.session.execute(delete(model))
    # The check that found what is found, which counts for nothing itself.
    world.check = next(unused)
    check = {"place": "P-1", "at": midnight(FIRST), "is_void": False, "is_old": True, "outcome": "clean"}
    _add(world, Inspection, _inspection, [(check, world.check)])
    for kind, (model, columns) in _TABLES.items():
        added = _add(world, model, columns, [(row, next(unused)) for row in records[kind]])
    return unused, added


def _add(world, model, columns, rows):
    made = [{"id": uuid, "place_id": world.places.get(row["place"])} | columns(world, row, uuid) for row, uuid in rows]
    if made:
        db.session.execute(insert(model), made)
    return made


def _visit(world, row, _uuid):
    is_gone = row["has_left"] and row["decision"] == "pass"
    return {
        "name": "王秀英",
        "origin": "本区",
        "companions": row["companions"],
        "proposed": "pass",
        "reasons": [],
        "decision": row["decision"],
        "entered_at": row["at"],
        "recorded_by": world.person,
        "left_at": row["at"] if is_gone else None,
        "undone_at": row["at"] if row["is_undone"] else None,
    }


def _version_of(world, row, uuid):
    replaced_by = world.entries[-1] if row["is_old"] else None
    written = {"writer_id": world.person, "version": 1, "dropped": [], "record_id": uuid}
    return written | {"is_void": row["is_void"], "replaced_by": replaced_by}


def _inspection(world, row, uuid):
    of_list = {"checklist_code": "any", "checklist_version": 1, "finding_count": 0, "outcome": row["outcome"]}
    return _version_of(world, row, uuid) | of_list | {"inspector_id": world.person, "inspected_at": row["at"]}


def _finding(world, row, _uuid):
    of_check = {"inspection_id": world.check, "checklist_code": "any", "checklist_version": 1, "item": "any"}
    return of_check | {"severity": "minor", "due_at": row["at"], "state": row["state"]}


def _publicity(world, row, uuid):
    until_on = None if row["days"] is None else row["from_on"] + timedelta(days=row["days"])
    written = {"author_id": world.person, "recorded_at": midnight(FIRST), "unit_id": world.units[row["unit"]]}
    of_use = {"means": row["means"], "count": row["count"], "from_on": row["from_on"], "until_on": until_on}
    return _version_of(world, row, uuid) | written | of_use | {"area": "P-1 对面"}


def _slip(world, row, uuid):
    moments = dict.fromkeys(("occurred_at", "stands_at", "received_at"), row["at"])
    of_slip = {"number": uuid.hex[:20], "kind": row["kind"], "reason": "allocation"}
    of_slip["person_id"] = world.persons[row["by"]]
    return moments | of_slip | {"other_id": world.places.get(row["other"]), "is_late": False, "scope": "listed"}


_TABLES = {
    "visit": (Visit, _visit),
    "inspection": (Inspection, _inspection),
    "finding": (InspectionFinding, _finding),
    "publicity": (Publicity, _publicity),
    "slip": (Slip, _slip),
}

"""Two infectious hospitals, an inspector of the first, and checks of it."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from werkzeug.datastructures import MultiDict

from tests.support import masters
from webapp.accounts import queries as accounts
from webapp.inspections.checklists import ItemKind, find
from webapp.inspections.forms import form_of
from webapp.inspections.kinds import INSPECTION
from webapp.kernel import clock, entries
from webapp.kernel.access import Role
from webapp.kernel.entries import ENVELOPE
from webapp.places.rules import DischargeRoute, Disinfectant, Institution

INFECTIOUS = {
    "institution": Institution.INFECTIOUS,
    "discharge_route": DischargeRoute.SURFACE_WATER,
    "disinfectant": Disinfectant.CHLORINE,
}


def filled(place_id, code="hospital-wastewater", known=(), **changes):
    """The fields of a check where all is well; None leaves a field out. `known` are names beside those of its form."""
    checklist = find(code, 1)
    fields = {"place": place_id, "checklist": f"{code}.v1", "uuid": uuid4(), "confirmed": "y"}
    for item in checklist.items:
        if item.required and item.kind is ItemKind.YES_NO_NA:
            fields[item.code] = "yes"
        elif item.required and item.kind is ItemKind.CHOICE:
            fields[item.code] = item.options[0].code
    known = {*known, *form_of(checklist)()._fields, *ENVELOPE}
    strange = {name for name in changes if name not in known and not name.endswith(("-sha256", "-original"))}
    assert not strange, f"the form has no field {strange}"
    return {name: str(value) for name, value in (fields | changes).items() if value is not None}


@pytest.fixture
def ward(app):
    """Ids of two hospitals, and the inspector of the first as an Actor."""
    here = masters.place(app, "H-01", **INFECTIOUS)
    there = masters.place(app, "H-02", **INFECTIOUS)
    person_id = masters.person(app, "inspector", Role.INSPECTOR, place_id=here)
    with app.app_context():
        actor = accounts.actor_of(accounts.find_person(person_id))
    return SimpleNamespace(app=app, here=here, there=there, actor=actor)


@pytest.fixture
def check(ward):
    """check(**changes): one check of the hospital by its inspector; use inside `app.app_context()`."""

    def check(by=None, at=None, files=None, **changes):
        fields = MultiDict(filled(**{"place_id": ward.here} | changes))
        return entries.deliver(INSPECTION, fields, files, by=by or ward.actor, at=at or clock.now())

    return check

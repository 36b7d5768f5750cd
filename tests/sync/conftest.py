"""A hospital, its inspector signed in with a device of their own."""

from types import SimpleNamespace
from uuid import uuid4

import pytest

from tests.inspections.conftest import INFECTIOUS, filled
from tests.supplies.conftest import deliver, house, line, stocked  # noqa: F401  fixtures of the warehouse
from tests.support import masters
from tests.support.device import Device
from webapp.kernel.access import Role


@pytest.fixture
def ward(app):
    here = masters.place(app, "H-01", **INFECTIOUS)
    there = masters.place(app, "H-02", **INFECTIOUS)
    person_id = masters.person(app, "inspector", Role.INSPECTOR, place_id=here)
    return SimpleNamespace(app=app, here=here, there=there, person_id=person_id)


@pytest.fixture
def device(app, ward):
    return Device(masters.signed_in(app, "inspector"))


@pytest.fixture
def check(ward):
    """check(**changes): the fields of one check of the hospital, uuid included."""
    return lambda **changes: filled(ward.here, **({"uuid": uuid4()} | changes))

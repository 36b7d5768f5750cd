"""A district with one of everything, as `tests/faults/world.py` builds it, and names that stand nowhere else."""

import pytest
from sqlalchemy import select

from tests.faults import world as district
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.entries import Entry
from webapp.retention import service

NAME, NOTE = "司徒明月", "陪同人欧阳小雪"


@pytest.fixture
def world(app):
    return district.build(app, name=NAME, note=NOTE)


@pytest.fixture
def purge(app, world):
    """purge(uuid): purge one record on request of the administrator; gives the run's id."""

    def purge(uuid, reason="本人要求"):
        with app.app_context():
            return service.purge_one(str(uuid), reason, by=world.by["administrator"], at=clock.now())

    return purge


def uuid_of(app, kind):
    """The uuid of the only entry of a kind."""
    with app.app_context():
        return db.session.scalars(select(Entry.uuid).where(Entry.kind == kind)).one()

"""Every figure on Today opens exactly the rows it counts: every role, every scope, sixty days behind, at any hour."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.support import masters
from tests.support.figures import figures, rows, silent, sums, total
from webapp.accounts.models import Person, PersonGrant
from webapp.checkpoints.models import Visit
from webapp.demo.service import fill
from webapp.extensions import db
from webapp.inspections.models import Inspection
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.database import transaction
from webapp.places.models import Place
from webapp.supplies.models import Slip
from webapp.units.models import Unit

DAYS = 3
MIDNIGHT = datetime(2026, 11, 25, 16, tzinfo=UTC)  # 00:00 in the district
# First and last instant of a day.
HOURS = {"first": MIDNIGHT, "last": MIDNIGHT - timedelta(microseconds=1)}


@pytest.fixture(params=HOURS)
def at(request, database, monkeypatch):
    if (database, request.param) == ("postgresql", "first") and not request.config.getoption("--long"):
        pytest.skip("takes long: ./frontline test --long")
    moment = HOURS[request.param]
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment


@pytest.fixture
def district(app, at):
    """The demonstration, with rows at the very edges of the day and persons of two roles of different scope."""
    with app.app_context():
        fill(masters.PASSWORD, at=at, days=DAYS)
        begins, ends = clock.day_bounds(clock.district_day(at))
        edges = (begins - timedelta(microseconds=1), begins, ends - timedelta(microseconds=1), ends)
        for column in (Visit.entered_at, Inspection.inspected_at, Slip.occurred_at):
            newest = db.session.scalars(select(column.class_).order_by(column.desc()).limit(12)).all()
            for number, row in enumerate(newest):
                setattr(row, column.key, edges[number % len(edges)])
        db.session.commit()
        of_shelf = db.session.scalar(select(Place.id).where(Place.code == "WH-02"))
        of_unit = db.session.scalar(select(Unit.id).where(Unit.code == "ZONE"))
        db.session.remove()
    for number, role in enumerate(Role):
        masters.person(app, f"unit{number}", role, unit_id=of_unit)
    for number, role in enumerate(Role):  # one role over a unit, another over the district or a warehouse
        other, scope = (Role.AUDITOR, {}) if number % 2 else (Role.ADMINISTRATOR, {"place_id": of_shelf})
        two = masters.person(app, f"two{number}", role, unit_id=of_unit)
        with app.app_context(), transaction() as session:
            session.add(PersonGrant(person_id=two, role=other, **scope))
    for number, role in enumerate((Role.KEEPER, Role.AUDITOR, Role.COMMANDER)):
        masters.person(app, f"place{number}", role, place_id=of_shelf)
    return app


def everybody(app):
    with app.app_context():
        return db.session.scalars(select(Person.username).order_by(Person.username)).all()


def test_every_figure_on_today_opens_exactly_the_rows_it_counts(district):
    wrong, totals = [], {}
    for username in everybody(district):
        client = masters.signed_in(district, username)
        html = client.get("/").text
        assert silent(html) == []
        for label, number, url in figures(html):
            totals[label] = totals.get(label, 0) + number
            if label in sums(html):
                walked = total(client, url)
                said = str(walked)
            else:
                walked, said = rows(client, url)
            if (number, str(number)) != (walked, said):
                wrong.append((username, label, number, walked, said, url))
    assert wrong == []
    assert sum(number > 0 for number in totals.values()) >= 12, f"nothing is compared with nothing in {totals}"

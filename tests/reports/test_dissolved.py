"""A unit that is dissolved in the middle of a month owes until that day, and no report afterwards."""

from datetime import timedelta

import pytest

from tests.reports import office
from tests.support import masters
from tests.support.device import Device, stamp
from webapp.accounts import queries as accounts
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.deadlines import everything_due
from webapp.kernel.errors import Refusal
from webapp.kernel.figures import figures, value
from webapp.reports import kept, queries, service
from webapp.reports.kinds import AMENDMENT, SIGNING
from webapp.reports.rules import Evil
from webapp.units import service as units
from webapp.units.models import Unit
from webapp.units.rules import UnitKind

pytestmark = pytest.mark.only_on("sqlite")
DISSOLVED = 4  # days ago


@pytest.fixture
def dissolved(app, street):
    """The village in the west, which signed the day before it was dissolved; the id of that report."""
    admin = masters.person(app, "administrator", Role.ADMINISTRATOR)
    with app.app_context():
        last = office.due(street.kind, street.units["west"], office.days_ago(DISSOLVED + 1))
        signed = office.sign(SIGNING, office.filled(last, n_l2=5), street.by["west"]).uuid
        by, name = accounts.actor_of(accounts.find_person(admin)), db.session.get(Unit, street.units["west"]).name
        told = name, UnitKind.BUREAU, None, None, office.days_ago(DISSOLVED)
        units.change_unit(street.units["west"], *told, by=by, at=clock.now())
    return signed


def due(street, days_ago):
    return office.due(street.kind, street.units["west"], office.days_ago(days_ago))


def reach(street):
    return street.by["commander"].through(Role.COMMANDER)


def test_the_month_counts_it_until_that_day_and_no_longer(app, street, dissolved):
    with app.test_request_context():
        rows = queries.evils(reach(street), None, office.days_ago(10), office.today(), clock.now())
        [west] = [row for row in rows if row.unit_id == street.units["west"]]
        assert west.due == 10 - DISSOLVED, "the days from the tenth ago up to that before it was dissolved"
        assert [west._mapping[evil.value] for evil in Evil] == [0, 1, 0, west.due - 1]
        for days_ago, is_owed in ((DISSOLVED + 1, True), (DISSOLVED, False), (0, False)):
            day = office.days_ago(days_ago)
            of_day = queries.of_days(reach(street), street.kind, day, day)
            assert (street.units["west"] in {row.unit_id for row in of_day}) is is_owed
            missing = value(figures()["reports.missing"], reach(street), day, day)
            assert missing == (0 if days_ago == 0 else 1), "the east; of the west the last day is signed"


def test_its_last_report_may_be_amended_what_it_owed_before_signed_and_nothing_after(app, street, dissolved):
    with app.app_context():
        [number] = queries.stated(
            reach(street), "d1", "l2", list(street.units.values()), office.days_ago(10), office.today()
        )
        assert (number.report_id, number.stated) == (dissolved, 5)
        again = office.filled(due(street, DISSOLVED + 1), n_l2=6, corrects=dissolved, reason="补")
        office.sign(AMENDMENT, again, street.by["west"])
        office.sign(SIGNING, office.filled(due(street, DISSOLVED + 2)), street.by["west"])
        for days_ago in (DISSOLVED, 0):
            with pytest.raises(Refusal, match="report-not-yours"):
                office.sign(SIGNING, office.filled(due(street, days_ago)), street.by["west"])


def test_nobody_is_reminded_of_it_afterwards_and_what_a_device_signed_comes_back(app, street, dissolved):
    with app.test_request_context():
        service.expect_ahead(clock.now() + timedelta(days=2))
        west = street.by["west"]
        assert "report.due" not in {row.kind for row in everything_due(west, clock.now())}
        assert kept.reports(west.through(Role.CLERK), clock.now()) == []
    with app.app_context():
        fields = office.filled(due(street, 0))
    device = Device(street.clients["west"])
    [outcome] = device.send(device.seal("report", fields, captured_at=stamp()))
    assert (outcome["outcome"], outcome["code"]) == ("returned", "report-not-yours")

"""Alerts about one warehouse: what it is short of, and a figure that is counted for each place or unit."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support import masters
from tests.support.counting import counted
from tests.support.figures import rows
from webapp.accounts import queries as accounts
from webapp.alerts import service
from webapp.alerts.models import Alert, AlertRecipient
from webapp.alerts.rules import Each
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.deadlines import Level, watched
from webapp.supplies import queries
from webapp.supplies.kinds import IN


@pytest.fixture
def short(house, deliver, line):
    """Both warehouses hold the item, each less than its low level; each has a keeper of its own."""
    other_id = masters.person(house.app, "other", Role.KEEPER, place_id=house.there)
    masters.person(house.app, "commander", Role.COMMANDER)
    with house.app.app_context():
        other = accounts.actor_of(accounts.find_person(other_id))
        for place, keeper, quantity in ((house.here, house.keeper, 2), (house.there, other, 1)):
            entry = deliver(IN, [line(quantity)], by=keeper, place=place, reason="purchase")
            assert entry.receipt, entry.form.errors
        queries.get_item(house.item).low_level = 61
        for item in queries.open_items():
            item.low_level = 61 if item.id == house.item else None
        db.session.commit()
    house.other = other
    return house


def put(short, **facts):
    values = {"name": "缺货", "source": "stock.low", "recipients": ("doers:",), "threshold": 1, "level": Level.WARNING}
    with short.app.app_context():
        service.put_rule(service.RuleFacts(**values | facts), by=None, at=clock.now())


def alerts(short):
    with short.app.app_context():
        return db.session.scalars(select(Alert).where(Alert.closed_at.is_(None)).order_by(Alert.place_id)).all()


def persons(short, alert):
    with short.app.app_context():
        return set(db.session.scalars(select(AlertRecipient.person_id).where(AlertRecipient.alert_id == alert.id)))


def watch(short, at=None):
    with short.app.app_context():
        return service.watch(at or clock.now())


def test_each_warehouse_that_is_short_is_told_to_its_keeper(short):
    put(short)
    assert watch(short) == "2 raised, 0 closed"
    told = {alert.place_id: (persons(short, alert), alert.amount) for alert in alerts(short)}
    assert told == {short.here: ({short.keeper.id}, 1), short.there: ({short.other.id}, 1)}


def test_the_number_of_an_alert_opens_just_its_items(short):
    put(short)
    watch(short)
    client = masters.signed_in(short.app, "commander")
    assert [rows(client, alert.url)[0] for alert in alerts(short)] == [1, 1]


def test_a_warehouse_that_has_enough_is_not_named(short):
    with short.app.app_context():
        queries.get_item(short.item).low_level = 60
        db.session.commit()
    put(short)
    watch(short)
    assert [alert.place_id for alert in alerts(short)] == [short.there]


def test_a_threshold_counts_the_items_of_one_warehouse(short):
    put(short, threshold=2)
    assert watch(short) == "0 raised, 0 closed"


def test_a_figure_is_counted_for_each_place(short):
    put(short, source="figure:supplies.incoming", each=Each.PLACE, recipients=("role:keeper",))
    assert watch(short) == "2 raised, 0 closed"
    assert {alert.place_id: persons(short, alert) for alert in alerts(short)} == {
        short.here: {short.keeper.id},
        short.there: {short.other.id},
    }


def test_a_figure_is_counted_for_each_unit_with_those_below_and_opens_its_rows(short):
    top = masters.unit(short.app, "TOP")
    low = masters.unit(short.app, "LOW", top)
    with short.app.app_context():
        from webapp.places import queries as places

        places.get_place(short.here).unit_id, places.get_place(short.there).unit_id = top, low
        db.session.commit()
    put(short, source="figure:supplies.incoming", each=Each.UNIT, recipients=("role:commander",))
    watch(short)
    numbers = {alert.unit_id: alert.amount for alert in alerts(short)}
    assert numbers == {top: 2, low: 1}
    client = masters.signed_in(short.app, "commander")
    assert all(rows(client, alert.url)[0] == alert.amount for alert in alerts(short))


def test_the_number_of_a_live_alert_follows_and_the_alert_stays(short, deliver, line):
    put(short, source="figure:supplies.incoming", recipients=("role:commander",))
    watch(short)
    with short.app.app_context():
        deliver(IN, [line(1)], reason="purchase")
    assert watch(short, clock.now() + timedelta(minutes=1)) == "0 raised, 0 closed"
    assert [alert.amount for alert in alerts(short)] == [3]


def test_the_statements_do_not_grow_with_the_warehouses(short):
    with short.app.test_request_context("/"), counted(short.app) as statements:
        overseer = accounts.actor_of(accounts.find_by_username("commander"))
        statements.clear()
        from dataclasses import replace

        from webapp.kernel.access import Grant

        every = replace(overseer, grants=tuple(Grant(role) for role in Role))
        assert len(watched(every, clock.now(), {"stock.low"})) == 2
    assert len(statements) <= 2, statements

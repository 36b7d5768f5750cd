"""What the watcher raises, closes and repeats."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.alerts.conftest import NOON
from tests.support import masters
from tests.support.counting import counted
from webapp.alerts import queries, service
from webapp.alerts.models import Alert, AlertDelivery, AlertRecipient
from webapp.alerts.rules import AlertState
from webapp.extensions import db
from webapp.kernel.access import Role
from webapp.kernel.database import transaction
from webapp.kernel.deadlines import Level

MINUTE = timedelta(minutes=1)


def alerts(app):
    with app.app_context():
        return db.session.scalars(select(Alert).order_by(Alert.raised_at, Alert.key)).all()


def recipients(app):
    with app.app_context():
        return set(db.session.scalars(select(AlertRecipient.person_id)))


def count(app, model):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def test_it_raises_once_what_is_due_and_closes_what_is_not_any_more(district):
    district.rule()
    district.owe("late")
    district.owe("later", hours=1)
    assert [district.watch(NOON + n * MINUTE) for n in range(2)] == ["1 raised, 0 closed", "0 raised, 0 closed"]
    district.due.clear()
    assert district.watch(NOON + 2 * MINUTE) == "0 raised, 1 closed"
    [row] = alerts(district.app)
    assert (row.key, row.state, row.closed_at) == ("late", AlertState.CLOSED, NOON + 2 * MINUTE)


def test_what_comes_back_within_the_hour_is_the_same_alert_and_later_another(district):
    district.rule()
    district.owe()
    owed = list(district.due)
    for minutes, is_due in ((0, True), (1, False), (61, True), (62, False), (123, True)):
        district.due[:] = owed if is_due else ()
        district.watch(NOON + minutes * MINUTE)
    assert [(row.raised_at - NOON) / MINUTE for row in alerts(district.app)] == [0, 123]


def test_a_role_hears_of_its_places_only_and_the_leaders_of_all(district):
    district.rule()
    district.owe()
    district.watch()
    assert recipients(district.app) == {district.north_inspector}
    district.rule(level=Level.CRITICAL, recipients=("role:commander", f"person:{district.south_inspector}"))
    district.watch()
    everybody = {district.north_inspector, district.commander, district.south_inspector}
    assert recipients(district.app) == everybody


def test_two_rules_about_one_thing_at_one_level_are_one_alert_to_the_people_of_both(district):
    district.rule()
    district.rule(recipients=("role:commander",))
    district.owe()
    assert district.watch() == "1 raised, 0 closed"
    assert recipients(district.app) == {district.north_inspector, district.commander}


def test_what_nobody_would_hear_of_is_told_to_the_administrators_of_the_district(district):
    district.rule(recipients=("role:keeper",))
    district.owe()
    district.watch()
    assert recipients(district.app) == {district.administrator}


def test_the_person_who_has_to_do_it_is_told(district):
    district.rule()
    district.owe(who=district.south_inspector)
    district.watch()
    assert recipients(district.app) == {district.south_inspector}


def test_a_rule_of_one_unit_counts_the_figure_there(district):
    masters.place(district.app, "S-01", unit_id=district.south)
    for unit in (district.north, district.south):
        values = {
            "source": "figure:inspections.checks",
            "threshold": 1,
            "unit_id": unit,
            "recipients": ("role:inspector",),
        }
        district.rule(**values)
    assert district.watch() == "0 raised, 0 closed"


def test_its_statements_do_not_grow_with_what_is_due(district):
    district.rule(repeat_minutes=30)
    counts = []
    for many in (1, 40):
        district.due.clear()
        for number in range(many):
            district.owe(f"{many}-{number}")
        with counted(district.app) as statements:
            district.watch(NOON + many * timedelta(hours=2))
        counts.append(len(statements))
    assert counts[1] <= counts[0] + 2, statements
    assert counts[1] <= 22


def test_a_watcher_that_is_killed_has_done_nothing(district, monkeypatch):
    district.rule()
    district.owe()

    def kill(*_args):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("webapp.alerts.service.watching._repeat", kill)
        with pytest.raises(SystemExit):
            district.watch()
    assert count(district.app, Alert) == 0
    assert district.watch() == "1 raised, 0 closed"


def test_a_reminder_follows_the_last_one_until_somebody_acknowledges(district, robot):
    channel = district.channel(robot.url)
    district.rule(channels=(channel,), repeat_minutes=30)
    district.owe()
    for minutes in (0, 29, 30, 31, 59, 60):
        district.watch(NOON + minutes * MINUTE)
        district.deliver(NOON + minutes * MINUTE)
    assert len(robot.sink.posts) == 3
    with district.app.app_context():
        [row] = db.session.scalars(select(Alert)).all()
        by = actor(district, "north")
        service.acknowledge(row.id, by=by, at=NOON)
    district.watch(NOON + 90 * MINUTE)
    district.deliver(NOON + 90 * MINUTE)
    assert len(robot.sink.posts) == 3


def test_a_rule_out_of_force_closes_its_alerts(district):
    rule_id = district.rule()
    district.owe()
    district.watch()
    with district.app.app_context(), transaction():
        queries.find_rule(rule_id).is_active = False
    assert district.watch() == "0 raised, 1 closed"


def test_alerts_closed_long_ago_are_removed_with_their_deliveries(district, robot):
    district.rule(channels=(district.channel(robot.url),))
    district.owe()
    district.watch()
    district.due.clear()
    district.watch(NOON + MINUTE)
    with district.app.app_context():
        assert service.sweep(NOON + timedelta(days=90)) == 0
        assert service.sweep(NOON + timedelta(days=90, minutes=2)) == 1
    assert [count(district.app, model) for model in (Alert, AlertRecipient, AlertDelivery)] == [0, 0, 0]


def actor(district, username):
    from webapp.accounts import queries as accounts

    return accounts.actor_of(accounts.find_by_username(username))


def test_what_is_about_the_district_is_told_to_its_role_else_to_those_who_hold_it_over_a_part(district):
    district.rule(recipients=("role:inspector",))
    district.owe(place=False)
    district.watch()
    both = {district.north_inspector, district.south_inspector}
    assert recipients(district.app) == both
    chief = masters.person(district.app, "chief", Role.INSPECTOR)
    district.owe("b", place=False)
    district.watch()
    assert recipients(district.app) == {*both, chief}


def test_what_is_about_a_unit_is_told_to_those_of_that_unit(district):
    keeper = masters.person(district.app, "keeper", Role.KEEPER, place_id=district.place)
    masters.person(
        district.app, "other", Role.KEEPER, place_id=masters.place(district.app, "S-02", unit_id=district.south)
    )
    district.rule(recipients=("role:keeper", "role:inspector"), unit_id=district.north)
    district.owe(place=False)
    district.watch()
    assert recipients(district.app) == {keeper, district.north_inspector}


def test_what_a_unit_owes_is_told_to_those_of_that_unit(district):
    district.rule()
    district.owe(unit=district.south)
    district.watch()
    assert recipients(district.app) == {district.south_inspector}


def test_private_words_of_a_task_stay_out_of_every_message_and_list(district, robot):
    district.rule(channels=(district.channel(robot.url),), recipients=("doers:", "role:administrator"))
    district.owe()
    district.due[0] = replace(district.due[0], what="探望王小明", where="王小明家", is_private=True, number="JB-001")
    district.watch()
    district.deliver()
    client = masters.signed_in(district.app, "administrator")
    with district.app.app_context():
        alert_id = db.session.scalars(select(Alert.id)).one()
        delivery_id = db.session.scalars(select(AlertDelivery.id)).one()
    paths = ["", "all", "deliveries", str(alert_id), f"deliveries/{delivery_id}", "all?format=csv"]
    shown = [str(robot.sink.posts), *(client.get(f"/alerts/{path}").text for path in paths)]
    assert all("JB-001" in text for text in shown[:5])
    assert not [text for text in shown if "王小明" in text]

"""Missing reports: who is told at the cut-off, and the urging of the units that are missing."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.reports import office
from tests.support import masters
from tests.support.reading import words_of
from webapp.accounts import queries as accounts
from webapp.alerts import service as alerts
from webapp.alerts.models import Alert, AlertRecipient
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.deadlines import Level
from webapp.kernel.journal import JournalRow
from webapp.reports import rules, service
from webapp.reports.kinds import SIGNING
from webapp.reports.models import ReportDue

MINUTE = timedelta(minutes=1)


@pytest.fixture
def five(street):
    """The same street, where reports are due at 17:00; `five` is that moment of yesterday."""
    with street.app.app_context():
        units = street.units["east"], street.units["west"]
        street.kind = office.set_up(*units, since=office.days_ago(3), name="疫情零报告", cutoff="17:00")
        street.day = office.days_ago(1)
        street.five = rules.deadline(street.day, "17:00", clock.zone())
        db.session.execute(
            sa.delete(ReportDue).where(sa.or_(ReportDue.day != street.day, ReportDue.kind_id != street.kind))
        )
        db.session.commit()
    return street


def rule(five, source, **facts):
    values = {"name": source, "source": source, "recipients": ("doers:",), "level": Level.CRITICAL}
    with five.app.app_context():
        alerts.put_rule(alerts.RuleFacts(**values | facts), by=None, at=five.five)


def told(five, at):
    """Of the live alerts of a moment: (usernames, amount, unit)."""
    with five.app.app_context():
        alerts.watch(at)
        names = {actor.id: name for name, actor in five.by.items()}
        rows = db.session.scalars(sa.select(Alert).where(Alert.closed_at.is_(None)).order_by(Alert.unit_id)).all()
        return [
            (
                {names[p] for p in db.session.scalars(sa.select(AlertRecipient.person_id).filter_by(alert_id=row.id))},
                row.amount,
                row.unit_id,
            )
            for row in rows
        ]


def test_the_command_group_gets_one_alert_that_counts_the_missing_at_the_cut_off(five):
    rule(five, "report.missing")
    assert told(five, five.five - MINUTE) == []
    assert told(five, five.five + MINUTE) == [({"commander"}, 2, None)]
    with five.app.app_context():
        due = office.due(five.kind, five.units["east"], five.day)
        office.sign(SIGNING, office.filled(due), five.by["east"])
    assert told(five, five.five + 2 * MINUTE) == [({"commander"}, 1, None)], "the same alert, by its number now"


def test_each_unit_is_told_of_its_own_report_at_the_cut_off(five):
    rule(five, "report.due", after_minutes=0)
    assert told(five, five.five - MINUTE) == []
    expected = {(("east",), five.units["east"]), (("west",), five.units["west"])}
    assert {(tuple(who - {"street"}), unit) for who, _amount, unit in told(five, five.five + MINUTE)} == expected


def test_a_rule_of_a_unit_counts_the_missing_of_that_unit(five):
    rule(five, "report.missing")
    rule(five, "report.missing", unit_id=five.units["east"], recipients=("role:clerk",))
    numbers = {unit: amount for _who, amount, unit in told(five, five.five + MINUTE)}
    assert numbers == {None: 2, five.units["east"]: 1}


def urge(five, at, by="commander", unit=None):
    with five.app.app_context():
        return service.urge(five.kind, five.day, unit, by=five.by[by], at=at)


def test_a_missing_unit_is_urged_once_in_half_an_hour_and_each_is_counted_and_in_the_journal(five):
    assert urge(five, five.five - MINUTE) == (0, 0), "not missing yet"
    assert urge(five, five.five + MINUTE, unit=five.units["east"]) == (1, 0)
    assert urge(five, five.five + 30 * MINUTE) == (1, 1)
    assert urge(five, five.five + 31 * MINUTE) == (1, 1)
    assert urge(five, five.five + 60 * MINUTE) == (1, 1)
    with five.app.app_context():
        rows = db.session.execute(sa.select(ReportDue.unit_id, ReportDue.urge_count)).all()
        assert dict(rows.__iter__()) == {five.units["east"]: 2, five.units["west"]: 2}
        urged = sa.select(sa.func.count()).select_from(JournalRow).where(JournalRow.action == "report_due.urged")
        assert db.session.scalar(urged) == 4


def test_an_urging_is_told_to_the_clerks_of_the_unit_and_each_is_a_new_alert(five):
    rule(five, "report.urged")
    urge(five, five.five + MINUTE, unit=five.units["east"])
    [(who, _amount, unit)] = told(five, five.five + 2 * MINUTE)
    assert (who - {"street"}, unit) == ({"east"}, five.units["east"])
    urge(five, five.five + 40 * MINUTE, unit=five.units["east"])
    told(five, five.five + 41 * MINUTE)
    with five.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Alert)) == 2
        due = office.due(five.kind, five.units["east"], five.day)
        office.sign(SIGNING, office.filled(due), five.by["east"])
    assert told(five, five.five + 42 * MINUTE) == []


def test_who_commands_one_unit_urges_only_there(five):
    masters.person(five.app, "chief", Role.COMMANDER, unit_id=five.units["east"])
    with five.app.app_context():
        five.by["chief"] = accounts.actor_of(accounts.find_by_username("chief"))
    assert urge(five, five.five + MINUTE, by="chief") == (1, 0)
    assert urge(five, five.five + MINUTE, by="chief", unit=five.units["west"]) == (0, 0)
    assert urge(five, five.five + MINUTE, by="east") == (0, 0), "a clerk commands nobody"


def test_one_press_on_the_page_urges_all_and_says_what_it_did(five):
    page = f"/reports/?kind={five.kind}&day={five.day}"
    commander = five.clients["commander"]
    assert "催报（2 个单位）" in words_of(commander.get(page))
    fields = {"kind": five.kind, "day": five.day.isoformat()}
    answer = words_of(commander.post("/reports/urge", data=fields, follow_redirects=True))
    assert "已催 2 个单位" in answer
    assert "已催 1 次，最近" in answer
    again = words_of(commander.post("/reports/urge", data=fields, follow_redirects=True))
    assert "2 个单位半小时内刚催过" in again
    assert "已催报" in words_of(five.clients["east"].get("/tasks"))


@pytest.mark.parametrize("fields", [{}, {"kind": "x", "day": "2026-11-28"}, {"kind": "KIND", "day": "yesterday"}])
def test_a_press_that_names_no_report_changes_nothing(five, fields):
    fields = {name: str(five.kind) if value == "KIND" else value for name, value in fields.items()}
    assert five.clients["commander"].post("/reports/urge", data=fields).status_code == 404

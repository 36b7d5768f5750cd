"""Alerts about single assignments: whoever has one is told, and its words stay inside."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from tests.support import masters, sinks
from tests.support.reading import words_of
from webapp.accounts.models import PersonGrant
from webapp.alerts import service
from webapp.alerts.models import Alert, AlertRecipient
from webapp.alerts.rules import ChannelKind
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.deadlines import Level
from webapp.tasks.models import Task
from webapp.units.models import Unit

WORDS = "排查王小明家"
HOUR = timedelta(hours=1)


@pytest.fixture
def overdue(street, give):
    """An assignment of a unit and one of a person, both overdue; `at` is now."""
    street.at = clock.now()
    with street.app.app_context():
        street.of_unit = give(at=street.at - 3 * HOUR, due=street.at - HOUR, what=WORDS)
        person = str(street.by["guard"].id)
        street.of_person = give(at=street.at - 3 * HOUR, due=street.at - HOUR, what=WORDS, person=person, unit="")
    return street


def rule(street, **facts):
    values = {"name": "交办事项超期", "source": "task.given", "recipients": ("doers:",), "after_minutes": 0}
    with street.app.app_context():
        service.put_rule(service.RuleFacts(**values | facts, level=Level.WARNING), by=None, at=street.at)


def watch(street, at=None):
    with street.app.app_context():
        return service.watch(at or street.at)


def told(street):
    """The usernames of the recipients of each alert, by the id of its assignment."""
    names = {actor.id: name for name, actor in street.by.items()}
    with street.app.app_context():
        query = select(Alert.url, AlertRecipient.person_id).join(AlertRecipient, AlertRecipient.alert_id == Alert.id)
        pairs = db.session.execute(query.where(Alert.closed_at.is_(None))).all()
    found = {}
    for url, person in pairs:
        found.setdefault(url.rpartition("/")[2], set()).add(names[person])
    return found


def test_an_overdue_assignment_is_told_to_those_who_have_it(overdue):
    rule(overdue)
    watch(overdue)
    assert told(overdue) == {str(overdue.of_unit): {"clerk", "second"}, str(overdue.of_person): {"guard"}}


def test_it_is_told_when_its_deadline_passes_and_not_before(overdue, give):
    with overdue.app.app_context():
        late = give(at=overdue.at, due=overdue.at + HOUR, person=str(overdue.by["guard"].id), unit="")
        due_at = db.session.get(Task, late).due_at
    rule(overdue)
    watch(overdue, due_at - timedelta(minutes=1))
    assert str(late) not in told(overdue)
    watch(overdue, due_at)
    assert str(late) in told(overdue)


def test_the_heads_of_a_unit_are_told_where_a_rule_says_so(overdue):
    with overdue.app.app_context():
        db.session.execute(update(Unit).where(Unit.id == overdue.here).values(leader_id=overdue.by["approver"].id))
        db.session.commit()
    rule(overdue, recipients=("heads:",))
    watch(overdue)
    assert told(overdue)[str(overdue.of_unit)] == {"approver"}


def test_heads_without_a_role_are_not_told_since_no_page_opens_for_them(overdue):
    with overdue.app.app_context():
        nobody = masters.person(overdue.app, "nobody", Role.DRIVER)
        db.session.execute(delete(PersonGrant).where(PersonGrant.person_id == nobody))
        db.session.execute(update(Unit).where(Unit.id == overdue.here).values(leader_id=nobody))
        db.session.commit()
    rule(overdue, recipients=("heads:",))
    watch(overdue)
    assert told(overdue)[str(overdue.of_unit)] == {"administrator"}


def test_no_message_and_no_list_of_alerts_holds_its_words(overdue):
    overdue.app.config["INSIDE_CHANNELS"] = True
    with sinks.robot() as (url, sink):
        facts = {"name": "群", "kind": ChannelKind.WEBHOOK, "language": "zh", "host": "127.0.0.1", "is_active": True}
        with overdue.app.app_context():
            secret = {"url": url, "key": None}
            channel = service.put_channel(service.ChannelFacts(**facts, secret=secret), by=None, at=overdue.at)
        rule(overdue, recipients=("doers:", "role:administrator"), channels=(str(channel),))
        watch(overdue)
        with overdue.app.app_context():
            service.deliver(overdue.at)
    messages = [str(facts) for _path, facts, _headers in sink.posts]
    client = masters.signed_in(overdue.app, "administrator")
    with overdue.app.app_context():
        alert = db.session.scalars(select(Alert)).first()
        number = alert.number
    pages = ["/alerts/", "/alerts/all", "/alerts/deliveries", f"/alerts/{alert.id}"]
    shown = [words_of(client.get(page)) for page in pages]
    assert len(messages) == 2
    assert any(number in text for text in messages), "the number tells one from the other"
    assert all(number in text for text in shown)
    assert not [text for text in (*messages, *shown) if "王小明" in text]

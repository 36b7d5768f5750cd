"""Places that nobody checked for so many days, by a rule of alerts."""

from datetime import timedelta

from sqlalchemy import select

from webapp.alerts import service
from webapp.alerts.models import Alert
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.deadlines import Level

DAYS = 30
MINUTE = timedelta(minutes=1)


def watch(ward, at):
    """The places of the alerts that are live at a moment."""
    with ward.app.app_context():
        service.watch(at)
        return set(db.session.scalars(select(Alert.place_id).where(Alert.closed_at.is_(None))))


def rule(ward):
    facts = {"name": "很久没有检查", "source": "place.unchecked", "recipients": ("role:inspector",)}
    facts |= {"after_minutes": DAYS * 24 * 60, "level": Level.NORMAL}
    with ward.app.app_context():
        service.put_rule(service.RuleFacts(**facts), by=None, at=clock.now())


def test_a_place_is_named_when_its_days_have_passed_and_no_longer_once_it_is_checked(ward, check):
    rule(ward)
    at = clock.now()
    with ward.app.app_context():
        assert check(at=at).receipt
    limit = at + timedelta(days=DAYS)
    assert watch(ward, limit - MINUTE) == set()
    named = watch(ward, limit + MINUTE)
    assert ward.here in named
    assert ward.there in named, "never checked: it counts from the first check of the district"
    with ward.app.app_context():
        assert check(at=limit + MINUTE).receipt
    assert watch(ward, limit + 2 * MINUTE) == {ward.there}


def test_nothing_is_named_before_the_district_has_checked_anything(ward):
    rule(ward)
    assert watch(ward, clock.now() + timedelta(days=900)) == set()

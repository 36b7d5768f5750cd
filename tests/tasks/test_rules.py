"""Who may do what with an assignment, and its times, on both sides of each limit."""

from datetime import UTC, datetime, timedelta

import pytest

from webapp.tasks import rules
from webapp.tasks.rules import Party, TaskAct

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("act", "giver", "owner"),
    [
        (TaskAct.DONE, False, True),
        (TaskAct.CLOSE, True, False),
        (TaskAct.SEND_BACK, True, False),
        (TaskAct.HAND_ON, True, True),
        (TaskAct.URGE, True, False),
        (TaskAct.EXTEND, True, False),
        (TaskAct.WITHDRAW, True, False),
    ],
)
def test_the_owner_does_it_and_the_giver_checks_it(act, giver, owner):
    assert rules.may(act, {Party.GIVER}) is giver
    assert rules.may(act, {Party.OWNER}) is owner
    assert rules.may(act, {Party.GIVER, Party.OWNER})
    assert not rules.may(act, set())


@pytest.mark.parametrize(
    ("due_at", "is_in_time"),
    [
        (NOON, False),
        (NOON + SECOND, True),
        (NOON + rules.FARTHEST, True),
        (NOON + rules.FARTHEST + SECOND, False),
    ],
)
def test_a_deadline_lies_ahead_within_a_year(due_at, is_in_time):
    assert rules.is_in_time(due_at, NOON) is is_in_time


@pytest.mark.parametrize(
    ("before", "proposed"),
    [
        (timedelta(hours=1), timedelta(days=1, hours=1)),
        (timedelta(0), timedelta(days=1)),
        (timedelta(hours=-1), timedelta(hours=23)),
        (timedelta(hours=-25), timedelta(hours=23)),
    ],
)
def test_a_later_deadline_is_proposed_at_the_same_hour_of_the_next_day_ahead(before, proposed):
    assert rules.proposed_due(NOON + before, NOON) == NOON + proposed
    assert rules.is_in_time(rules.proposed_due(NOON + before, NOON), NOON)


def test_a_deadline_is_extended_by_a_later_one_only():
    assert rules.is_extended(NOON + SECOND, NOON)
    assert not rules.is_extended(NOON, NOON)


def test_an_assignment_is_urged_once_in_half_an_hour():
    assert rules.may_urge(None, NOON)
    assert rules.may_urge(NOON - timedelta(minutes=30), NOON)
    assert not rules.may_urge(NOON - timedelta(minutes=30) + SECOND, NOON)


@pytest.mark.parametrize(
    ("text", "is_address"),
    [
        ("/inspections/findings/1?x=2", True),
        ("/", True),
        ("/" + "a" * 299, True),
        ("/" + "a" * 300, False),
        ("//evil.example/", False),
        ("/\\evil.example", False),
        ("https://evil.example/", False),
        ("javascript:alert(1)", False),
        ("/a b", False),
        ("/a\nb", False),
        ("", False),
    ],
)
def test_a_source_is_a_page_of_this_application(text, is_address):
    assert rules.is_address(text) is is_address

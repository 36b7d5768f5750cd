"""Rules on both sides of each limit."""

from datetime import UTC, datetime, time, timedelta

import pytest

from webapp.alerts.channels.addresses import is_inside
from webapp.alerts.rules import is_again, is_quiet, is_silent, is_time, sends_at, wait_after
from webapp.kernel.deadlines import Level

AT = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("after", "moment", "is_due"),
    [
        (0, AT, True),
        (0, AT - MINUTE, False),
        (60, AT + 60 * MINUTE, True),
        (60, AT + 59 * MINUTE, False),
        (-60, AT - 60 * MINUTE, True),
        (-60, AT - 61 * MINUTE, False),
        (None, AT - timedelta(days=300), True),
    ],
)
def test_a_deadline_is_alerted_from_its_moment_on(after, moment, is_due):
    assert is_time(AT, after, moment) is is_due


@pytest.mark.parametrize(
    ("quiet", "of_day", "quiet_now"),
    [
        ((22, 7), time(21, 59, 59), False),
        ((22, 7), time(22), True),
        ((22, 7), time(6, 59, 59), True),
        ((22, 7), time(7), False),
        ((12, 14), time(11, 59), False),
        ((12, 14), time(12), True),
        ((12, 14), time(13, 59), True),
        ((12, 14), time(14), False),
        ((7, 7), time(7), False),
        (None, time(3), False),
    ],
)
def test_quiet_hours_begin_and_end_on_the_hour(quiet, of_day, quiet_now):
    assert is_quiet(of_day, quiet) is quiet_now


def test_a_message_waits_for_the_end_of_the_quiet_hours_unless_it_is_critical():
    evening, early = AT.replace(hour=23, minute=30), AT.replace(hour=5)
    assert sends_at(evening, Level.WARNING, (22, 7)) == AT.replace(day=29, hour=7)
    assert sends_at(early, Level.NORMAL, (22, 7)) == AT.replace(hour=7)
    assert sends_at(early, Level.CRITICAL, (22, 7)) == early
    assert sends_at(AT, Level.WARNING, (22, 7)) == AT


def test_it_is_sent_again_when_its_minutes_have_passed():
    assert is_again(AT, 30, AT + 30 * MINUTE)
    assert not is_again(AT, 30, AT + 29 * MINUTE)
    assert not is_again(AT, None, AT + timedelta(days=9))


def test_a_failing_channel_is_left_alone_longer_and_longer():
    assert [wait_after(n) / MINUTE for n in (1, 2, 3, 6, 7, 8, 500)] == [1, 2, 4, 32, 60, 60, 60]


@pytest.mark.parametrize(
    ("ran_at", "failures", "since", "silent"),
    [
        (AT - 5 * MINUTE, 0, AT - timedelta(days=9), False),
        (AT - 5 * MINUTE - timedelta(seconds=1), 0, AT - timedelta(days=9), True),
        (AT, 1, AT - timedelta(days=9), False),
        (AT, 2, AT - timedelta(days=9), True),
        (None, 0, AT - 5 * MINUTE, False),
        (None, 0, AT - 6 * MINUTE, True),
        (None, 0, None, False),
        (AT - timedelta(days=9), 5, None, False),
    ],
)
def test_the_watcher_is_silent_after_five_minutes_if_there_is_something_to_watch(ran_at, failures, since, silent):
    assert is_silent(ran_at, failures, since, AT) is silent


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("8.8.8.8", False),
        ("2606:4700::1111", False),
        ("127.0.0.1", True),
        ("0.0.0.0", True),
        ("10.1.2.3", True),
        ("172.15.255.255", False),
        ("172.16.0.1", True),
        ("192.168.0.1", True),
        ("100.64.0.1", True),
        ("169.254.169.254", True),
        ("224.0.1.1", True),
        ("255.255.255.255", True),
        ("::1", True),
        ("::", True),
        ("fe80::1%eth0", True),
        ("fd00:ec2::254", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:8.8.8.8", False),
        ("64:ff9b::7f00:1", True),
        ("64:ff9b::808:808", False),
        ("2002:7f00:1::", True),
        ("ff0e::1", True),
    ],
)
def test_an_address_is_inside_or_public(address, inside):
    assert is_inside(address) is inside

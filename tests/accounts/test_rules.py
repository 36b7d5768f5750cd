from datetime import UTC, datetime, timedelta

import pytest

from webapp.accounts.rules import (
    Owed,
    device_name,
    has_ended,
    has_lapsed,
    is_noted,
    must_have_second_factor,
    owed,
    password_fault,
)

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("a" * 3 + "bcdefg", "too_short"),
        ("abcdefghij", "common"),
        ("Password1234!", "common"),
        ("demonstration-9", None),
        ("x" * 129, "too_long"),
        ("aaaaaaaaaabb", "common"),
        ("1234567890", "common"),
        ("hello-zhangsan", "like_username"),
        ("我的密码是一句长长的话", None),
    ],
)
def test_a_password_is_judged(password, fault):
    assert password_fault(password, "zhangsan") == fault


def test_a_session_ends_idle_after_twelve_hours_and_in_all_after_seven_days():
    assert not has_ended(NOW, NOW, NOW + timedelta(hours=12))
    assert has_ended(NOW, NOW, NOW + timedelta(hours=12, seconds=1))
    later = NOW + timedelta(days=7, seconds=1)
    assert has_ended(NOW, later, later)


def test_the_code_must_follow_the_password_within_ten_minutes():
    assert not has_lapsed(NOW, NOW + timedelta(minutes=10))
    assert has_lapsed(NOW, NOW + timedelta(minutes=10, seconds=1))


def test_administrators_and_commanders_need_a_second_factor_unless_it_is_a_demonstration():
    assert must_have_second_factor(["administrator"], is_required=True, is_demonstration=False)
    assert must_have_second_factor(["keeper", "commander"], is_required=True, is_demonstration=False)
    assert not must_have_second_factor(["keeper"], is_required=True, is_demonstration=False)
    assert not must_have_second_factor(["commander"], is_required=True, is_demonstration=True)
    assert not must_have_second_factor(["commander"], is_required=False, is_demonstration=False)


def test_the_new_password_comes_before_the_second_factor():
    assert owed(must_change_password=True, must_have=True, has_second_factor=False) is Owed.PASSWORD
    assert owed(must_change_password=False, must_have=True, has_second_factor=False) is Owed.SECOND_FACTOR
    assert owed(must_change_password=False, must_have=True, has_second_factor=True) is None
    assert owed(must_change_password=False, must_have=False, has_second_factor=False) is None


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130.0 MicroMessenger/8.0", "WeChat · Android"),
        ("curl/8.1", "curl"),
        ("-", "-"),
    ],
)
def test_a_device_has_the_name_people_give_it(agent, name):
    assert device_name(agent) == name


def test_of_many_refusals_the_first_tenth_hundredth_are_noted():
    assert [times for times in range(1, 1_002) if is_noted(times)] == [1, 10, 100, 1_000]

"""The list of holidays and working weekends: lines, stretches, the official notice, and what is wrong with a line."""

from datetime import date

import pytest

from webapp.district import rules
from webapp.district.rules import LONGEST, MOST_DAYS, Fault, is_workday, read, written

NOTICE = """国务院办公厅关于2026年部分节假日安排的通知
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
"""


def days(text, year=2026):
    reading = read(text, year)
    assert reading.faults == ()
    return {row.day.isoformat(): (row.is_workday, row.name) for row in reading.days}


def test_the_notice_is_read_as_it_is_published():
    listed = days(NOTICE)
    assert len(listed) == 3 + 1 + 9 + 2
    assert listed["2026-01-03"] == (False, "元旦")
    assert listed["2026-02-14"] == listed["2026-02-28"] == (True, "春节")
    assert (listed["2026-02-15"], listed["2026-02-23"]) == ((False, "春节"),) * 2
    assert read(NOTICE, 2026).skipped == (1,), "a line without a day is named"


def test_lines_and_stretches_are_read_in_several_spellings():
    assert days("2026-10-01 至 2026-10-02 放假 国庆节") == days("2026/10/1~2026/10/2 holiday 国庆节")
    assert days("2026-10-01 to 2026-10-02 Holiday") == days("10月1日到2日休息")
    assert days("2026年5月9日 上班") == days("２０２６年５月９日，上班") == {"2026-05-09": (True, "")}


def test_what_is_written_is_read_again():
    reading = read(NOTICE, 2026)
    assert read(written({row.day: row for row in reading.days}), 2026).days == reading.days


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("2026-05-05", Fault.NO_ACT),
        ("2026-05-01 放假，2026-05-09", Fault.NO_ACT),
        ("2026-02-30 放假", Fault.NO_DAY),
        ("2025-12-31 放假", Fault.OTHER_YEAR),
        ("2026-10-02 至 2026-10-01 放假", Fault.TOO_LONG),
        ("2026-01-01 至 2026-03-02 放假", Fault.TOO_LONG),
        ("2026-10-01 放假" + " " * LONGEST, Fault.TOO_LONG),
    ],
)
def test_a_line_that_is_not_understood_is_named(line, fault):
    assert read(f"2026-01-01 放假\n{line}", 2026).faults == ((2, fault),)


def test_a_stretch_has_a_longest_length():
    assert len(read("2026-01-01 至 2026-03-01 放假", 2026).days) == MOST_DAYS


def test_a_day_is_not_both():
    assert read("2026-10-10 放假\n2026-10-10 上班", 2026).faults == ((2, Fault.TWICE),)
    assert len(days("2026-10-10 上班\n2026-10-10 上班")) == 1


def test_other_days_follow_the_week():
    friday, saturday = date(2026, 10, 9), date(2026, 10, 10)
    assert is_workday(friday, {})
    assert not is_workday(saturday, {})
    assert is_workday(saturday, {saturday: True})
    assert not is_workday(friday, {friday: False})


def test_a_hostile_line_is_read_quickly():
    for line in ("1 " * 240, "1月1日 " * 80, "1日至1日," * 60, "(" * 400):
        assert rules.read(line, 2026).days == ()

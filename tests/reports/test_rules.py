"""States, deadlines, checks between lines, the digest, and what came after a signature."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from webapp.reports import rules
from webapp.reports.rules import Check, CheckKind, Later, Line, LineKind, State

DUE = datetime(2020, 2, 3, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
UNSIGNED = {"version": None, "signed_at": None, "is_zero": None}


def signed(at=DUE, version=1, is_zero=False):
    return {"version": version, "signed_at": at, "is_zero": is_zero}


@pytest.mark.parametrize(
    ("at", "report", "state"),
    [
        (DUE - SECOND, UNSIGNED, State.DUE),
        (DUE, UNSIGNED, State.MISSING),
        (DUE, signed(), State.REPORTED),
        (DUE, signed(is_zero=True), State.ZERO),
        (DUE, signed(DUE + SECOND), State.LATE),
        (DUE, signed(DUE + SECOND, is_zero=True), State.LATE),
        (DUE, signed(version=2), State.AMENDED),
    ],
)
def test_the_state_follows_from_the_report_the_deadline_and_the_time(at, report, state):
    assert rules.state_of(DUE, at, **report) is state


def test_a_cut_off_is_a_moment_of_the_districts_day():
    assert rules.deadline(date(2020, 2, 3), "17:00", ZoneInfo("Asia/Shanghai")) == DUE


TODAY = {"all": 10, "a": 6, "b": 4, "stock": 12, "in": 5, "out": 3}


def said(kind, *lines, today=TODAY, yesterday=None, before=()):
    return [(note.expected, note.stated) for note in rules.spoken([Check(kind, lines)], today, yesterday or {}, before)]


def test_a_total_is_the_sum_of_its_parts():
    assert said(CheckKind.SUM, "all", "a", "b") == []
    assert said(CheckKind.SUM, "all", "a", "b", today=TODAY | {"b": 5}) == [(11, 10)]


def test_todays_stock_is_that_of_yesterday_with_what_came_and_went():
    of = CheckKind.BALANCE, "stock", "in", "out"
    assert said(*of, yesterday={"stock": 10}) == []
    assert said(*of, yesterday={"stock": 11}) == [(13, 12)]
    assert said(*of) == [], "nothing is known of yesterday"


def test_a_part_is_not_above_the_whole():
    assert said(CheckKind.PART, "a", "all", today={"a": 10, "all": 10}) == []
    assert said(CheckKind.PART, "a", "all", today={"a": 11, "all": 10}) == [(10, 11)]


@pytest.mark.parametrize(("stated", "expected"), [(30, []), (31, [(20, 31)]), (10, []), (9, [(20, 9)])])
def test_a_jump_differs_from_the_mean_by_more_than_half(stated, expected):
    assert said(CheckKind.JUMP, "a", today={"a": stated}, before=[{"a": 20}] * 3) == expected


def test_small_numbers_and_a_short_history_make_no_jump():
    assert said(CheckKind.JUMP, "a", today={"a": 6}, before=[{"a": 1}] * 7) == []
    assert said(CheckKind.JUMP, "a", today={"a": 7}, before=[{"a": 1}] * 7) == [(1, 7)]
    assert said(CheckKind.JUMP, "a", today={"a": 99}, before=[{"a": 1}] * 2) == []


def test_a_check_whose_numbers_are_not_all_there_says_nothing():
    assert said(CheckKind.PART, "a", "gone") == []


@pytest.mark.parametrize(
    ("kind", "lines", "is_whole"),
    [
        (CheckKind.SUM, "ab", False),
        (CheckKind.SUM, "abc", True),
        (CheckKind.BALANCE, "abcd", False),
        (CheckKind.PART, "ab", True),
        (CheckKind.PART, "aa", False),
        (CheckKind.JUMP, "a", True),
        (CheckKind.JUMP, "", False),
    ],
)
def test_a_check_names_as_many_different_lines_as_it_needs(kind, lines, is_whole):
    assert Check(kind, tuple(lines)).is_whole is is_whole


def test_the_digest_depends_on_every_row_and_correction_and_not_on_their_order():
    def digest(*rows, number=2, version=1):
        return rules.digest_of("due", version, {"l1": [number, number]}, {"l1": rows})

    first = digest(("a", 0), ("b", 0))
    assert first == digest(("b", 0), ("a", 0))
    others = [digest(("a", 0), ("b", 1)), digest(("a", 0)), digest(("a", 0), ("b", 0), number=3)]
    assert len({first, *others, digest(("a", 0), ("b", 0), version=2)}) == 5


def test_what_came_was_changed_or_went_after_the_signature_is_counted():
    assert rules.later([["a", 0], ["b", 0], ["c", 0]], [("a", 0), ("b", 1), ("d", 0)]) == Later(1, 1, 1)
    assert not rules.later([["a", 0]], [("a", 0)])


def test_a_total_leaves_out_the_units_below_one_that_counts():
    assert rules.topmost({"street": "/a/b/", "village": "/a/b/c/", "other": "/a/d/"}) == ["street", "other"]
    assert rules.topmost({"village": "/a/b/c/", "bc": "/a/bc/", "street": "/a/b/"}) == ["street", "bc"]


def test_lines_checks_and_notes_survive_their_column():
    line, check = Line("l1", "检查", LineKind.FIGURE, "inspections.checks", "次"), Check(CheckKind.JUMP, ("l1",))
    assert rules.lines_of(rules.plain([line])) == (line,)
    assert rules.checks_of(rules.plain([check])) == (check,)

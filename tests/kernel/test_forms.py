from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict

from webapp.kernel import forms


class Reading(forms.Form):
    value = forms.number("读数", required=True, places=2, minimum=0, maximum=100)
    note = forms.text("说明", maximum=5)
    long = forms.area("情况")
    kind = forms.choice("类别", [("a", "甲"), ("b", "乙")], required=False)
    at = forms.moment("时间")
    on = forms.day("日期")


@pytest.fixture(autouse=True)
def _context(app):
    with app.test_request_context():
        yield


def filled(**fields):
    return Reading(MultiDict({"value": "1", **fields}))


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("6.5", "6.5"),
        (" 6.50 ", "6.50"),
        ("6,5", "6.5"),
        ("0", "0"),
        ("100", "100"),
        ("6。5", "6.5"),
        ("0,25", "0.25"),
        ("0，50", "0.50"),
    ],
)
def test_numbers_are_read_as_people_type_them(typed, value):
    form = filled(value=typed)
    assert form.validate(), form.errors
    assert form.value.data == Decimal(value)


@pytest.mark.parametrize(
    "typed",
    ["6 5", "1,50,0", "-0.01", "100.01", "1e2", "NaN", "Infinity", "六", "1.234", "9" * 400, "1_0", "", "٣", "\0"],
)
def test_anything_else_is_refused_and_kept_as_typed(typed):
    form = filled(value=typed)
    assert not form.validate()
    assert form.value._value() == typed


@pytest.mark.parametrize("text", ["a\0b", "a\x1bb", "\ud800"])
def test_what_no_table_can_hold_is_refused(text):
    form = filled(note=text)
    assert not form.validate()
    assert "note" in form.errors


@pytest.mark.parametrize("text", ["😷👍", "مرحبا", "高压灭菌", "e\u0301"])
def test_any_language_and_emoji_are_welcome(text):
    assert filled(note=text).validate()


def test_a_line_break_belongs_in_a_long_text_only():
    assert filled(long="一\r\n二").validate()
    assert filled(note="一二三四五六").errors == {}
    assert not filled(note="一二三四五六").validate()


@pytest.mark.parametrize(("kind", "is_good"), [("a", True), ("", True), ("c", False)])
def test_a_choice_is_one_of_those_offered(kind, is_good):
    assert filled(kind=kind).validate() is is_good


def test_a_moment_is_typed_on_the_districts_clock():
    form = filled(at="2026-11-24T08:05")
    assert form.validate()
    assert form.at.data == datetime(2026, 11, 24, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["yesterday", "2026-13-01", "0001-01-01", "99999-01-01", "202712", "2027-12"])
def test_a_day_that_is_none_is_refused(typed):
    assert not filled(on=typed).validate()
    assert not filled(at=typed).validate()


def test_a_day_is_a_date():
    form = filled(on="2026-11-24")
    assert form.validate()
    assert form.on.data == date(2026, 11, 24)

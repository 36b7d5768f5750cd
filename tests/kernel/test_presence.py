"""Blank means missing: in every form there is, whatever kind of blank was typed."""

from inspect import signature

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from tests.support import masters
from webapp.accounts.forms import persons as _persons  # noqa: F401  its forms are subclasses too
from webapp.accounts.queries import actor_of, find_by_username
from webapp.inspections import forms as inspections
from webapp.inspections.checklists import checklists
from webapp.kernel import forms
from webapp.kernel.access import Role
from webapp.kernel.presence import is_blank
from webapp.supplies.forms import LineForm

BLANKS = ["", " ", "\t", "\u3000", "\u00a0", "\u200b", "\ufeff", "\u2800", "\u3164", " \n\u2003"]

NAMED = {("BriefingForm", "id")}  # a new work report is given its id


def subclasses(form):
    return [form, *(one for child in form.__subclasses__() for one in subclasses(child))]


def every_form():
    made = [inspections.form_of(checklist) for checklist in checklists()]
    found = {one for one in subclasses(forms.Form) if one.__module__.startswith("webapp.") and one is not forms.Form}
    return sorted({*made, *found}, key=lambda one: (one.__module__, one.__qualname__, one.__name__))


@pytest.fixture(autouse=True)
def _context(app):
    with app.test_request_context():
        yield


@pytest.mark.parametrize("blank", BLANKS)
def test_a_blank_shows_nothing(blank):
    assert is_blank(blank)


@pytest.mark.parametrize("text", ["0", "-", "。", "\0", "\ud800", " a", "\u200b1"])
def test_whatever_shows_is_not_blank(text):
    assert not is_blank(text)


@pytest.mark.parametrize("blank", BLANKS)
def test_no_required_field_of_any_form_takes_a_blank_and_no_other_field_makes_something_of_it(app, blank):
    masters.person(app, "auditor", Role.AUDITOR)
    faults, reach = [], actor_of(find_by_username("auditor")).through(Role.AUDITOR)
    for kind in every_form():
        scoped = {"reach": reach} if "reach" in signature(kind.__init__).parameters else {}
        try:
            names = list(kind(**scoped))
        except HTTPException:  # it asks who is here: tried as a page (tests/faults/test_hostile_input.py)
            continue
        form = kind(MultiDict({field.name: blank for field in names}), **scoped)
        form.validate()
        for field in form:
            asks = any(type(check).__name__ == "Required" for check in field.validators)
            if asks and not field.errors:
                faults.append((kind.__name__, field.name, "taken"))
            if (
                (kind.__name__, field.name) not in NAMED
                and not asks
                and field.data not in (None, "", False, [], blank, [blank])
            ):
                faults.append((kind.__name__, field.name, field.data))
            if isinstance(field, forms.Number | forms.Day | forms.Moment) and field.data is not None:
                faults.append((kind.__name__, field.name, field.data))
    assert faults == []


@pytest.mark.parametrize("blank", BLANKS)
def test_a_line_without_a_quantity_is_told_so_and_keeps_what_was_typed(blank):
    form = LineForm(MultiDict({"item": "00000000-0000-4000-8000-000000000000", "quantity": blank}))
    assert not form.validate()
    assert list(form.errors) == ["quantity"]
    assert form.quantity._value() == blank


def test_a_box_that_must_be_ticked_is_not_ticked_by_the_word_false():
    form = inspections.form_of(checklists()[0])(MultiDict({"confirmed": "false"}))
    form.validate()
    assert form.errors["confirmed"]


def test_what_a_field_says_against_its_value_is_not_replaced():
    form = LineForm(MultiDict({"item": "00000000-0000-4000-8000-000000000000", "quantity": "许多"}))
    form.validate()
    assert form.quantity.errors == ["请填写数字，例如 6.5。"]

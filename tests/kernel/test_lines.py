"""Repeated lines of a form: read in their order, none dropped, each with its own errors."""

import pytest
from werkzeug.datastructures import MultiDict

from webapp.kernel import forms
from webapp.kernel.unknown import unknown_fields

pytestmark = pytest.mark.only_on("sqlite")


class Line(forms.Form):
    what = forms.text("物品", required=True, maximum=5)
    count = forms.number("数量", required=True, places=0, minimum=1)


class Slip(forms.Form):
    note = forms.text("备注")
    lines = forms.lines("明细", Line, most=2, if_none="没有明细", too_many="最多 %(most)d 行，这里有 %(lines)d 行")


@pytest.fixture(autouse=True)
def _context(app):
    with app.test_request_context():
        yield


def slip(*lines, **more):
    fields = {f"lines-{number}-{name}": value for number, one in lines for name, value in one.items()}
    return Slip(MultiDict(fields | more))


def test_lines_are_read_in_the_order_of_their_numbers_with_gaps():
    form = slip((12, {"what": "b", "count": "2"}), (3, {"what": "a", "count": "1"}))
    assert form.validate(), form.errors
    assert [line["what"] for line in form.data["lines"]] == ["a", "b"]
    assert [line.what.name for line in form.lines] == ["lines-3-what", "lines-12-what"]


@pytest.mark.parametrize(("how_many", "errors"), [(0, ["没有明细"]), (2, []), (3, ["最多 2 行，这里有 3 行"])])
def test_none_and_too_many_are_refused_and_none_is_dropped(how_many, errors):
    form = slip(*((n, {"what": "a", "count": "1"}) for n in range(how_many)))
    assert form.validate() is (not errors)
    assert (form.lines.sentences, len(form.lines)) == (errors, how_many)


def test_every_line_tells_what_is_wrong_with_it():
    form = slip((0, {"what": "", "count": "1"}), (5, {"what": "abcdef", "count": "0"}), note="x")
    assert not form.validate()
    assert [sorted(line.errors) for line in form.lines] == [["what"], ["count", "what"]]
    assert [error[:5] for error in form.errors["lines"]] == ["第 1 行", "第 2 行"]
    assert form.lines.forms[1].count._value() == "0"  # as it was typed


def test_fields_of_lines_are_known_and_others_are_not():
    fields = MultiDict({"lines-0-what": "a", "lines-0-count": "1", "lines-0-price": "3"})
    assert unknown_fields(Slip(fields), fields, frozenset()) == ["lines-0-price"]

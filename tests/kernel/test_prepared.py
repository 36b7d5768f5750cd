"""The fields of a form are made once; what one form changes of them never stands in another."""

import cProfile
import pstats

import pytest
import wtforms
from werkzeug.datastructures import MultiDict
from wtforms.fields import SelectChoice

from webapp.kernel import forms


class Pack(forms.Form):
    kind = forms.choice("类别", [("a", "甲"), ("b", "乙")])
    amount = forms.number("数量", places=0)
    note = forms.text("说明", maximum=5)


class Parcel(forms.Form):
    label = forms.text("名称")
    packs = forms.lines("行", Pack, most=5, if_none="没有", too_many="太多")
    more = wtforms.FieldList(wtforms.FormField(Pack))


@pytest.fixture(autouse=True)
def _context(app):
    with app.test_request_context():
        yield


def test_what_a_form_changes_of_its_fields_is_its_own():
    first = Pack(MultiDict({"amount": "x", "kind": "c", "note": "长长长长长长"}))
    assert not first.validate()
    first.kind.choices.append(SelectChoice("c", "丙"))
    first.note.flags.required = True
    first.note.render_kw["maxlength"] = 9
    first.problem("note", "另外")
    second = Pack()
    assert [choice.value for choice in second.kind.choices] == ["a", "b"]
    assert (second.note.flags.required, second.note.render_kw["maxlength"]) == (None, 5)
    assert (second.errors, second.amount._value(), second.note.data) == ({}, "", None)
    assert (first.note._form, second.note._form) == (first, second)


def test_a_field_of_a_line_is_named_after_its_line():
    names = ("packs-0-note", "packs-7-note", "more-0-note", "label")
    form = Parcel(MultiDict(dict.fromkeys(names, "甲")))
    assert [line.note.name for line in form.packs] == ["packs-0-note", "packs-7-note"]
    assert [line.note.label.field_id for line in form.packs] == ["packs-0-note", "packs-7-note"]
    assert [entry.form.note.id for entry in form.more] == ["more-0-note"]
    assert Pack().note.name == "note"


def test_building_a_form_again_calls_no_constructor_of_its_fields():
    Pack()
    watch = cProfile.Profile()
    watch.runcall(Pack)
    made = [file for file, _line, name in pstats.Stats(watch).stats if name == "__init__" and "fields" in file]
    assert not made

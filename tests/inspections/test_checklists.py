from datetime import date

import pytest

from webapp.inspections.checklists import BrokenChecklist, ItemKind, checklists, current, find, read
from webapp.places.rules import REAL
from webapp.standards.queries import limits, parameters

ITEMS = [(checklist, item) for checklist in checklists() for item in checklist.items]
SEEN = (
    "《医疗废物管理条例》第",
    "《医疗废物分类目录（2021年版）》",
    "《新型冠状病毒感染的肺炎疫情医疗废物应急处置管理与技术指南（试行）》",
    "GB 18466-2005 第",
    "环办水体函〔2020〕52号",
    "国卫办医函〔2020〕81号",
    "环发〔2003〕206号",
)
HEAD = """
code = "x"
version = 1
zh = "某检查"
en = "A check"
valid_from = 2020-01-01
kinds = ["hospital"]

[[section]]
code = "s"
zh = "一"
en = "One"
items = [ {row} ]
"""


def test_the_two_first_checklists_are_there():
    assert {checklist.code for checklist in checklists()} == {"medical-waste", "hospital-wastewater"}
    assert all(25 <= len(checklist.items) <= 36 for checklist in checklists())


@pytest.mark.parametrize("checklist", checklists(), ids=lambda checklist: checklist.code)
def test_a_checklist_is_for_kinds_of_place_there_are(checklist):
    assert set(checklist.kinds) <= {kind.value for kind in REAL}
    assert "hospital" in checklist.kinds


@pytest.mark.parametrize(("checklist", "item"), ITEMS, ids=lambda value: getattr(value, "code", ""))
def test_every_item_speaks_both_languages(checklist, item):
    assert any("\u4e00" <= letter <= "\u9fff" for letter in item.zh)
    assert item.en.isascii() or "℃" in item.en
    assert len(item.zh) <= 40
    assert len(item.help_zh) <= 50


def test_every_reading_is_known_to_the_standards_where_it_is_taken():
    judged = {(limit.parameter, point) for limit in limits() for point in limit.points}
    readings = [item for _checklist, item in ITEMS if item.parameter]
    assert {(item.parameter, item.point) for item in readings} <= judged
    assert all(item.unit == parameters()[item.parameter].unit for item in readings)
    assert {item.point for item in readings if item.quantities} == {"contact_tank_outlet", "external_outlet"}


def test_nothing_that_was_not_seen_is_cited_as_law():
    assert {item.grade for _checklist, item in ITEMS} <= set("ABC")
    cited = {item.basis_zh for _checklist, item in ITEMS if item.basis_zh and item.grade in "AB"}
    assert all(basis.startswith(SEEN) for basis in cited)


def test_no_reading_can_stop_a_record_from_being_saved():
    """There may be no instrument, no stock, no sample today."""
    assert [item.code for _checklist, item in ITEMS if item.required and item.kind is ItemKind.NUMBER] == []


def test_what_the_judge_is_told_is_asked_for():
    assert {item.context for _checklist, item in ITEMS} - {None} == {
        "contact_hours",
        "disinfectant",
        "sample",
        "store_celsius",
    }


def test_the_current_version_is_the_newest_in_force():
    assert current("medical-waste", date(2026, 11, 24)) == find("medical-waste", 1)
    assert current("medical-waste", date(2019, 12, 31)) is None
    assert find("medical-waste", 99) is None


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ('kind = "number", parameter = "wine", point = "sludge"', "x.v1.toml, a: 'wine'"),
        ('kind = "number", parameter = "ph"', "a: a reading is a number and names its point"),
        ('kind = "choice"', "a: a choice, and nothing else, has options"),
        ('kind = "text", help_zh = "说明"', "a: a text stands in one language only"),
        ('kind = "sound"', "x.v1.toml, a: 'sound'"),
        ('kind = "text", grade = "E"', "a: a basis of grade E is not shown"),
        ('kind = "text", colour = "red"', "colour"),
        ('kind = "text", context = "moon"', "a: no context 'moon'"),
        ('kind = "text" }, { code = "a", zh = "乙", en = "B", kind = "text"', "item codes used twice: ['a']"),
        ('kind = "text', "x.v1.toml: "),
    ],
)
def test_a_broken_item_is_named_with_its_file(tmp_path, row, told):
    path = tmp_path / "x.v1.toml"
    path.write_text(HEAD.format(row=f'{{ code = "a", zh = "甲", en = "A", {row} }}'), encoding="utf-8")
    with pytest.raises(BrokenChecklist) as caught:
        read(path)
    assert str(caught.value).startswith("x.v1.toml")
    assert told in str(caught.value)


def test_a_file_is_named_for_what_it_holds(tmp_path):
    path = tmp_path / "y.v2.toml"
    path.write_text(HEAD.format(row='{ code = "a", zh = "甲", en = "A", kind = "text" }'), encoding="utf-8")
    with pytest.raises(BrokenChecklist, match=r"y\.v2\.toml: is x version 1 inside"):
        read(path)

"""Spreadsheets as people and attackers send them."""

import io
import zipfile

import pytest
from flask_babel import force_locale
from werkzeug.datastructures import FileStorage

from tests.support.masters import workbook
from webapp.kernel.errors import Refusal
from webapp.kernel.spreadsheets import files, sheets, templates
from webapp.kernel.spreadsheets.sheets import Sheet, SheetColumn, code, day, decimal, one_of, words, yes

KINDS = {"mask": "口罩", "glove": "手套"}
SHEET = Sheet(
    "things",
    "物资",
    (
        SheetColumn("code", "编号", code(8), required=True, example="A-1"),
        SheetColumn("kind", "类别", one_of(KINDS), example="口罩"),
        SheetColumn("count", "数量", decimal(1, minimum=0, maximum=99), example="40"),
        SheetColumn("day", "日期", day()),
        SheetColumn("open", "开启", yes()),
        SheetColumn("note", "备注", words(10)),
    ),
    unique=("code",),
    max_rows=50,
)
HEAD = ["编号", "类别", "数量", "日期", "开启", "备注"]


@pytest.fixture
def inside(app):
    with app.test_request_context():
        yield


def sent(raw, name="x.xlsx"):
    return files.receive(FileStorage(io.BytesIO(raw), filename=name))


def refusal(raw):
    with pytest.raises(Refusal) as caught:
        sheets.read(SHEET, sent(raw))
    return caught.value.code


def one_fault(*row):
    faults = sheets.read(SHEET, workbook(HEAD, row)).faults
    assert len(faults) == 1, faults
    return faults[0].cell, faults[0].sentence


def test_the_template_reads_back_and_its_example_is_no_row_of_anybodys(inside):
    reading = sheets.read(SHEET, templates.template(SHEET).get_data())
    assert [(fault.cell, "模板里的示例" in fault.sentence) for fault in reading.faults] == [("A2", True)]
    assert reading.rows[0].values["code"] == "A-1"
    assert reading.rows[0].values["kind"] == "mask"


def test_an_example_that_was_changed_in_one_cell_is_a_row(inside):
    assert sheets.read(SHEET, workbook(HEAD, ["A-1", "口罩", "41"])).faults == []
    assert len(sheets.read(SHEET, workbook(HEAD, ["A-1", "口罩", "40"])).faults) == 1


def test_headings_may_stand_in_any_order_with_stars(inside):
    reading = sheets.read(SHEET, workbook(["数量", " 编号 * "], [7, "b-2"]))
    assert reading.faults == []
    assert (reading.rows[0].values["code"], reading.rows[0].values["count"]) == ("B-2", 7)
    assert reading.rows[0].values["kind"] is None


def test_the_template_of_one_language_reads_in_the_other(inside):
    with force_locale("en"):
        raw = templates.template(SHEET).get_data()
    assert [fault.cell for fault in sheets.read(SHEET, raw).faults] == ["A2"]


@pytest.mark.parametrize(
    ("row", "cell", "says"),
    [
        (["A_1"], "A2", "编号只能用"),
        (["A-123456789"], "A2", "最多 8 位"),
        (["", "口罩"], "A2", "必须填写"),
        (["\u200b \u3164", "口罩"], "A2", "必须填写"),
        (["A-1", "帽子"], "B2", "口罩、手套"),
        (["A-1", "", "多"], "C2", "请填写数字"),
        (["A-1", "", "1e3"], "C2", "请填写数字"),
        (["A-1", "", 100], "C2", "不能大于 99"),
        (["A-1", "", -1], "C2", "不能小于 0"),
        (["A-1", "", 1.25], "C2", "最多保留 1 位"),
        (["A-1", "", "9" * 400], "C2", "请填写数字"),
        (["A-1", "", "", "昨天"], "D2", "2026-11-24"),
        (["A-1", "", "", "", "也许"], "E2", "“是”或“否”"),
        (["A-1", "", "", "", "", "x" * 11], "F2", "最多 10 个字"),
    ],
)
def test_a_wrong_cell_is_named_with_what_to_do(inside, row, cell, says):
    where, sentence = one_fault(*row)
    assert where == cell
    assert says in sentence


def test_emoji_and_right_to_left_text_are_text(inside):
    reading = sheets.read(SHEET, workbook(HEAD, ["A-1", "", "", "2026/1/5", "是", "口罩😷 שלום"]))
    assert reading.faults == []
    assert reading.rows[0].values["note"] == "口罩😷 שלום"


def test_a_formula_is_named_never_run(inside):
    raw = workbook(HEAD, ["A-1"], formula=("C2", '=HYPERLINK("http://evil.test")'))
    faults = sheets.read(SHEET, raw).faults
    assert [fault.cell for fault in faults] == ["C2"]
    assert "公式" in faults[0].sentence


def test_repeats_within_the_file_are_named(inside):
    faults = sheets.read(SHEET, workbook(HEAD, ["A-1"], ["B-1"], ["a-1"])).faults
    assert [(fault.cell, "第 2 行" in fault.sentence) for fault in faults] == [("A4", True)]


def test_a_missing_heading_is_named_before_any_row(inside):
    faults = sheets.read(SHEET, workbook(["类别"], ["口罩"])).faults
    assert [fault.heading for fault in faults] == ["编号"]


def test_too_many_rows_and_none_are_refused(inside):
    assert refusal(workbook(HEAD, *([f"A-{n}"] for n in range(51)))) == "sheet-too-many-rows"
    assert refusal(workbook(HEAD)) == "sheet-empty"


def test_files_of_other_kinds_are_told_apart(inside):
    assert refusal("编号,类别\nA-1,口罩".encode("gbk")) == "sheet-not-xlsx"
    assert refusal(b"\xd0\xcf\x11\xe0" + b"0" * 100) == "sheet-old"
    assert refusal(workbook(HEAD, ["A-1"])[:-200]) == "sheet-broken"
    assert refusal(b"PK\x03\x04 nothing of the kind") == "sheet-broken"
    assert refusal(zipped({"word/document.xml": b"<a/>"})) == "sheet-not-xlsx"
    assert refusal(zipped({"xl/workbook.xml": b"<a/>", "xl/vbaProject.bin": b"x"})) == "sheet-macros"
    assert refusal(zipped({"xl/workbook.xml": b"<a/>"})) == "sheet-broken"


def test_nothing_chosen_is_refused(inside):
    with pytest.raises(Refusal) as caught:
        files.receive(FileStorage(io.BytesIO(b""), filename=""))
    assert caught.value.code == "sheet-missing"


def test_bombs_are_refused_before_they_are_unpacked(inside):
    assert refusal(zipped({"xl/workbook.xml": b"0" * 30_000_000})) == "sheet-too-large"
    assert refusal(zipped({"xl/workbook.xml": b"<a/>"} | {f"x{n}": b"" for n in range(300)})) == "sheet-too-large"
    assert refusal(b"PK" + b"0" * (files.SHEET.most_bytes + 1)) == "sheet-too-large"


def test_entities_are_not_expanded(inside):
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    honest = zipfile.ZipFile(io.BytesIO(workbook(HEAD, ["A-1"])))
    parts = {name: honest.read(name) for name in honest.namelist()}
    shared = parts["xl/sharedStrings.xml"].split(b"?>", 1)[1].replace(b"A-1", b"&b;")
    parts["xl/sharedStrings.xml"] = laughs + shared
    assert refusal(zipped(parts)) == "sheet-broken"


def zipped(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in parts.items():
            archive.writestr(name, raw)
    return out.getvalue()

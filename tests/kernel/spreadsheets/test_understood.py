"""What a workbook says is taken as it is written: Chinese formats of dates, decimal commas, merged cells, names."""

import io
import re
import zipfile
from datetime import date

import openpyxl
import pytest
import xlsxwriter

from tests.support import masters
from tests.support.masters import workbook
from webapp.accounts import queries as accounts
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.spreadsheets import previews, sheet, sheets
from webapp.kernel.spreadsheets.reading import Lines, lines_of
from webapp.kernel.spreadsheets.sheets import Sheet, SheetColumn, code, day, decimal, one_of, words, yes

SHEET = Sheet(
    "things",
    "物资",
    (
        SheetColumn("code", "编号", code(8), required=True, example="A-1"),
        SheetColumn("name", "名称", words(20)),
        SheetColumn("count", "数量", decimal(3)),
        SheetColumn("day", "日期", day()),
        SheetColumn("kind", "类别", one_of({"mask": "口罩"})),
        SheetColumn("open", "开启", yes()),
    ),
    alike=("name",),
)
HEAD = [column.label for column in SHEET.columns]


@pytest.fixture(autouse=True)
def inside(app):
    with app.test_request_context():
        yield


def with_format(number, value=46_022):
    """A workbook whose date cell has one of the formats that Chinese Excel has built in."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEAD)
        page.write_string(1, 0, "A-1")
        page.write_number(1, 3, value, book.add_format({"num_format": 14}))
    raw = out.getvalue()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(b'numFmtId="14"', b'numFmtId="%d"' % number)
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return changed.getvalue()


@pytest.mark.parametrize("number", [27, 31, 36, 50, 57, 58])
def test_a_date_in_a_built_in_chinese_format_is_a_date(number):
    reading = sheets.read(SHEET, with_format(number))
    assert reading.faults == []
    assert reading.rows[0].values["day"] == date(2025, 12, 31)


@pytest.mark.parametrize("number", [0, 9, 37, 49, 59])
def test_a_number_in_a_format_of_numbers_is_no_date(number):
    assert [fault.cell for fault in sheets.read(SHEET, with_format(number)).faults] == ["D2"]


@pytest.mark.parametrize("custom", ['yyyy"年"m"月"d"日"', 'yyyy"年"m"月"', "[$-804]yyyy-mm-dd;@", "dd.mm.yyyy"])
def test_a_date_in_a_format_of_ones_own_is_a_date(custom):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEAD)
        page.write_string(1, 0, "A-1")
        page.write_datetime(1, 3, date(2027, 12, 31), book.add_format({"num_format": custom}))
    assert sheets.read(SHEET, out.getvalue()).rows[0].values["day"] == date(2027, 12, 31)


@pytest.mark.parametrize("typed", ["202712", 202712, "2027-12", "27.12.31", "长期有效"])
def test_a_date_without_a_day_is_refused(typed):
    assert [fault.cell for fault in sheets.read(SHEET, workbook(HEAD, ["A-1", "", "", typed])).faults] == ["D2"]


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("1,5", "1.5"),
        ("2，5", "2.5"),
        ("1,500", "1,500"),
        ("0,025", "0.025"),
        (1.5, "1.5"),
        (1500, "1,500"),
        ("３", "3"),
    ],
)
def test_the_number_that_is_understood_is_shown(typed, understood):
    row = sheets.read(SHEET, workbook(HEAD, ["A-1", "", typed])).rows[0]
    assert SHEET.columns[2].understood(row.values["count"]) == understood


def test_words_of_choices_and_days_are_shown_as_they_were_understood():
    row = sheets.read(SHEET, workbook(HEAD, ["ａ－1", "", "", "2027/1/5", "mask", "Y"])).rows[0]
    shown = [column.understood(row.values[column.code]) for column in SHEET.columns]
    assert shown == ["A-1", "", "", "2027-01-05", "口罩", "是"]


def merged(*ranges):
    book = openpyxl.Workbook()
    for row in (HEAD, ["A-1", "甲"], ["A-2", None], ["A-3", "丙"]):
        book.active.append(row)
    for cells in ranges:
        book.active.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_merged_cells_are_named_where_they_swallow_a_row():
    faults = sheets.read(SHEET, merged("B2:B3")).faults
    assert [(fault.cell, "B2:B3 是合并的格子" in fault.sentence) for fault in faults] == [("B3", True)]


@pytest.mark.parametrize(
    ("cells", "faults"), [("B:B", ["B2"]), ("3:9", ["A4"]), ("2:2", ["A2"]), ("J:K", []), ("B9:B12", []), ("?", [])]
)
def test_merged_columns_and_rows_are_named_too(cells, faults):
    reading = sheets.read_lines(SHEET, Lines(lines_of(merged(), width=20, most=50).rows, [cells]))
    assert [fault.cell for fault in reading.faults] == faults


def test_a_merged_range_that_touches_no_column_of_ours_is_no_fault():
    assert sheets.read(SHEET, merged("J2:K9")).faults == []


def test_faults_beyond_those_listed_are_counted_and_long_cells_are_marked(monkeypatch):
    monkeypatch.setattr(sheet, "MAX_FAULTS", 2)
    reading = sheets.read(SHEET, workbook(HEAD, *([f"A-{row}", "长" * 61] for row in range(5))))
    assert (len(reading.faults), reading.unlisted) == (2, 3)
    assert reading.faults[0].value == "长" * 59 + "…"


def test_every_unknown_column_is_named_and_many_equal_rows_are_marked():
    others = [f"其他{number}" for number in range(11)]
    reading = sheets.read(SHEET, workbook([*HEAD, *others], *([f"A-{row}", "甲"] for row in range(11))))
    assert all(name in reading.warnings[0] for name in others)
    assert "11…" in reading.warnings[1]


def test_equal_names_and_columns_nobody_knows_are_warned_of():
    reading = sheets.read(SHEET, workbook([*HEAD, "联系人"], ["A-1", "甲"], ["A-2", "乙"], ["A-3", "甲"]))
    assert reading.faults == []
    assert [re.sub(r"\s", "", sentence) for sentence in reading.warnings] == [
        "这些列不在模板里，没有读取：联系人。",
        "第2、4行的名称相同：甲。请核对。",
    ]


def sheets_of(**pages):
    """An .xlsx of several worksheets by title, each {(row, column): text} from 0."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for title, cells in pages.items():
            page = book.add_worksheet(title)
            for (row, column), text in cells.items():
                page.write(row, column, text)
    return out.getvalue()


FIRST = {(0, place): heading for place, heading in enumerate(HEAD)} | {(1, 0): "A-1", (1, 1): "甲"}
WIDTH = 2 * len(HEAD) + 10


def test_other_worksheets_that_hold_something_are_named():
    reading = sheets.read(SHEET, sheets_of(一组=FIRST, 二组=FIRST | {(1, 0): "A-2"}, 空的={}))
    assert [row.values["code"] for row in reading.rows] == ["A-1"]
    assert reading.warnings == ["只读取第一张工作表。这些工作表里也有内容，没有读取：二组。"]
    assert sheets.read(SHEET, sheets_of(一组=FIRST, 空的={})).warnings == []


@pytest.mark.parametrize(("column", "is_wider"), [(WIDTH - 1, False), (WIDTH, True)])
def test_a_column_too_far_to_the_right_is_warned_of(column, is_wider):
    reading = sheets.read(SHEET, sheets_of(一组=FIRST | {(1, column): "备注"}))
    assert [row.values["name"] for row in reading.rows] == ["甲"]
    assert any("右边很远的列" in sentence for sentence in reading.warnings) is is_wider


def test_a_preview_keeps_what_was_not_read(app):
    found = lines_of(sheets_of(一组=FIRST | {(1, WIDTH): "备注"}, 二组=FIRST), width=WIDTH, most=50)
    person = masters.person(app, "administrator", Role.ADMINISTRATOR)
    by = accounts.actor_of(accounts.find_person(person))
    key = previews.keep(found, "things", by=by, at=clock.now())
    again = previews.take(key, "things", by=by, at=clock.now())
    assert (list(again.others), again.is_wider) == (["二组"], True)

"""Workbooks made to keep the server busy: each is refused with words, within seconds, and holds nobody up.

What the bounds of the packing would refuse as well is refused here without them.
"""

import io
import threading
import time
import zipfile

import pytest

from tests.support import masters
from tests.support.masters import workbook
from webapp.kernel.errors import Refusal
from webapp.kernel.spreadsheets import reader, reading, sheets
from webapp.kernel.spreadsheets.cells import code
from webapp.kernel.spreadsheets.sheet import MAX_ROWS, Sheet, SheetColumn

SECONDS = 10  # on a machine with other work; alone the slowest takes 1
SHEET, STRINGS, STYLES, BOOK = (
    f"xl/{name}.xml" for name in ("worksheets/sheet1", "sharedStrings", "styles", "workbook")
)
SPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def parts():
    """The parts of an honest workbook."""
    with zipfile.ZipFile(io.BytesIO(workbook(["编号"], ["A-1"]))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(changed):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in (parts() | changed).items():
            archive.writestr(name, raw)
    return out.getvalue()


def rows(inner):
    return parts()[SHEET].split(b"<sheetData>")[0] + b"<sheetData>" + inner + b"</sheetData></worksheet>"


def names(count):
    inner = b"".join(b'<definedName name="a%d">x</definedName>' % n for n in range(count))
    return parts()[BOOK].replace(b"</sheets>", b"</sheets><definedNames>" + inner + b"</definedNames>")


HOSTILE = {
    "a row a million million down": ({SHEET: b'<row r="1000000000000"><c r="A1"><v>0</v></c></row>'}, "sheet-too-far"),
    "the last row of the format": ({SHEET: b'<row r="1048576"><c r="A1048576"><v>0</v></c></row>'}, "sheet-too-far"),
    "a column that no Excel has": ({SHEET: b'<row r="1"><c r="XFE1"><v>0</v></c></row>'}, "sheet-broken"),
    "a million cells in a row": ({SHEET: b'<row r="1">' + b"<c><v>1</v></c>" * 10**6 + b"</row>"}, "sheet-too-large"),
    "a million rows": ({SHEET: b"<row/>" * 10**6}, "sheet-too-large"),
    "half a million strings": ({STRINGS: b"<sst %b>%b</sst>" % (SPACE, b"<si/>" * 500_000)}, "sheet-too-large"),
    "one string of 20 MB": (
        {STRINGS: b"<sst %b><si><t>%b</t></si></sst>" % (SPACE, b"x" * 2 * 10**7)},
        "sheet-too-large",
    ),
    "elements in elements": ({SHEET: b"<a>" * 200_000 + b"</a>" * 200_000}, "sheet-too-large"),
    "300,000 names": ({BOOK: 300_000}, "sheet-too-many-parts"),
    "300,000 formats": (
        {STYLES: b"<styleSheet %b>%b</styleSheet>" % (SPACE, b"<xf/>" * 300_000)},
        "sheet-too-many-parts",
    ),
}


def hostile(name):
    changed, _code = HOSTILE[name]
    made = {part: rows(raw) if part == SHEET else raw for part, raw in changed.items()}
    return zipped({part: names(raw) if part == BOOK else raw for part, raw in made.items()})


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_is_refused_within_seconds(name):
    raw, began = hostile(name), time.monotonic()
    with pytest.raises(Refusal) as caught:
        reading.lines_of(raw, width=22, most=53)
    assert caught.value.code == HOSTILE[name][1]
    assert time.monotonic() - began < SECONDS


def book(sheets=1, names=0):
    """A workbook that lists so many worksheets (all of them the same part) and defined names."""
    listed = b"".join(b'<sheet name="S%d" sheetId="%d" r:id="rId1"/>' % (n, n + 1) for n in range(sheets))
    defined = b"".join(b'<definedName name="a%d">S0!$A$1</definedName>' % n for n in range(names))
    head, tail = parts()[BOOK].split(b"<sheets>")[0], parts()[BOOK].split(b"</sheets>")[1]
    inner = b"<sheets>" + listed + b"</sheets><definedNames>" + defined + b"</definedNames>"
    return zipped({BOOK: head + inner + tail})


def styles(inner):
    return zipped({STYLES: b"<styleSheet %b>%b</styleSheet>" % (SPACE, inner)})


HEAVY = {
    "100,000 names": book(names=100_000),
    "5,000 worksheets": book(sheets=5_000),
    "140,000 fonts": styles(b"<fonts>" + b"<font/>" * 140_000 + b"</fonts>"),
    "140,000 relations": zipped(
        {"xl/_rels/workbook.xml.rels": b"<Relationships>" + b"<Relationship/>" * 140_000 + b"</Relationships>"}
    ),
}


@pytest.mark.parametrize("name", HEAVY)
def test_what_the_parser_would_make_objects_of_is_refused_within_a_second(name):
    began = time.process_time()
    with pytest.raises(reader.Refused, match="sheet-too-many-parts"):
        reader.read(HEAVY[name], width=22, most=53)
    assert time.process_time() - began < 1
    with pytest.raises(Refusal, match="sheet-too-many-parts"):
        reading.lines_of(HEAVY[name], width=22, most=53)


@pytest.mark.parametrize(("bound", "made"), [(reader.SHEETS, "sheets"), (reader.PARTS, "names")])
def test_worksheets_and_names_up_to_the_bound_are_read(bound, made):
    assert reading.lines_of(book(**{made: bound}), width=22, most=53).rows[1][1][0].text == "A-1"
    with pytest.raises(reader.Refused):
        reader.count(book(**{made: bound + 1}))


def test_what_the_parser_prints_does_not_spoil_the_answer():
    """Of a named style that points nowhere openpyxl prints a line, where the answer is awaited."""
    own = b'<fonts><font/></fonts><cellXfs><xf/></cellXfs><cellStyles><cellStyle name="x" xfId="9"/></cellStyles>'
    with pytest.raises(Refusal, match="sheet-broken"):
        reading.lines_of(styles(own), width=22, most=53)


CODES = Sheet("codes", "编号", (SheetColumn("code", "编号", code(8)),))


def merged(*ranges):
    """A workbook of one row, with these merged ranges."""
    cells = b"".join(b'<mergeCell ref="%b"/>' % text for text in ranges)
    raw = zipfile.ZipFile(io.BytesIO(workbook(["编号"], ["A-1"]))).read(SHEET)
    return zipped({SHEET: raw.replace(b"</sheetData>", b"</sheetData><mergeCells>" + cells + b"</mergeCells>")})


def test_merged_ranges_of_the_whole_sheet_take_no_time():
    raw, began = merged(*[b"B3:XFD1048576"] * 10_000), time.monotonic()
    assert sheets.read(CODES, raw).faults == []
    assert time.monotonic() - began < SECONDS


def test_a_merged_range_is_named_behind_a_hundred_others():
    faults = sheets.read(CODES, merged(*[b"J3:K3"] * 101, b"A1:A2")).faults
    assert [fault.cell for fault in faults] == ["A2"]


def test_more_merged_ranges_than_are_looked_at_are_refused():
    with pytest.raises(Refusal) as caught:
        reading.lines_of(merged(*[b"J3:K3"] * 10_001), width=22, most=53)
    assert caught.value.code == "sheet-too-large"


def test_what_still_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(reading, "WAIT", 0.05)
    with pytest.raises(Refusal) as caught:
        reading.lines_of(workbook(["编号"], ["A-1"]), width=22, most=53)
    assert caught.value.code == "sheet-too-slow"


def test_a_limit_of_the_process_that_is_hit_is_told_in_words(monkeypatch):
    monkeypatch.setattr(reading, "SECONDS", 0)  # of processor time: the process is ended by the system
    with pytest.raises(Refusal) as caught:
        reading.lines_of(workbook(["编号"], ["A-1"]), width=22, most=53)
    assert caught.value.code == "sheet-too-slow"


def test_formats_down_to_the_last_row_hold_no_rows():
    """Excel writes such sheets when a whole column was coloured."""
    inner = b'<row r="1"><c r="A1" t="inlineStr"><is><t>A</t></is></c></row><row r="1048576"><c r="A1048576"/></row>'
    found = reading.lines_of(zipped({SHEET: rows(inner)}), width=22, most=53)
    assert [number for number, _cells in found.rows] == [1]


@pytest.mark.long
def test_a_full_honest_sheet_is_read():
    raw = workbook(*([f"{row}-{column}" for column in range(24)] for row in range(MAX_ROWS)))
    assert len(reading.lines_of(raw, width=58, most=MAX_ROWS + 3).rows) == MAX_ROWS


@pytest.mark.only_on("sqlite")
def test_many_uploads_at_once_leave_the_server_free(app, monkeypatch):
    """Of 12 at once one is read and one waits; the others are told so at once, and nobody's page waits."""
    administrator = masters.administrator(app)
    began, release = threading.Event(), threading.Event()

    def slow(*_args):
        began.set()
        release.wait(20)
        return {"rows": [[1, [["x", False]]]], "merged": [], "others": [], "is_wider": False}

    monkeypatch.setattr(reading, "_read", slow)
    clients = [masters.signed_in(app, "administrator") for _ in range(12)]
    codes = []

    def post(client):
        codes.append(masters.upload(client, "/units/import", workbook(["编号"], ["A-1"])).status_code)

    threads = [threading.Thread(target=post, args=(client,)) for client in clients]
    try:
        threads[0].start()
        assert began.wait(20)
        for thread in threads[1:]:
            thread.start()
        for thread in threads[1:]:
            thread.join(5) if len(codes) < 10 else None
        assert administrator.get("/units/").status_code == 200
        assert codes.count(503) == 10
    finally:
        release.set()
        for thread in threads:
            thread.join(30)
    assert sorted(codes)[:2] == [422, 422]

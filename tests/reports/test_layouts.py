"""A superior's Excel file: what is refused, what its names mean, what is filled and what stays blank."""

import io
import zipfile
from base64 import b64decode

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from werkzeug.datastructures import FileStorage

from tests.reports import office
from tests.support.reading import words_of
from webapp.kernel.errors import Refusal
from webapp.reports.kinds import SIGNING
from webapp.reports.layouts import files, program

pytestmark = pytest.mark.only_on("sqlite")
NAMES = {
    "banner_day": "B2",
    "L2_day": "B3",
    "banner_total": "B4",
    "unit_EAST_banner": "B5",
    "unit_WEST_l2": "B6",
    "l3_day": "B7",
    "report_missing": "B8",
    "report_unit": "B9",
    "of_the_superior": "B10",
    "report_day": "B11",
}


def book(names=None, change=None):
    """A workbook with these names on its first sheet, as bytes."""
    made = openpyxl.Workbook()
    page = made.active
    page.title = "日报 表"
    page["B2"].number_format, page["B6"], page["C2"] = "0.00", 999, "=B2*2"
    for name, cell in (NAMES if names is None else names).items():
        target = cell if "!" in cell or "#" in cell else f"'日报 表'!${cell[0]}${cell[1:]}"
        made.defined_names[name] = DefinedName(name, attr_text=target)
    if change:
        change(made, page)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def with_member(raw, name, content=b"x"):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for member in before.namelist():
            after.writestr(member, before.read(member))
        after.writestr(name, content)
    return out.getvalue()


def received(raw, name="表.xlsx"):
    with pytest.raises(Refusal) as caught:
        files.receive(FileStorage(io.BytesIO(raw), filename=name))
    return caught.value.code


def test_a_file_that_is_not_wanted_is_refused_before_it_is_parsed():
    good = book()
    assert files.receive(FileStorage(io.BytesIO(good), filename="表.xlsx")) == good
    assert received(good, "") == "layout-missing"
    assert received(good, "表.xlsm") == received(with_member(good, "xl/vbaProject.bin")) == "layout-macros"
    assert received(with_member(good, "xl/externalLinks/externalLink1.xml")) == "layout-external"
    assert received(with_member(good, "xl/embeddings/a.bin")) == "layout-embeds"
    assert received(with_member(good, "xl/b.xml", b"0" * 70_000_000)) == "layout-too-large"
    assert received(b"PK" + b"0" * files.LAYOUT.most_bytes) == "layout-too-large"
    assert received(b"PK123") == "layout-broken"
    assert received(b"\xd0\xcf\x11\xe0old") == "layout-old"
    assert received(b"a,b") == "layout-not-xlsx"


def put(cell, formula):
    return lambda _book, page: page.__setitem__(cell, formula)


@pytest.mark.parametrize(
    "raw",
    [
        book(change=put("D1", '=WEBSERVICE("http://x.invalid")')),
        book(change=put("D1", "=cmd|'/c calc'!A0")),
        book(change=lambda _book, page: setattr(page["D1"], "hyperlink", "http://x.invalid")),
    ],
)
def test_what_reaches_outside_is_refused(raw):
    with pytest.raises(program.Refused, match="layout-external"):
        program.check(raw)


def test_a_document_type_is_refused():
    raw = with_member(book(), "xl/extra.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")
    with pytest.raises(program.Refused, match="layout-broken"):
        program.check(raw)


def test_each_name_is_told_with_its_place_and_fault():
    def merge(_book, page):
        page.merge_cells("E1:F2")

    targets = {
        "good": "B2",
        "whole": "'日报 表'!$E$1:$F$2",
        "inside": "F2",
        "several": "'日报 表'!$B$2:$B$3",
        "formula": "C2",
        "elsewhere": "'没有'!$A$1",
        "broken": "#REF!$A$1",
        "constant": "A!1+1",
    }
    checked = {name: fault for name, _sheet, _cell, fault in program.check(book(targets, merge))["names"]}
    assert checked == {
        "good": "",
        "whole": "",
        "inside": "merged",
        "several": "area",
        "formula": "formula",
        "elsewhere": "sheet",
        "broken": "sheet",
        "constant": "area",
    }


def test_a_text_is_written_as_a_text_and_formulas_and_formats_stay():
    values = {"banner_day": 7, "l2_day": None, "l3_day": "=1+1\x07", "report_unit": "@SUM(A1)", "unit_west_l2": None}
    answer = program.fill(book(), values)
    page = openpyxl.load_workbook(io.BytesIO(b64decode(answer["file"]))).active
    assert (page["B2"].value, page["B2"].number_format, page["C2"].value) == (7, "0.00", "=B2*2")
    assert (page["B7"].value, page["B7"].data_type) == ("=1+1", "s")
    assert page["B9"].data_type == "s"
    assert page["B6"].value is None, "a number that stood there is not taken for ours"
    assert answer["blank"] == ["L2_day", "unit_WEST_l2"]


def upload(client, kind, raw, name="市日报表", path="/reports/layouts/add"):
    data = {"name": name, "kind": str(kind), "file": (io.BytesIO(raw), "表.xlsx")}
    return client.post(path, data=data, content_type="multipart/form-data")


def test_a_layout_is_filled_from_what_was_signed_and_names_what_stays_blank(app, street, hang):
    commander = street.clients["commander"]
    with app.app_context():
        hang("east", 3)
        hang("east", 2, day=office.days_ago(1))
        due = office.due(street.kind, street.units["east"], office.today())
        office.sign(SIGNING, office.filled(due, n_l1=4, r_l1="另有一条"), street.by["east"])
    answer = upload(commander, street.kind, book())
    assert answer.status_code == 303, words_of(answer)
    page = words_of(commander.get(answer.location))
    assert "of_the_superior 日报 表 B10 不认得，保持原样" in page
    assert "还缺：单位WEST" in page
    assert "空着的：unit_WEST_l2、l3_day" in page
    got = commander.get(f"{answer.location}/filled?unit={street.units['street']}")
    sheet = openpyxl.load_workbook(io.BytesIO(got.data)).active
    cells = [sheet[f"B{row}"].value for row in range(2, 10)]
    assert cells == [4, 3, 5, 4, None, None, "单位WEST", "单位S"]
    assert street.clients["east"].get(f"{answer.location}/filled?unit={street.units['west']}").status_code == 404
    second = upload(commander, street.kind, book({"banner_day": "B2"}), path=answer.location)
    assert second.status_code == 303
    assert "第 2 版" in words_of(commander.get(answer.location))
    taken = upload(commander, street.kind, book())
    assert taken.status_code == 422
    assert "已有同名的上级报表" in words_of(taken)


def test_a_file_without_a_known_name_is_shown_and_not_kept(street):
    answer = upload(street.clients["commander"], street.kind, book({"x_day": "B2"}))
    assert answer.status_code == 422
    assert "x_day 日报 表 B2" in words_of(answer)
    assert "没有系统认得的单元格名称" in words_of(answer)
    assert 'value="市日报表"' in answer.text
    assert "还没有上级报表" in words_of(street.clients["commander"].get("/reports/layouts"))

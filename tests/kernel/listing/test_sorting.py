"""Lists sorted by another column: every row once, empty ones last, pages and files in one order on both databases."""

import base64
import csv
import io
import json
import re
from html import unescape
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from tests.support import masters
from webapp.kernel.access import Role
from webapp.kernel.listing import Column, Listing, pages, rows
from webapp.places.models import Place

BEDS = {"A-1": 20, "A-2": None, "A-3": 5, "A-4": None, "A-5": 20, "A-6": 0, "A-7": None}
SORTED = {
    None: ["A-1", "A-2", "A-3", "A-4", "A-5", "A-6", "A-7"],
    "-code": ["A-7", "A-6", "A-5", "A-4", "A-3", "A-2", "A-1"],
    "beds": ["A-6", "A-3", "A-1", "A-5", "A-2", "A-4", "A-7"],
    "-beds": ["A-5", "A-1", "A-3", "A-6", "A-7", "A-4", "A-2"],
}


@pytest.fixture
def boss(app, monkeypatch):
    monkeypatch.setattr(pages, "PAGE", 2)
    for code, beds in BEDS.items():
        masters.place(app, code, beds=beds)
    return masters.administrator(app)


def link(html, words):
    found = re.search(rf'href="([^"]+)"[^>]*hx-push-url="true">(?:<svg.*?</svg>)?<span>{words}', html)
    return unescape(found.group(1)) if found else None


def walked(client, url, words):
    """The codes of all pages, one list a page; and the last page."""
    shown, html = [], ""
    while url:
        html = client.get(url).text
        shown.append(re.findall(r">(A-\d)<", html))
        url = link(html, words)
    return shown, html


@pytest.mark.parametrize("sort", SORTED)
def test_pages_hold_every_row_once_there_and_back_with_empty_ones_last(boss, sort):
    url = f"/places/?sort={sort}" if sort else "/places/"
    there, last = walked(boss, url, "下一页")
    assert [code for page in there for code in page] == SORTED[sort]
    back, _first = walked(boss, link(last, "上一页"), "上一页")
    assert [code for page in reversed(back) for code in page] == SORTED[sort][:6]


@pytest.mark.parametrize("sort", SORTED)
def test_files_are_in_the_order_of_the_page(boss, monkeypatch, sort):
    monkeypatch.setattr(rows, "CHUNK", 3)
    text = boss.get(f"/places/?format=csv&sort={sort or ''}").get_data().decode("utf-8-sig")
    assert [line[1] for line in csv.reader(io.StringIO(text))][1:] == SORTED[sort]


def test_a_heading_says_how_it_is_sorted_and_turns_it_round(boss):
    def headings(url):
        html = boss.get(url).text
        found = re.findall(r'<th scope="col"[^>]*?(?:aria-sort="(\w+)")?><a class="sort" href="([^"]+)"', html)
        return [(direction, unescape(target)) for direction, target in found]

    assert headings("/places/?text=A-") == [
        ("ascending", "/places/?text=A-&sort=-code"),
        ("", "/places/?text=A-&sort=beds"),
    ]
    assert headings("/places/?sort=-beds") == [
        ("", "/places/?sort=code"),
        ("descending", "/places/?sort=beds"),
    ]
    assert '<input type="hidden" name="sort" value="-beds">' in boss.get("/places/?sort=-beds").text


@pytest.mark.parametrize("sort", ["name", "nothing", "-", "--code", "code,beds", "☃"])
def test_a_column_that_is_not_sorted_by_is_a_bad_request(boss, sort):
    assert boss.get("/places/", query_string={"sort": sort}).status_code == 400


def test_a_cursor_of_nothing_fits_only_where_nothing_may_stand(boss):
    def status(key, sort):
        token = base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")
        return boss.get("/places/", query_string={"after": token, "sort": sort}).status_code

    assert status([["-", None], ["s", "A-2"]], "beds") == 200
    assert status([["-", None]], "code") == 400
    assert status([["n", 5]], "beds") == 400
    assert status([["s", "5"], ["s", "A-2"]], "beds") == 400


def test_rows_may_be_tuples_of_columns_and_aggregates(app):
    units = [masters.unit(app, code) for code in ("A", "B")]
    for number, unit in enumerate((*units, units[0], None)):
        masters.place(app, f"P-{number}", unit_id=unit, beds=10)
    columns = (
        Column("unit", "unit", lambda row: row.unit_id),
        Column("number", "number", lambda row: row.number, kind="number"),
        Column("beds", "beds", lambda row: row.beds, kind="number"),
    )
    numbers = (func.count(Place.id).label("number"), func.sum(Place.beds).label("beds"))
    listing = Listing(
        "by-unit",
        "",
        "by unit",
        columns,
        lambda _reach, _filters: select(Place.unit_id, *numbers).group_by(Place.unit_id),
        (Place.unit_id,),
        descending=False,
    )
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "CHUNK", 1)
        query = listing.select(SimpleNamespace(roles=(Role.AUDITOR,)), {})
        chunks = list(rows.chunks(listing, query, lambda found: rows.written(listing, found)))
    shown = [[cell.text for cell in row.cells] for chunk in chunks for row in chunk]
    expected = sorted([[str(units[0]), "2", "20"], [str(units[1]), "1", "10"]], key=lambda row: row[0].replace("-", ""))
    assert shown == [*expected, ["", "1", "10"]]

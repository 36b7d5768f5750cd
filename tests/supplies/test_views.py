"""The pages of supplies: who may, what a scan does, what stays after a refusal."""

import io
import re

import pytest
import xlsxwriter

from tests.support import masters
from tests.support.reading import words_of
from webapp.extensions import db
from webapp.kernel.access import Role
from webapp.supplies import kinds, queries
from webapp.supplies.imports import ITEMS
from webapp.supplies.models import Item, Move, Slip

CODE = "(01)06901234567892(17)271231(10)A213B1"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def keeper(app, stocked):
    return masters.signed_in(app, "keeper")


def post(client, house, code="", act="scan", mode="out", **more):
    data = {"code": code, "act": act, "mode": mode, "place": str(house.here), "reason": "", **more}
    return client.post("/supplies/counter", data=data, headers=HTMX)


def hidden(page):
    """The fields of the page's form, as a browser would send them back."""
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page.text, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = chosen.group(1) if chosen else ""
    fields.pop("code", None)
    return fields


def test_the_keeper_scans_in_and_out_and_is_refused_what_is_not_there(keeper, stocked):
    page = post(keeper, stocked, CODE)
    assert page.status_code == 200
    assert 'data-scan-result="ok"' in page.text
    fields = hidden(page)
    assert fields["lines-0-lot"] == "A213B1"
    assert fields["lines-0-measure"] == stocked.box
    fields |= {"lines-0-quantity": "15", "other": str(stocked.hospital), "act": "confirm"}
    assert keeper.post("/supplies/counter", data=fields, headers=HTMX).headers["HX-Redirect"].startswith("/supplies")
    page = post(keeper, stocked, CODE)
    fields = hidden(page) | {"lines-0-quantity": "26", "other": str(stocked.hospital), "act": "confirm"}
    refused = keeper.post("/supplies/counter", data=fields, headers=HTMX)
    assert refused.status_code == 409
    assert "25 箱" in refused.text
    assert 'value="26"' in refused.text


def test_without_a_script_the_counter_answers_with_whole_pages(keeper, stocked):
    page = keeper.post("/supplies/counter", data={"code": CODE, "mode": "in", "place": str(stocked.here)})
    assert page.text.startswith("<!doctype html>")
    fields = hidden(page) | {"act": "confirm", "mode": "in"}
    done = keeper.post("/supplies/counter", data=fields)
    assert done.status_code == 303
    assert "已保存入库单" in keeper.get(done.location).text


def test_a_second_scan_raises_the_line_and_a_number_with_a_star_sets_it(keeper, stocked):
    page = post(keeper, stocked, CODE)
    again = keeper.post("/supplies/counter", data=hidden(page) | {"code": CODE}, headers=HTMX)
    assert 'data-scan-result="already"' in again.text
    assert hidden(again)["lines-0-quantity"] == "2"
    starred = keeper.post("/supplies/counter", data=hidden(again) | {"code": "12*"}, headers=HTMX)
    assert hidden(starred)["lines-0-quantity"] == "12"
    assert hidden(post(keeper, stocked, "7*" + CODE))["lines-0-quantity"] == "7"


def test_without_a_batch_the_earliest_expiry_is_proposed(app, keeper, stocked, deliver, line):
    with app.app_context():
        deliver(kinds.IN, [line(2, lot="EARLY", expires_on="2027-03-01")], reason="purchase")
    page = post(keeper, stocked, "3*6901234567892")
    fields = hidden(page)
    assert (fields["lines-0-lot"], fields["lines-0-quantity"]) == ("EARLY", "2")
    assert (fields["lines-1-lot"], fields["lines-1-quantity"]) == ("A213B1", "1")


def test_short_expired_and_absent_goods_stop_with_what_is_there(app, keeper, stocked, deliver, line, yesterday):
    with app.app_context():
        deliver(kinds.IN, [line(1, lot="OLD", expires_on=yesterday)], reason="opening")
        deliver(kinds.TRANSFER, [line(4)], other=stocked.there)
    short = post(keeper, stocked, "37*" + CODE)
    assert short.status_code == 409
    assert "只剩 36 箱" in short.text
    assert "场所WH-02" in short.text
    assert "lines-0" not in short.text
    old = post(keeper, stocked, f"(01)06901234567892(17){yesterday:%y%m%d}(10)OLD")
    assert (old.status_code, "过期" in old.text) == (409, True)
    absent = post(keeper, stocked, "(01)06901234567892(10)NEVER")
    assert "没有“84消毒液（500毫升）”批号 NEVER" in absent.text


def test_an_unknown_code_is_learned_on_the_spot(app, keeper, stocked):
    asked = post(keeper, stocked, "6999999999997", mode="in")
    assert asked.status_code == 409
    assert "不认识这个条码" in asked.text
    with app.app_context():
        mask = queries.find_item_by_code("FH-01").id
    fields = hidden(asked) | {"act": "learn", "learn_code": "6999999999997", "learn_as": f"{mask}:base"}
    learned = keeper.post("/supplies/counter", data=fields, headers=HTMX)
    assert hidden(learned)["lines-0-item"] == str(mask)
    assert hidden(post(keeper, stocked, "6999999999997", mode="in"))["lines-0-item"] == str(mask)


def test_goods_in_without_batch_and_expiry_are_asked_for_them(keeper, stocked):
    page = post(keeper, stocked, "6901234567892", mode="in")
    assert "请填写批号和有效期" in page.text
    refused = keeper.post("/supplies/counter", data=hidden(page) | {"act": "confirm", "mode": "in"}, headers=HTMX)
    assert refused.status_code == 422
    assert "lines-0-quantity" in refused.text


def test_changing_the_mode_keeps_the_lines(keeper, stocked):
    page = post(keeper, stocked, CODE)
    counted = keeper.post("/supplies/counter", data=hidden(page) | {"act": "mode:count"}, headers=HTMX)
    assert hidden(counted)["mode"] == "count"
    assert hidden(counted)["lines-0-lot"] == "A213B1"
    gone = keeper.post("/supplies/counter", data=hidden(counted) | {"act": "remove:0"}, headers=HTMX)
    assert "lines-0" not in gone.text


@pytest.mark.parametrize(
    "hostile", ["1" * 40, "-5", "1e9", "NaN", "☃", "１２３x", "9" * 12, "0.0000001", "\x00", "1 000"]
)
def test_a_hostile_quantity_is_a_message_and_stays_as_typed(keeper, stocked, hostile):
    fields = hidden(post(keeper, stocked, CODE)) | {"lines-0-quantity": hostile, "act": "confirm", "other": ""}
    answer = keeper.post("/supplies/counter", data=fields | {"counterparty": "王"}, headers=HTMX)
    assert answer.status_code in (409, 422)
    assert "lines-0-lot" in answer.text


@pytest.mark.parametrize(
    "hostile", ["\x00", "😀" * 99, "‮(01)", "(01)" * 60, "]d2", "FL:L:::", "%_\\", "<script>", "１*" * 9]
)
def test_a_hostile_code_is_refused_in_words(keeper, stocked, hostile):
    assert post(keeper, stocked, hostile).status_code in (200, 409)


@pytest.mark.parametrize(
    "more",
    [
        {"lines-0-item": "no uuid", "lines-0-quantity": "1"},
        {"lines-²-item": "x", "lines-99999999999-item": "x"},
        {"place": "x", "uuid": "y", "mode": "z", "other": "w"},
        {"act": "remove:" + "9" * 5000},
        {"note": "\x00", "counterparty": "x" * 999},
        {"learn_code": "\x00", "learn_as": "::", "act": "learn"},
    ],
)
@pytest.mark.parametrize("act", ["scan", "confirm"])
def test_a_hostile_form_never_breaks_the_counter(keeper, stocked, act, more):
    fields = hidden(post(keeper, stocked, CODE)) | {"act": act, "code": CODE} | more
    assert keeper.post("/supplies/counter", data=fields, headers=HTMX).status_code in (200, 204, 403, 409, 422)


def test_undo_is_beside_the_slip_and_works_once(app, keeper, stocked):
    with app.app_context():
        slip = db.session.query(Slip.id).scalar()
    assert "撤销这张单据" in keeper.get(f"/supplies/slips/{slip}").text
    undone = keeper.post(f"/supplies/slips/{slip}/undo", data={"note": "扫错"})
    assert undone.status_code == 303
    assert "冲销单" in keeper.get(undone.location).text
    assert "已冲销" in keeper.get(f"/supplies/slips/{slip}").text
    assert keeper.post(f"/supplies/slips/{slip}/undo", data={}).status_code == 409


PAGES = ("", "/slips", "/items/{item}", "/items/{item}/ledger", "/items/{item}/labels", "/slips/{slip}")
PAGES += ("/slips/{slip}/print", "/slips/{slip}/labels", "/items/{item}/ledger?format=print")


@pytest.mark.parametrize("role", [Role.APPROVER, Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_readers_read_everything_and_change_nothing(app, stocked, role):
    reader = masters.member(app, role)
    with app.app_context():
        slip = db.session.query(Slip.id).scalar()
    for page in PAGES:
        answer = reader.get("/supplies" + page.format(item=stocked.item, slip=slip))
        assert answer.status_code == 200, page
        assert answer.text.count("<h1") == 1, page
    assert reader.get("/supplies/counter").status_code == 403
    assert reader.post(f"/supplies/slips/{slip}/undo").status_code == 403
    assert reader.get("/supplies/import").status_code == 403


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.GATEKEEPER])
def test_those_without_a_warehouse_role_see_nothing(app, stocked, role):
    other = masters.member(app, role)
    for page in ("", "/slips", "/counter", f"/items/{stocked.item}", f"/items/{stocked.item}/ledger", "/ledger-check"):
        assert other.get("/supplies" + page).status_code == 403, page


def test_another_keeper_does_not_see_this_warehouse(app, stocked):
    masters.person(app, "other", Role.KEEPER, place_id=stocked.there)
    other = masters.signed_in(app, "other")
    with app.app_context():
        slip = db.session.query(Slip.id).scalar()
    assert other.get(f"/supplies/slips/{slip}").status_code == 404
    assert other.post(f"/supplies/slips/{slip}/undo").status_code == 404
    assert other.get(f"/supplies/items/{stocked.item}/ledger?place={stocked.here}").status_code == 404
    assert "1,200" not in other.get(f"/supplies/items/{stocked.item}").text
    assert "lines-0" not in post(other, stocked, CODE).text


def test_the_ledger_prints_and_downloads(keeper, stocked):
    printed = keeper.get(f"/supplies/items/{stocked.item}/ledger?format=print&since=2020-01-01")
    assert "1,200 瓶" in printed.text
    assert printed.mimetype == "text/html"
    assert keeper.get("/supplies?format=print").mimetype == "text/html"
    sheet = keeper.get(f"/supplies/items/{stocked.item}/ledger?format=xlsx")
    assert sheet.data.startswith(b"PK")
    assert keeper.get(f"/supplies/items/{stocked.item}/ledger?since=x").status_code == 422


def test_low_stock_is_marked_and_filtered(keeper, stocked):
    low = keeper.get("/supplies?low=low").text
    assert "库存低" in low
    assert "XS-02" not in low
    percent = keeper.get("/supplies?q=%25").text  # a person's % is itself: 75% alcohol
    assert ("XS-05" in percent, "XS-02" in percent) == (True, False)
    assert "物资" in keeper.get("/").text


def test_an_item_is_added_packed_coded_and_changed(keeper, stocked):
    item = {"code": "zz-1", "name": "帐篷", "category": "other", "unit_zh": "顶", "scale": "1", "low_level": "5"}
    made = keeper.post("/supplies/items/new", data=item)
    assert made.status_code == 303
    assert keeper.post("/supplies/items/new", data=item).status_code == 422
    assert keeper.post(f"{made.location}/packs", data={"name": "包", "quantity": "4"}).status_code == 303
    assert keeper.post(f"{made.location}/packs", data={"name": "袋", "quantity": "0.5"}).status_code == 422
    taken = keeper.post(f"{made.location}/barcodes", data={"barcode": "6901234567892"})
    assert (taken.status_code, "另一种物资" in taken.text) == (409, True)
    assert keeper.post(f"{made.location}/barcodes", data={"barcode": "6999999999997"}).status_code == 303
    assert keeper.post(f"{made.location}/edit", data=item | {"name": "大帐篷"}).status_code == 303
    assert "大帐篷" in keeper.get(made.location).text
    assert keeper.post("/scan", data={"code": "ZZ-1"}).location == made.location


def workbook(*rows):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [str(column.label) for column in ITEMS.columns])
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def upload(client, raw):
    return client.post("/supplies/import", data={"file": (io.BytesIO(raw), "x.xlsx")})


GOOD = ("ZZ-2", "棉被", "", "其他", "床", "1", "否", "10", "WH-01", "", "", "", "25")
LOTTED = ("ZZ-3", "口罩", "", "防护类", "只", "1", "是", "10", "WH-01", "L1", "", "2027-12-31", "25")


def test_a_good_sheet_is_previewed_then_imported_whole(app, keeper, stocked):
    second = (*LOTTED[:9], "L2", "", "2028-12-31", "5")
    with app.test_request_context():
        raw = workbook(GOOD, LOTTED, second)
    preview = upload(keeper, raw)
    assert preview.status_code == 200
    with app.app_context():
        assert queries.find_item_by_code("ZZ-2") is None
    key = re.search(r'name="key" value="([^"]+)"', preview.text).group(1)
    assert keeper.post("/supplies/import", data={"key": key}).status_code == 200
    with app.app_context():
        assert db.session.query(Move).count() == 4
        assert queries.verify_ledger() == []
        assert queries.find_item_by_code("ZZ-3").low_level == 10


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        ((*GOOD[:8], "WH-02", "", "", "", "5"), "I2"),  # another keeper's
        ((*GOOD[:12], "-1"), "M2"),
        ((*GOOD[:12], "0.5"), "M2"),
        ((*GOOD[:12], "9" * 30), "M2"),
        ((*LOTTED[:9], "", "", "2027-12-31", "5"), "J2"),
        ((*LOTTED[:9], "L1", "", "", "5"), "L2"),
        ((*LOTTED[:9], "L1", "", "soon", "5"), "L2"),
        (("ZZ_2", *GOOD[1:]), "A2"),
        (("XS-02", *GOOD[1:]), "B2"),
        ((*GOOD[:3], "食品", *GOOD[4:]), "D2"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_imported(app, keeper, stocked, row, cell):
    with app.app_context():
        before = db.session.query(Item).count()
    with app.test_request_context():
        raw = workbook(row)
    answer = upload(keeper, raw)
    assert answer.status_code == 422
    assert cell in answer.text
    with app.app_context():
        assert (db.session.query(Item).count(), db.session.query(Move).count()) == (before, 1)


def test_a_merged_cell_counts_once_and_the_gap_it_leaves_is_named(app, keeper, stocked):
    out = io.BytesIO()
    with app.test_request_context(), xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(([str(column.label) for column in ITEMS.columns], GOOD, ("", *GOOD[1:]))):
            sheet.write_row(number, 0, row)
        sheet.merge_range("A2:A3", GOOD[0])
    answer = upload(keeper, out.getvalue())
    assert answer.status_code == 422
    assert set(re.findall(r'<th scope="row">([A-Z]+[0-9]+)</th>', answer.text)) == {"A3"}
    assert "A2:A3 是合并的格子" in words_of(answer)


@pytest.mark.parametrize("raw", [b"", b"no workbook", b"PK\x03\x04 broken"])
def test_a_broken_workbook_is_refused(keeper, raw):
    assert upload(keeper, raw).status_code == 422

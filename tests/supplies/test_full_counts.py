"""A full count: which batches it enters as 0 and what is asked about, on the server as on the device; corrected too."""

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support import masters
from tests.support.device import Device
from tests.support.reading import words_of
from webapp.extensions import db
from webapp.kernel.parse.codes import lot_key
from webapp.supplies import kinds, queries
from webapp.supplies.counter import confirming
from webapp.supplies.counter.draft import LINE, blank
from webapp.supplies.rules import SlipKind
from webapp.sync.models import ReceivedEnvelope

GIVEN = json.loads((Path(__file__).parent / "full_counts.json").read_text(encoding="utf-8"))


@pytest.fixture
def item(app, house):
    """The id of an item that has no expiry, by the name the cases give it."""
    with app.app_context():
        return {"QT-02": queries.find_item_by_code("QT-02").id, "QT-04": queries.find_item_by_code("QT-04").id}


@pytest.fixture
def shelves(app, house, deliver, item):
    with app.app_context():
        for one in GIVEN["shelves"]:
            fields = {"item": item[one["item"]], "lot": one["lot"], "quantity": one["free"], "measure": "base"}
            if one["free"] and one["place"] == "here":
                assert deliver(kinds.IN, [fields], reason="purchase").receipt
    return house


@pytest.mark.parametrize("case", GIVEN["cases"], ids=[case["said"] for case in GIVEN["cases"]])
def test_a_full_count_names_and_asks_about_the_same_as_the_device(app, shelves, item, case):
    draft = blank(SlipKind.COUNT, shelves.here)
    draft.head["scope"] = case["scope"]
    for code, lot, quantity in case["lines"]:
        given = {"item": str(item[code]), "lot": lot, "quantity": quantity, "measure": "base"}
        draft.lines.append(dict.fromkeys(LINE, "") | given)
    with app.app_context():
        absent = [[one.item.code, one.lot, one.book] for one in confirming.not_found(draft)]
        asked = [[one.item.code, lot_key(one.lot), one.book, one.counted] for one in confirming.doubts_of(draft)]
    assert absent == case["not_found"]
    assert sorted(asked) == [[code, lot_key(lot), *steps] for code, lot, *steps in case["asked"]]


@pytest.mark.parametrize("case", GIVEN["cases"], ids=[case["said"] for case in GIVEN["cases"]])
def test_a_returned_count_asks_about_the_same(app, shelves, item, case):
    keeper = masters.signed_in(app, "keeper")
    device = Device(keeper)
    fields = {"place": str(shelves.here), "scope": case["scope"]}
    for number, (code, lot, quantity) in enumerate(case["lines"]):
        said = {"item": str(item[code]), "lot": lot, "quantity": quantity, "measure": "base"}
        fields |= {f"lines-{number}-{name}": text for name, text in said.items()}
    [told] = device.send(device.seal("stock.count", fields | {"unheard_of": "x"}))
    with app.app_context():
        url = f"/sync/returned/{db.session.scalars(select(ReceivedEnvelope.id)).one()}"
    answer = keeper.post(url, data=fields)
    assert (told["outcome"], answer.status_code) == ("returned", 409 if case["asked"] else 303)
    asked = answer.text.partition("data-doubts")[2].partition("</ul>")[0]
    rows = [re.sub(r"<[^>]*>|\s+", " ", row) for row in asked.split("<li>")[1:]]
    assert len(rows) == len(case["asked"])
    for code, lot, book, counted in case["asked"]:
        said = [code, lot.upper(), f"账面 {book} ", f"盘点 {counted} "]
        assert any(all(part in row.upper() for part in said) for row in rows)


def test_of_many_batches_the_first_stand_open_and_all_are_there(app, house, deliver, item):
    with app.app_context():
        for start in range(0, 300, 100):
            lots = range(start, start + 100)
            lines = [{"item": item["QT-02"], "lot": f"L{n:03}", "quantity": 2, "measure": "base"} for n in lots]
            assert deliver(kinds.IN, lines, reason="purchase").receipt
    fields = {"mode": "count", "act": "confirm", "place": str(house.here), "scope": "warehouse"}
    fields |= {"lines-0-item": str(item["QT-02"]), "lines-0-lot": "L000", "lines-0-quantity": "2"}
    page = masters.signed_in(app, "keeper").post("/supplies/counter", data=fields)
    assert page.status_code == 409
    for part in ("data-doubts", "data-not-found"):
        block = page.text.split(part, 1)[1].split("</details>")[0]
        opened, rest = block.split("<details>")
        assert (opened.count("<li>"), rest.count("<li>")) == (6, 293)


@pytest.mark.parametrize(("scope", "is_named"), [("listed", False), ("items", True)])
def test_a_returned_count_names_what_it_would_enter_as_0(app, house, stocked, deliver, line, scope, is_named):
    with app.app_context():
        deliver(kinds.IN, [line(1, lot="NOTFOUND22")], reason="purchase")
    keeper = masters.signed_in(app, "keeper")
    device = Device(keeper)
    fields = {"place": str(house.here), "scope": scope}
    fields |= {f"lines-0-{name}": str(value) for name, value in line(40, lot="", expires_on="").items()}
    [told] = device.send(device.seal("stock.count", fields))
    assert told["outcome"] == "returned"
    with app.app_context():
        envelope = db.session.scalars(select(ReceivedEnvelope.id)).one()
    page = words_of(keeper.get(f"/sync/returned/{envelope}"))
    assert ("确认后按 0 登记" in page) is is_named
    assert ("NOTFOUND22" in page) is is_named

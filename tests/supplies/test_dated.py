"""Goods past their date are no stock: what is low, usable, expiring and expired, on both sides of a day."""

import re
from datetime import timedelta

import pytest

from tests.support import masters
from tests.support.figures import figures, rows
from webapp.extensions import db
from webapp.kernel import clock
from webapp.supplies import kinds, queries
from webapp.supplies.models import Lot
from webapp.supplies.rules import SOON_DAYS

QUANTITY, LEVEL = 100, 50


@pytest.fixture
def shelf(app, house, deliver, line):
    """shelf(**days): a lot of 100 for each name that expires so many days from today; the item's level is 50."""

    def shelf(**days):
        today = clock.district_day(clock.now())
        with app.app_context():
            for lot in days:
                far = today + timedelta(days=900)
                deliver(kinds.IN, [line(QUANTITY, "base", lot=lot, expires_on=far.isoformat())], reason="purchase")
            for lot in db.session.query(Lot):
                lot.expires_on = today + timedelta(days=days[lot.number])
            queries.get_item(house.item).low_level = LEVEL
            db.session.commit()
            db.session.remove()
        return masters.signed_in(app, "keeper")

    return shelf


def state(client):
    """What the list says of the item: usable, expired, state."""
    page = client.get("/supplies?q=XS-02").text
    return [
        " ".join(re.sub(r"<[^>]+>", "", cell).split()) for cell in re.findall(r"<td[^>]*>(.*?)</td>", page, re.DOTALL)
    ]


def today_of(client):
    return {label: number for label, number, _url in figures(client.get("/").text)}


def test_an_item_whose_lots_have_all_expired_is_low_and_has_nothing_to_use(shelf):
    client = shelf(A=-1, B=-400)
    cells = state(client)
    assert cells[3:5] == ["0 瓶", "200 瓶"]
    assert "库存低" in cells
    assert rows(client, "/supplies?low=low&q=XS-02") == (1, "1")
    assert rows(client, "/supplies?low=expired&q=XS-02") == (1, "1")
    assert today_of(client)["已过期（批）"] == 2


def test_goods_are_stock_through_the_day_printed_on_them(shelf):
    client = shelf(A=0)
    cells = state(client)
    assert cells[3:5] == ["100 瓶", "—"]
    assert "库存低" not in cells
    assert rows(client, "/supplies?low=low&q=XS-02") == (0, "0")


def test_thirty_days_and_thirty_one_are_told_apart(shelf):
    client = shelf(YESTERDAY=-1, TODAY=0, LAST=SOON_DAYS, AFTER=SOON_DAYS + 1)
    counted = today_of(client)
    assert (counted["30 天内到期（批）"], counted["已过期（批）"]) == (2, 1)
    lots = {
        kind: re.findall(r"(YESTERDAY|TODAY|LAST|AFTER)<", client.get(f"/supplies/dated?state={kind}").text)
        for kind in ("expired", "soon", "good")
    }
    assert lots == {"expired": ["YESTERDAY"], "soon": ["TODAY", "LAST"], "good": ["AFTER"]}


def test_the_item_card_says_what_cannot_be_used(shelf, house):
    page = shelf(A=-1, B=9).get(f"/supplies/items/{house.item}").text
    assert '<span class="stat-value">100 瓶</span><span class="stat-label">可用结存合计' in page
    assert '<span class="stat-value">100 瓶</span><span class="stat-label">已过期，不能领用' in page

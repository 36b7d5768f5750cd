"""What was raised and issued over days: without undone slips, transfers and returns, by the day of the slip."""

from datetime import timedelta

import pytest

from tests.support import masters
from tests.support.reading import words_of
from webapp.accounts import queries as accounts
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.places import queries as places
from webapp.places.rules import PlaceKind
from webapp.supplies import kinds, queries

BOX = 30


@pytest.fixture
def turned(house):
    """turned(since, until): (received, issued, usable) of the item, as a commander of the district sees it."""
    id_ = masters.person(house.app, "commander", Role.COMMANDER)
    with house.app.app_context():
        reach = accounts.actor_of(accounts.find_person(id_)).through(Role.COMMANDER)

        def turned(since, until):
            row = queries.turnover(reach, since, until).get(house.item, queries.Turnover())
            return row.received, row.issued, queries.usable(reach, clock.district_day(clock.now())).get(house.item, 0)

        yield turned


def test_only_what_came_from_outside_is_raised_and_only_what_is_used_is_issued(house, deliver, line, turned, today):
    for reason in ("purchase", "donation", "allocation", "opening"):
        deliver(kinds.IN, [line(10)], reason=reason)
    deliver(kinds.OUT, [line(3)], reason="issue", other=house.hospital)
    deliver(kinds.OUT, [line(2)], reason="loss")
    deliver(kinds.TRANSFER, [line(4)], other=house.there)
    assert turned(today, today) == (30 * BOX, 3 * BOX, 35 * BOX)


def test_an_undone_slip_counts_on_neither_side(house, deliver, line, turned, today):
    incoming = deliver(kinds.IN, [line(10)], reason="purchase").receipt.uuid
    deliver(kinds.IN, [line(5)], reason="purchase")
    outgoing = deliver(kinds.OUT, [line(1)], reason="issue", other=house.hospital).receipt.uuid
    for slip in (outgoing, incoming):
        deliver(kinds.UNDO, [], slip=slip)
    assert turned(today, today) == (5 * BOX, 0, 5 * BOX)


def test_a_slip_belongs_to_its_day(house, deliver, line, turned, today, yesterday):
    deliver(kinds.IN, [line(10)], reason="purchase")
    assert turned(yesterday, yesterday)[:2] == (0, 0)
    assert turned(today, today + timedelta(days=1))[0] == 10 * BOX


def test_expired_goods_are_not_usable(house, deliver, line, turned, today, yesterday):
    deliver(kinds.IN, [line(2, lot="OLD", expires_on=yesterday), line(1)], reason="opening")
    assert turned(today, today)[2] == 1 * BOX


def test_another_reach_counts_its_own_warehouses(house, deliver, line, today):
    elsewhere = masters.place(house.app, "WH-09", PlaceKind.WAREHOUSE)
    id_ = masters.person(house.app, "keeper9", Role.KEEPER, place_id=elsewhere)
    with house.app.app_context():
        deliver(kinds.IN, [line(10)], reason="purchase")
        reach = accounts.actor_of(accounts.find_person(id_)).through(Role.KEEPER)
        turnover = queries.turnover(reach, today, today)
        assert turnover.get(house.item, queries.Turnover()) == queries.Turnover(0, 0)


@pytest.mark.only_on("sqlite")
def test_the_page_of_what_came_and_went_is_narrowed_and_leads_to_the_ledger(house, deliver, line, today, yesterday):
    mine = masters.unit(house.app, "SUP")
    with house.app.app_context():
        places.get_place(house.here).unit_id = mine
        db.session.commit()
        deliver(kinds.IN, [line(10)], reason="purchase")
        deliver(kinds.OUT, [line(3)], reason="issue", other=house.hospital)
    keeper = masters.signed_in(house.app, "keeper")
    days = {"since": today.isoformat(), "until": today.isoformat()}
    page = keeper.get("/supplies/turnover", query_string=days | {"unit": "SUP", "category": "disinfection"})
    assert "300瓶" in words_of(page).replace(" ", "")
    ledger = page.text.split('class="row-link" href="')[1].split('"')[0].replace("&amp;", "&")
    assert f"unit=SUP&since={today}" in ledger
    assert "300瓶" in words_of(keeper.get(ledger)).replace(" ", "")
    for other in ({"category": "protection"}, {"unit": "NONE"}, {"since": "2026-01-01", "until": "2026-01-02"}):
        assert "这段时间没有收发" in words_of(keeper.get("/supplies/turnover", query_string=days | other))
    wrong = keeper.get("/supplies/turnover", query_string={"since": today, "until": yesterday})
    assert wrong.status_code == 422
    assert "不能早于" in words_of(wrong)

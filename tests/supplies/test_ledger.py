"""The ledger by pages: every move once, the right balance beside it, and a cost that does not grow with its length."""

import io
import re
from datetime import timedelta
from uuid import UUID

import openpyxl
import pytest
from sqlalchemy import event, insert, text

from tests.support import masters
from webapp.extensions import db
from webapp.kernel import clock
from webapp.places.models import Place
from webapp.places.rules import PlaceKind
from webapp.supplies import queries
from webapp.supplies.models import Move, Slip
from webapp.supplies.queries import Turn
from webapp.supplies.rules import Reason, SlipKind

MANY, VERY_MANY = 320, 20_000


@pytest.fixture
def count(request):
    return getattr(request, "param", MANY)


@pytest.fixture
def long_ledger(app, stocked, count):
    """The stocked house with so many more moves of its one item, two to a minute, three in and one out by turns."""
    with app.app_context():
        known = db.session.query(Move).one()
        person = db.session.query(Slip).one().person_id
        use = db.session.query(Place).filter(Place.kind == PlaceKind.CONSUMPTION).first()
        away = use.id if use else stocked.hospital
        begins = known.stands_at - timedelta(days=20)
        slips, moves = [], []
        for number in range(count):
            slip_id = UUID(int=number + 1)
            at = begins + timedelta(minutes=number // 2)  # two to a minute: the time alone is no key
            is_in = number % 4 < 3
            kind, reason = (SlipKind.IN, Reason.PURCHASE) if is_in else (SlipKind.OUT, Reason.ISSUE)
            source, target = (known.from_id, stocked.here) if is_in else (stocked.here, away)
            slips.append(
                {"id": slip_id, "number": f"T{number}", "kind": kind, "place_id": stocked.here, "reason": reason}
                | {"person_id": person, "occurred_at": at, "stands_at": at, "received_at": at}
            )
            moves.append(
                {"slip_id": slip_id, "line_no": 1, "item_id": known.item_id, "lot_id": known.lot_id, "measure": "base"}
                | {"quantity": number % 7 + 1, "reason": reason, "stands_at": at, "event_id": slip_id}
                | {"from_id": source, "to_id": target}
            )
        db.session.execute(insert(Slip), slips)
        db.session.execute(insert(Move), moves)
        db.session.commit()
        db.session.execute(text("ANALYZE"))
        db.session.commit()
    return stocked


def walked(house, **period):
    """Every page from the latest back to the first, as one list of rows, oldest first."""
    period = {"since": None, "until": None} | period
    page = queries.ledger_of(house.item, [house.here], period["since"], period["until"])
    assert not page.has_later
    rows = list(page.rows)
    while page.has_earlier:
        page = queries.ledger_of(
            house.item, [house.here], period["since"], period["until"], Turn(before=page.rows[0].seq)
        )
        rows[:0] = page.rows
    return page, rows


def test_the_pages_hold_every_move_once_with_its_balance(app, long_ledger):
    with app.app_context():
        first, rows = walked(long_ledger)
        signed = [n % 7 + 1 if n % 4 < 3 else -(n % 7 + 1) for n in range(MANY)] + [1200]
        assert first.brought == 0
        assert [row.incoming - row.outgoing for row in rows] == signed
        balance, sums = 0, []
        for n in signed:
            balance += n
            sums.append(balance)
        assert [row.balance for row in rows] == sums
        assert first.closing == balance
        again = queries.ledger_of(long_ledger.item, [long_ledger.here], None, None, Turn(after=rows[49].seq))
        assert [row.seq for row in again.rows] == [row.seq for row in rows[50:100]]
        assert again.brought == sums[49]
        assert (again.has_earlier, again.has_later) == (True, True)


def test_a_period_opens_with_what_was_there_before(app, long_ledger):
    with app.app_context():
        _first, rows = walked(long_ledger)
        day = clock.district_day(rows[MANY // 2].stands_at)
        mine = [row for row in rows if clock.district_day(row.stands_at) == day]
        first, found = walked(long_ledger, since=day, until=day)
        assert [row.seq for row in found] == [row.seq for row in mine]
        assert first.opening == mine[0].balance - mine[0].incoming + mine[0].outgoing
        assert first.closing == mine[-1].balance


@pytest.mark.parametrize("count", [VERY_MANY], indirect=True)
def test_a_page_of_a_long_ledger_is_read_by_an_index_and_few_queries(app, long_ledger):
    with app.app_context():
        latest = queries.ledger_of(long_ledger.item, [long_ledger.here], None, None)
        middle = latest.rows[0].seq - 10_000
        said = []
        event.listen(db.engine, "before_cursor_execute", lambda *a: said.append((a[2], a[3])))
        queries.ledger_of(long_ledger.item, [long_ledger.here], None, None, Turn(before=middle))
        asked = [(sql, values) for sql, values in said if "FROM move" in sql]
        assert len(said) <= 8
        word = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
        page_sql, page_values = next((sql, values) for sql, values in asked if "JOIN lot" in sql)
        plan = str(db.session.connection().exec_driver_sql(word + page_sql, page_values).all())
        assert re.search(r"ix_move_(item|stands)", plan), plan
        assert not re.search(r"SCAN move|Seq Scan on move", plan), plan


def test_a_turn_that_is_no_move_of_the_item_is_the_latest_page(app, long_ledger):
    with app.app_context():
        latest = queries.ledger_of(long_ledger.item, [long_ledger.here], None, None)
        for wrong in (0, -1, 10**30, 10**9):
            page = queries.ledger_of(long_ledger.item, [long_ledger.here], None, None, Turn(before=wrong))
            assert [row.seq for row in page.rows] == [row.seq for row in latest.rows]


def test_the_page_turns_and_the_print_has_the_whole(app, long_ledger):
    keeper = masters.signed_in(app, "keeper")
    page = keeper.get(f"/supplies/items/{long_ledger.item}/ledger")
    assert "承前" in page.text
    earlier = re.search(r'rel="prev" href="([^"]+)"', page.text).group(1)
    assert keeper.get(earlier.replace("&amp;", "&")).status_code == 200
    for wrong in ("x", "9" * 40, "-3"):
        assert keeper.get(f"/supplies/items/{long_ledger.item}/ledger?before={wrong}").status_code == 200


def test_the_file_holds_every_move_and_paper_says_where_it_stops(app, long_ledger, monkeypatch):
    client = masters.signed_in(app, "keeper")
    monkeypatch.setattr("webapp.supplies.queries.ledger.CHUNK", 50)
    monkeypatch.setattr("webapp.supplies.queries.ledger.PRINTED", 100)
    url = f"/supplies/items/{long_ledger.item}/ledger"
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{url}?format=xlsx").get_data())).active
    headings, first, *moves = sheet.iter_rows(values_only=True)
    assert len(moves) == MANY + 1
    balance = first[headings.index("结存")]
    for move in moves:
        row = dict(zip(headings, move, strict=True))
        balance += row["收入"] - row["发出"]
        assert row["结存"] == balance
    paper = client.get(f"{url}?format=print").text
    assert f"只印出最近的 100 行（共 {MANY + 1} 行）" in paper
    assert paper.count('data-kind="moment"') == 100
    monkeypatch.setattr("webapp.supplies.queries.ledger.PRINTED", MANY + 1)
    assert "只印出最近的" not in client.get(f"{url}?format=print").text

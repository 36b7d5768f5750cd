"""What was booked before shelves followed from their slips keeps its balances, and verifies afterwards."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask_migrate import upgrade

from tests.conftest import DATABASES, make_settings
from tests.support import postgresql
from webapp import create_app
from webapp.extensions import db
from webapp.kernel.database import transaction
from webapp.kernel.numbers import next_number
from webapp.supplies import queries

START = datetime(2026, 3, 1, 8, tzinfo=UTC).replace(tzinfo=None)  # as the tables hold it
PERSON, HERE, THERE, SUPPLIER, USE, FOUND, LOSS, ITEM, LOT = (UUID(int=n) for n in range(1, 10))


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request, tmp_path):
    """An application whose database is as it was at 0003, empty."""
    url = f"sqlite:///{tmp_path}/instance/frontline.db"
    if request.param == "postgresql":
        if "postgresql" not in DATABASES:
            pytest.skip("not asked for")
        server = request.getfixturevalue("postgresql_broom")[0].rsplit("/", 1)[0]
        name = f"old_{uuid4().hex[:8]}"
        postgresql.run(server, f"CREATE DATABASE {name}")
        url = f"{server}/{name}"
    app = create_app(make_settings(tmp_path / "instance", url))
    with app.app_context():
        upgrade(revision="0003")
        yield app
        db.session.remove()
        db.engine.dispose()


class Past:
    """Writes rows as the older version did."""

    def __init__(self, session):
        self.session = session
        self.tables = sa.MetaData()
        self.tables.reflect(session.connection())
        self.held = {}
        self.seq = 0

    def add(self, table, **values):
        columns = self.tables.tables[table].columns
        filled = {name: value.hex if self._is_text(columns[name], value) else value for name, value in values.items()}
        self.session.execute(sa.insert(self.tables.tables[table]).values(**filled))

    @staticmethod
    def _is_text(column, value):
        return isinstance(value, UUID) and isinstance(column.type, sa.String)

    def slip(self, kind, reason, minute, *moves, reverses=None, late=False, number=None):
        """moves: (from, to, quantity), booked in this order whenever it happened."""
        id_ = uuid4()
        self.seq += 1
        at = START + timedelta(minutes=minute)
        received = START + timedelta(days=1, minutes=self.seq) if late else at
        content = {"content": "", "content_sha256": "0" * 64}
        self.add("entry", uuid=id_, kind=f"stock.{kind}", author_id=PERSON, received_at=received, **content)
        head = {
            "number": number or f"N{self.seq}",
            "kind": kind,
            "place_id": HERE,
            "reason": reason,
            "person_id": PERSON,
        }
        self.add("stock_slip", id=id_, **head, occurred_at=at, reverses_id=reverses)
        for number, (from_id, to_id, quantity) in enumerate(moves, 1):
            row = {"slip_id": id_, "line_no": number, "item_id": ITEM, "lot_id": LOT, "measure": "base"}
            ends = {"from_id": from_id, "to_id": to_id}
            self.add("move", **row, **ends, quantity=quantity, reason=reason, occurred_at=at)
            for place, steps in ((from_id, -quantity), (to_id, quantity)):
                if place in (HERE, THERE):
                    self.held[place] = self.held.get(place, 0) + steps
        return id_

    def balances(self):
        for place, on_hand in self.held.items():
            self.add("balance", item_id=ITEM, lot_id=LOT, place_id=place, on_hand=on_hand, reserved=0)


@pytest.fixture
def past(old):
    with db.session() as session:
        past = Past(session)
        words = {"username": "k", "name": "k", "password": "x", "is_closed": False}
        person = past.tables.tables["person"].columns
        needed = {c.name: _some(c) for c in person if not c.nullable and c.name not in ("id", *words)}
        past.add("person", id=PERSON, **needed, **{name: words[name] for name in words if name in person})
        kinds = {HERE: "warehouse", THERE: "warehouse", SUPPLIER: "supplier", USE: "consumption"}
        for id_, kind in (kinds | {FOUND: "found", LOSS: "loss"}).items():
            past.add("place", id=id_, code=f"P{id_.int}", name=kind, kind=kind, is_closed=False)
        item = {"code": "A", "name": "A", "name_en": "A", "category": "other", "unit_zh": "个", "unit_en": "pc"}
        past.add("item", id=ITEM, **item, scale=1, has_expiry=False, is_closed=False)
        past.add("lot", id=LOT, item_id=ITEM, number="")
        yield past


def _some(column):
    kind = column.type.python_type
    return START if kind is datetime else kind()


def test_every_balance_stays_and_the_ledger_verifies(old, past):
    past.slip("in", "purchase", 0, (SUPPLIER, HERE, 100))
    issue = past.slip("out", "issue", 10, (HERE, USE, 30))
    past.slip("count", "count", 20, (FOUND, HERE, 35), (HERE, LOSS, 5))  # two lines of one lot
    past.slip("undo", "undo", 30, (USE, HERE, 30), reverses=issue)
    past.slip("out", "issue", 5, (HERE, USE, 120), late=True)  # happened first, was booked last
    past.slip("count", "count", 6, late=True)  # found what the book said
    past.slip("transfer", "transfer", 40, (HERE, THERE, 10))
    past.balances()
    past.session.commit()
    held = dict(past.held)
    upgrade()
    db.session.rollback()
    table = sa.table("balance", sa.column("place_id", sa.Uuid()), sa.column("on_hand"))
    assert dict(db.session.execute(sa.select(table.c.place_id, table.c.on_hand)).all()) == held
    assert queries.verify_ledger() == []
    rows = queries.ledger_of(ITEM, [HERE], None, None).rows
    assert min(row.balance for row in rows) >= 0
    assert rows[-1].balance == held[HERE]
    assert [row.number for row in rows if row.booked_at] == ["N5"]
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        db.session.execute(sa.text("UPDATE move SET quantity = 1"))


def test_new_slips_are_numbered_behind_those_of_before(old, past):
    for number in ("RK260301-0009", "RK260301-0010", "CK260301-0007", "RK260228-12345"):
        past.slip("in", "purchase", 0, number=number)
    past.session.commit()
    upgrade()
    db.session.rollback()
    days = (date(2026, 3, 1), date(2026, 2, 28), date(2026, 3, 2))
    with transaction():
        numbers = [next_number(series, day) for series in ("RK", "CK") for day in days]
    assert numbers[:3] == ["RK260301-0011", "RK260228-12346", "RK260302-0001"]
    assert numbers[3:] == ["CK260301-0008", "CK260228-0001", "CK260302-0001"]


@pytest.mark.parametrize(("reason", "marks"), [(None, (True, None)), ("x", (False, 20))])
def test_what_was_listed_stays_listed_lot_by_lot(old, past, reason, marks):
    past.slip("in", "purchase", 0, (SUPPLIER, HERE, 100))
    count = past.slip("count", "count", 20, (FOUND, HERE, 20))
    past.slip("out", "issue", 15, (HERE, USE, 10), late=True)
    past.balances()
    past.session.commit()
    upgrade(revision="0017")
    id_ = count.hex if db.engine.dialect.name == "sqlite" else count
    with db.engine.begin() as connection:
        flagged = sa.text(
            "UPDATE stock_slip SET has_large_difference = :yes, difference_reason = :reason WHERE id = :id"
        )
        flagged = flagged.bindparams(sa.bindparam("yes", type_=sa.Boolean()))
        connection.execute(flagged, {"yes": True, "reason": reason, "id": id_})
        begun = sa.text("UPDATE stock_count SET begun_at = :at").bindparams(sa.bindparam("at", type_=sa.DateTime()))
        connection.execute(begun, {"at": START + timedelta(minutes=10)})
        stands = sa.text("UPDATE stock_slip SET stands_at = :at WHERE id = :id")  # 0005 let late slips stand last
        stands = stands.bindparams(sa.bindparam("at", type_=sa.DateTime()))
        connection.execute(stands, {"at": START + timedelta(days=9), "id": id_})
    upgrade()
    db.session.rollback()
    table = sa.table("stock_count", *(sa.column(n) for n in ("wants_reason", "explained", "is_disturbed")))
    [row] = db.session.execute(sa.select(table)).all()
    assert (bool(row.wants_reason), row.explained) == marks
    assert bool(row.is_disturbed) is True

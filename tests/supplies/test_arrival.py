"""The same slips in every order of arrival, through the entries as they are written, on both databases.

After every delivery the balances are what an independent reading of the rule says of the slips booked so far, and
the ledger verifies. What was acted on at the counter arrives as it happens; what comes from devices arrives whenever.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from webapp.extensions import db
from webapp.kernel import entries
from webapp.kernel.access import Role
from webapp.kernel.database import transaction
from webapp.kernel.entries import Travel
from webapp.kernel.errors import Refusal
from webapp.kernel.kinds import kinds as entry_kinds
from webapp.supplies import queries
from webapp.supplies.models import Balance, Lot, Slip, StockCount

SEED = 20261127
HISTORIES, ORDERS = 10, 3
START = datetime(2026, 3, 1, tzinfo=UTC)
LOTS = ("", "B2", "C3")


class Act:
    """Something that happens at a minute: at the counter, or on a device to arrive later."""

    def __init__(self, random, number, earlier):
        kinds = ["in", "out", "out", "transfer", "count", "full", "full", "opening"]
        undoable = [one for one in earlier if one.kind != "undo" and not any(a.undoes is one for a in earlier)]
        self.kind = random.choice([*kinds, "undo", "undo"] if undoable else kinds)
        self.undoes = random.choice(undoable) if self.kind == "undo" else None
        self.is_late = self.kind not in ("undo", "opening") and random.random() < 0.6
        self.minute = random.randrange(number + 1) if self.is_late else number
        self.uuid = UUID(int=random.getrandbits(128))
        # a count at the counter takes some minutes
        self.begun = random.randrange(number + 1) if self.is_count and not self.is_late else None
        self.lines = [
            (random.choice(LOTS), random.randrange(0 if self.is_count else 1, 50))
            for _ in range(random.choice((1, 1, 2, 3)))
        ]

    def __str__(self):
        late = " late" if self.is_late else ""
        return f"{self.kind}@{self.minute}{late} {self.undoes.lines if self.undoes else self.lines}"

    @property
    def is_count(self):
        return self.kind in ("count", "full", "opening")

    def effects(self):
        """(lot, warehouse) -> what the rule needs to know, lines of a lot added up."""
        sums = {}
        for lot, steps in self.lines:
            sums[lot] = sums.get(lot, 0) + steps
        if self.is_count:
            found = {(lot, "here"): ("counted", steps) for lot, steps in sums.items()}
            rest = {(lot, "here"): ("counted", 0) for lot in LOTS} if self.kind == "full" else {}
            return rest | found
        sign = 1 if self.kind == "in" else -1
        found = {(lot, "here"): ("net", sign * steps) for lot, steps in sums.items()}
        if self.kind == "transfer":
            found |= {(lot, "there"): ("net", steps) for lot, steps in sums.items()}
        return found


def expected(booked, stands):
    """The rule, read straight from the page: slips in order of stand, undone ones left out."""
    gone = {act.undoes for act in booked}
    shelves = dict.fromkeys([(lot, place) for lot in LOTS for place in ("here", "there")], 0)
    live = [act for act in booked if act.kind != "undo" and act not in gone]
    for act in sorted(live, key=lambda act: (stands[act.uuid], act.uuid)):
        for shelf, (what, steps) in act.effects().items():
            shelves[shelf] = steps if what == "counted" else max(0, shelves[shelf] + steps)
    return shelves


def marks(booked, stands):
    """Of counts and lots of the first warehouse: which are far from the book, and which goods moved while counted."""
    gone = {act.undoes for act in booked}
    live = [act for act in booked if act.kind != "undo" and act not in gone]
    live.sort(key=lambda act: (stands[act.uuid], act.uuid))
    far, disturbed = set(), set()
    for lot in LOTS:
        book, latest = 0, None
        for act in live:
            what, steps = act.effects().get((lot, "here"), (None, 0))
            if what == "counted":
                latest = act
                if abs(steps - book) * 100 > 20 * book:
                    far.add((act.uuid, lot))
            book = steps if what == "counted" else max(0, book + steps)
        if latest and latest.begun is not None and any(one == lot for one, _steps in latest.lines):
            window = (START + timedelta(minutes=latest.begun), stands[latest.uuid])
            later = booked[booked.index(latest) + 1 :]
            moved = [act for act in later if act in live and act.is_late and not act.is_count]
            moved = [act for act in moved if (lot, "here") in act.effects()]
            disturbed |= {(act.uuid, lot) for act in moved if window[0] <= stands[act.uuid] < window[1]}
    return far, disturbed


@pytest.fixture
def item(house):
    with house.app.app_context():
        return queries.find_item_by_code("QT-02").id  # goods without expiry


@pytest.fixture
def world(house, item):
    return World(house, item)


class World:
    def __init__(self, house, item):
        self.house, self.item = house, item

    def apply(self, act, at):
        """Book an act that arrives at a moment; a late one happened at its minute. False when it is refused."""
        fields = {"uuid": str(act.uuid), "place": str(self.house.here), "reason": "purchase", "counterparty": "x"}
        fields |= {"other": str(self.house.there)} if act.kind == "transfer" else {"other": ""}
        fields |= {"reason": "issue"} if act.kind == "out" else {}
        fields |= {"slip": str(act.undoes.uuid)} if act.undoes else {}
        fields |= {"scope": "warehouse"} if act.kind == "full" else {}
        for number, (lot, steps) in enumerate(act.lines):
            fields |= {f"lines-{number}-item": str(self.item), f"lines-{number}-lot": lot}
            fields |= {f"lines-{number}-quantity": str(steps)}
            if act.begun is not None:
                fields |= {f"lines-{number}-begun_at": (START + timedelta(minutes=act.begun)).isoformat()}
        name = {"full": "count", "opening": "count"}.get(act.kind, act.kind)
        kind = entry_kinds()[f"stock.{name}"]
        form = kind.form(MultiDict(fields))
        assert form.validate(), form.errors
        happened = START + timedelta(minutes=act.minute) if act.is_late else at
        with suppress(Refusal), db.session.begin_nested():
            values = entries.values_of(kind, MultiDict(fields), (), Travel(at), self.house.keeper)
            data = form.data | ({"reason": "opening"} if act.kind == "opening" else {})
            entries.apply(kind, values, data, (), by=self.house.keeper, at=happened, is_late=act.is_late)
            return True
        db.session.expire_all()
        return False

    def held(self):
        names = {self.house.here: "here", self.house.there: "there"}
        query = select(Lot.number, Balance.place_id, Balance.on_hand).join(Balance, Balance.lot_id == Lot.id)
        rows = db.session.execute(query.where(Balance.item_id == self.item))
        return {(lot, names[place]): on_hand for lot, place, on_hand in rows}

    def check(self, booked, said):
        stands = dict(db.session.execute(select(Slip.id, Slip.stands_at)).all())
        wanted = expected(booked, stands)
        held = dict.fromkeys(wanted, 0) | self.held()
        assert held == wanted, said
        assert queries.verify_ledger() == [], said
        lots = dict(db.session.execute(select(Lot.id, Lot.number)).all())
        far, disturbed = marks(booked, stands)
        wanting = select(StockCount.slip_id, StockCount.lot_id).where(StockCount.wants_reason)
        assert {(slip, lots[lot]) for slip, lot in db.session.execute(wanting)} == far, said
        listed = queries.to_count(self.house.keeper.through(Role.KEEPER))
        assert {(one.slip_id, one.lot) for one in listed if one.missing is None} == disturbed, said
        for places in ([self.house.here], [self.house.here, self.house.there]):
            rows = queries.ledger_of(self.item, places, None, None).rows
            assert all(row.balance >= 0 for row in rows), said
        return held


def arrivals(random, history):
    """An order of arrival: acts of the counter when they happen, late ones some time after; undo after its slip."""
    placed = []
    for number, act in enumerate(history):
        after = number if not act.is_late else random.randrange(act.minute, len(history))
        placed.append((after, act.is_late, random.random(), act))
    return [act for _after, _late, _random, act in sorted(placed, key=lambda one: one[:3])]


def test_the_balance_follows_from_the_set_of_slips_in_every_order(app, world):
    random = Random(SEED)
    with app.app_context():
        for history_number in range(HISTORIES):
            history = []
            for number in range(random.randrange(3, 8)):
                history.append(Act(random, number, history))
            outcomes = {}
            for _ in range(ORDERS):
                order = arrivals(random, history)
                said = f"seed {SEED}, history {history_number}: " + ", ".join(map(str, order))
                with transaction():
                    booked = []
                    for number, act in enumerate(order):
                        if act.undoes and act.undoes not in booked:
                            continue
                        at = START + timedelta(minutes=max([act.minute, *(a.minute for a in order[:number])]))
                        at += timedelta(seconds=1 + number)
                        if world.apply(act, at):
                            booked.append(act)
                        assert act in booked or not act.is_late, said  # a late fact is never refused for stock
                        held = world.check(booked, said)
                    key = frozenset(act.uuid for act in booked)
                    assert outcomes.setdefault(key, held) == held, said
                    db.session.rollback()

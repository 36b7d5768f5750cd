"""The rule of a shelf: the same balance in every order of arrival, by hand-worked examples and by random histories."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random
from uuid import UUID

import pytest

from webapp.supplies.rules import Event, resettle, settle

START = datetime(2026, 3, 1, tzinfo=UTC)
HISTORIES = 300


def event(at, net=0, counted=None, number=None):
    return Event(START + timedelta(minutes=at), UUID(int=number if number is not None else at), net, counted)


class Shelf:
    """A shelf to which events arrive one by one, only ever adding corrections, as the service does."""

    def __init__(self):
        self.events = {}

    @property
    def balance(self):
        return sum(one.net + one.fix for one in self.events.values())

    def arrive(self, new):
        after = sorted((one for one in self.events.values() if one.stand > new.stand), key=lambda one: one.stand)
        before = self.balance - sum(one.net + one.fix for one in after)
        self.events[new.slip] = new
        self._correct(resettle(before, new, after))

    def undo(self, slip):
        gone = self.events.pop(slip)
        after = sorted((one for one in self.events.values() if one.stand > gone.stand), key=lambda one: one.stand)
        self._correct(resettle(self.balance - sum(one.net + one.fix for one in after), None, after))

    def _correct(self, changes):
        for one, change in changes:
            self.events[one.slip] = Event(one.at, one.slip, one.net, one.counted, one.fix + change)


OPEN = event(0, 100)
EXAMPLES = [
    ("a late issue before a count", [OPEN, event(20, counted=70), event(10, -30)], 70),
    ("goods in before a count", [event(20, counted=50), event(10, 50)], 50),
    ("two counts", [OPEN, event(20, counted=70), event(10, counted=40), event(5, 50)], 70),
    ("an issue of an unknown stock", [event(10, -8), event(5, 20), event(30, counted=11)], 11),
    ("more issued than there was, and nobody counted", [event(0, 20), event(10, -15), event(20, -18)], 0),
    ("a count that finds nothing", [OPEN, event(20, counted=0), event(10, -30)], 0),
]


@pytest.mark.parametrize(("events", "balance"), [one[1:] for one in EXAMPLES], ids=[one[0] for one in EXAMPLES])
def test_every_order_of_arrival_gives_the_same_balance(events, balance):
    assert settle(events)[0] == balance
    for order in permutations(events):
        shelf = Shelf()
        for one in order:
            shelf.arrive(one)
        assert shelf.balance == balance, order


def test_an_undone_slip_is_taken_away_where_it_stood():
    shelf = Shelf()
    for one in (OPEN, event(10, -30), event(20, counted=100)):
        shelf.arrive(one)
    shelf.undo(UUID(int=10))
    assert shelf.balance == 100  # and not the 130 of an undo that stands now
    shelf.undo(UUID(int=20))
    assert shelf.balance == 100


def test_undoing_a_count_brings_back_what_the_book_said():
    shelf = Shelf()
    for one in (OPEN, event(10, -30), event(20, counted=100)):
        shelf.arrive(one)
    shelf.undo(UUID(int=20))
    assert shelf.balance == 70


def test_slips_of_the_same_moment_stand_by_their_ids():
    events = [event(0, 10), event(5, counted=3, number=2), event(5, 4, number=1), event(5, -2, number=3)]
    for order in permutations(events):
        shelf = Shelf()
        for one in order:
            shelf.arrive(one)
        assert shelf.balance == 1  # the 4 before the count are absorbed, the 2 after it are not


@pytest.mark.parametrize("seed", [20261127])
def test_random_histories_follow_from_their_set(seed):
    random = Random(seed)
    for _ in range(HISTORIES):
        events = []
        for number in range(random.randrange(2, 9)):
            at, steps = random.randrange(9), random.randrange(60)
            is_count = random.random() < 0.4
            events.append(
                event(at, 0 if is_count else random.choice((steps, -steps)), steps if is_count else None, number)
            )
        gone = random.sample(events, random.randrange(2))
        wanted, fixes = settle(one for one in events if one not in gone)
        for _order in range(6):
            random.shuffle(events)
            shelf = Shelf()
            for one in events:
                shelf.arrive(one)
                running = settle(shelf.events.values())
                assert (shelf.balance, {one.slip: one.fix for one in shelf.events.values()}) == running, seed
            for one in gone:
                shelf.undo(one.slip)
            assert shelf.balance == wanted, seed
            assert {one.slip: one.fix for one in shelf.events.values()} == fixes, seed

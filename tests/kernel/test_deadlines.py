"""What is owed has one shape and a key; of a key and a level there is one."""

from datetime import timedelta

import pytest

from webapp.kernel import clock, deadlines
from webapp.kernel.access import Actor, Grant, Role
from webapp.kernel.deadlines import Due, DueRows, Level, key_of

NOW = clock.now()
INSPECTOR = Actor(None, "i", "i", (Grant(Role.INSPECTOR),))


def due(subject, hours, level=Level.NORMAL):
    at, key = NOW + timedelta(hours=hours), key_of("test", subject)
    return Due(key=key, kind="test", due_at=at, who=(Role.INSPECTOR,), level=level, what="", where="", url="")


@pytest.fixture
def owed(app, monkeypatch):
    """owed(rows, ...): the keys and levels of what an inspector owes, when providers offer these rows."""

    def owed(*offers):
        offered = tuple(DueRows(roles, lambda _reach, _at, rows=rows: rows) for roles, rows in offers)
        monkeypatch.setitem(app.extensions, "frontline.due_rows", offered)
        with app.app_context():
            return [(row.key, row.level) for row in deadlines.everything_due(INSPECTOR, NOW)]

    return owed


def test_the_worst_comes_first_then_the_soonest(owed):
    rows = [due("a", 1), due("b", 3, Level.CRITICAL), due("c", 2, Level.CRITICAL), due("d", -1, Level.WARNING)]
    assert [key for key, _level in owed(((Role.INSPECTOR,), rows))] == ["test:c", "test:b", "test:d", "test:a"]


def test_a_key_stands_there_once_at_each_level(owed):
    twice = [due("a", 1), due("a", 1), due("a", 1, Level.CRITICAL)]
    offers = ((Role.INSPECTOR,), twice), ((Role.INSPECTOR, Role.AUDITOR), [due("a", 1)])
    assert owed(*offers) == [("test:a", Level.CRITICAL), ("test:a", Level.NORMAL)]


def test_what_other_roles_owe_is_not_offered(owed):
    assert owed(((Role.COMMANDER,), [due("a", 1)])) == []


def test_a_time_has_gone_by_only_afterwards():
    row = due("a", 0)
    assert not row.is_overdue(NOW)
    assert row.is_overdue(NOW + timedelta(microseconds=1))

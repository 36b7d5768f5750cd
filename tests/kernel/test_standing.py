"""C23 and C7: who stands how is asked inside the transaction; what the database gave up is done again."""

import threading

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError

from tests.inspections.conftest import filled, ward  # noqa: F401  a fixture
from tests.support import masters
from webapp.accounts import queries as accounts
from webapp.accounts.models import Person
from webapp.accounts.service import persons
from webapp.extensions import db
from webapp.inspections.kinds import INSPECTION
from webapp.kernel import clock, database, entries
from webapp.kernel.access import Role
from webapp.kernel.database import retried, transaction
from webapp.kernel.errors import Refusal


def test_whoever_is_disabled_before_the_transaction_records_nothing(app, ward, monkeypatch):  # noqa: F811
    """The request was let in, then the administrator pressed: 2 to 10 ms were enough."""
    from werkzeug.datastructures import MultiDict

    masters.administrator(app)
    with app.test_request_context():
        boss = accounts.actor_of(accounts.find_by_username("administrator"))
        real = entries.values_of

        def disabled_meanwhile(*args):
            values = real(*args)
            persons.disable_person(ward.actor.id, by=boss, at=clock.now())
            return values

        monkeypatch.setattr(entries, "values_of", disabled_meanwhile)
        with pytest.raises(Refusal, match="actor-disabled"):
            entries.deliver(INSPECTION, MultiDict(filled(ward.here)), by=ward.actor, at=clock.now())
        assert db.session.scalars(select(entries.Entry)).all() == []


def test_a_role_lost_before_the_transaction_does_not_count_in_it(app, ward, monkeypatch):  # noqa: F811
    from werkzeug.datastructures import MultiDict

    masters.administrator(app)
    with app.test_request_context():
        boss = accounts.actor_of(accounts.find_by_username("administrator"))
        real = entries.values_of

        def moved_meanwhile(*args):
            values = real(*args)
            changes = persons.Changes(name="王", post=None, phone=None, unit_id=None, language=None, grants=())
            persons.change_person(ward.actor.id, changes, by=boss, at=clock.now())
            return values

        monkeypatch.setattr(entries, "values_of", moved_meanwhile)
        with pytest.raises(Refusal, match="place-out-of-reach"):
            entries.deliver(INSPECTION, MultiDict(filled(ward.here)), by=ward.actor, at=clock.now())


@pytest.mark.only_on("postgresql")
def test_two_transactions_that_wait_for_each_other_both_succeed(app):
    ids = [masters.person(app, f"person{number}", Role.AUDITOR) for number in (1, 2)]
    both, tries, faults = threading.Barrier(2, timeout=30), [], []

    def work(order):
        def attempt():
            tries.append(order)
            with transaction() as session:
                session.execute(text("SET LOCAL deadlock_timeout = '50ms'"))
                session.execute(update(Person).where(Person.id == order[0]).values(name=Person.name + "x"))
                if tries.count(order) == 1:
                    both.wait()
                session.execute(update(Person).where(Person.id == order[1]).values(name=Person.name + "x"))

        with app.app_context():
            try:
                retried(attempt)
            except Exception as error:
                faults.append(error)

    threads = [threading.Thread(target=work, args=(order,)) for order in (ids, ids[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert len(tries) == 3, "one of them was given up, once"
    with app.app_context():
        assert [name[-2:] for name in db.session.scalars(select(Person.name))] == ["xx", "xx"]


@pytest.mark.parametrize(("sqlstate", "tries"), [("40P01", 6), ("40001", 6), ("57014", 1), (None, 1)])
def test_only_what_the_database_gave_up_is_done_again_and_not_for_ever(monkeypatch, sqlstate, tries):
    monkeypatch.setattr(database.time, "sleep", lambda _seconds: None)
    done = []

    def work():
        done.append(1)
        raise OperationalError("", {}, type("Fault", (Exception,), {"sqlstate": sqlstate})())

    with pytest.raises(OperationalError):
        retried(work)
    assert len(done) == tries

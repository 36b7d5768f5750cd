"""Numbers of documents: by series and day, given away once, in the transaction of their document."""

from datetime import date

import pytest

from webapp.kernel.database import transaction
from webapp.kernel.numbers import DocumentNumber, next_number

FRIDAY, SATURDAY = date(2026, 11, 27), date(2026, 11, 28)


def test_each_series_and_day_counts_by_itself(app):
    with app.app_context(), transaction():
        numbers = [next_number(series, day) for series, day in (("RK", FRIDAY), ("CK", FRIDAY), ("RK", SATURDAY))]
        numbers.append(next_number("RK", FRIDAY))
    assert numbers == ["RK261127-0001", "CK261127-0001", "RK261128-0001", "RK261127-0002"]


def take_and_fail():
    with transaction():
        next_number("RK", FRIDAY)
        raise ZeroDivisionError


def test_a_number_of_what_was_not_written_is_given_away_again(app):
    with app.app_context():
        with pytest.raises(ZeroDivisionError):
            take_and_fail()
        with transaction():
            assert next_number("RK", FRIDAY) == "RK261127-0001"


def test_nothing_is_numbered_outside_the_transaction_that_writes_it(app):
    with app.app_context(), pytest.raises(RuntimeError, match="transaction"):
        next_number("RK", FRIDAY)


def test_more_than_four_digits_are_written_out(app):
    with app.app_context(), transaction() as session:
        session.add(DocumentNumber(series="RK", day=FRIDAY, last=9_998))
        session.flush()
        assert [next_number("RK", FRIDAY) for _ in range(2)] == ["RK261127-9999", "RK261127-10000"]

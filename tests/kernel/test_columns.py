from datetime import UTC, datetime
from decimal import Decimal

import pytest

from webapp.kernel.access import Role
from webapp.kernel.columns import Decimals, Enumerated, UtcDateTime, canonical


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="zone"):
        UtcDateTime().process_bind_param(datetime(2026, 11, 24), None)  # noqa: DTZ001


def test_a_moment_comes_back_aware():
    at = datetime(2026, 11, 24, 8, 5, tzinfo=UTC)
    column = UtcDateTime()
    assert column.process_result_value(column.process_bind_param(at, None), None) == at


@pytest.mark.parametrize("text", ["6.5", "-0.25", "0", "99999999.99"])
def test_decimals_are_exact(text):
    column = Decimals(2)
    assert column.process_result_value(column.process_bind_param(Decimal(text), None), None) == Decimal(text)


def test_a_place_too_many_is_refused():
    with pytest.raises(ValueError, match="places"):
        Decimals(1).process_bind_param(Decimal("36.65"), None)


def test_an_unknown_code_in_the_database_is_an_error():
    with pytest.raises(ValueError, match="janitor"):
        Enumerated(Role).process_result_value("janitor", None)


def test_one_value_has_one_text():
    assert canonical({"b": 1, "a": ["限值"]}) == '{"a":["限值"],"b":1}'

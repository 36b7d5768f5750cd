from datetime import UTC, date, datetime

import pytest

from webapp.kernel import clock


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        (datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 16, 0, 0, tzinfo=UTC), date(2026, 11, 24)),
    ],
)
def test_a_district_day_begins_at_local_midnight(app, utc, day):
    with app.app_context():
        assert clock.district_day(utc) == day


def test_a_day_is_bounded_by_two_midnights(app):
    with app.app_context():
        start, end = clock.day_bounds(date(2026, 11, 24))
    assert start == datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert end == datetime(2026, 11, 24, 16, tzinfo=UTC)

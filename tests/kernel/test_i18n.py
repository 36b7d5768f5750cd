"""Days as people read them."""

from datetime import UTC, date, datetime

import pytest
from flask_babel import force_locale

from webapp.kernel import clock
from webapp.kernel.i18n import write_day


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("now", "day", "words"),
    [
        (datetime(2026, 11, 24, tzinfo=UTC), date(2026, 1, 1), "1月1日"),
        (datetime(2026, 11, 24, tzinfo=UTC), date(2020, 1, 1), "2020年1月1日"),
        (datetime(2026, 12, 31, 15, 59, tzinfo=UTC), date(2027, 1, 1), "2027年1月1日"),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1), "1月1日"),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2026, 12, 31), "2026年12月31日"),
        (datetime(2026, 11, 24, tzinfo=UTC), datetime(2025, 12, 31, 16, 0, tzinfo=UTC), "1月1日"),
    ],
)
def test_a_day_of_another_year_shows_its_year(app, monkeypatch, now, day, words):
    monkeypatch.setattr(clock, "now", lambda: now)
    with app.test_request_context(), force_locale("zh_CN"):
        assert write_day(day) == words

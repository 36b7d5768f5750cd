"""Days as people read them, and what a text costs."""

import sys
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from flask import render_template_string
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


MOST_CALLS = 40  # of functions for a text; with Flask-Babel's own gettext 90


@pytest.mark.only_on("sqlite")
def test_a_text_of_a_template_costs_few_calls(app):
    def calls(count):
        template = app.jinja_env.from_string("{{ _('提交') }}" * count)
        template.render()  # warms what is kept between requests
        counts = Counter()
        sys.setprofile(lambda _frame, event, _argument: counts.update((event,)))
        try:
            template.render()
        finally:
            sys.setprofile(None)
        return counts["call"] + counts["c_call"]

    with app.test_request_context():
        assert 0 < calls(110) - calls(10) <= 100 * MOST_CALLS


@pytest.mark.only_on("sqlite")
def test_a_text_of_a_template_is_in_the_language_forced_upon_it_with_its_values_escaped(app):
    source = "{{ _('提交') }} {{ _('%(n)s 人', n='<b>') }} {{ _('100%%') }}"
    with app.test_request_context():
        assert render_template_string(source) == "提交 &lt;b&gt; 人 100%"
        with force_locale("en"):
            assert render_template_string(source).startswith("Submit ")
        assert render_template_string(source).startswith("提交 ")

"""The page of holidays, and how expectations follow it."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tests.reports import office
from tests.support import masters
from tests.support.reading import words_of
from webapp.district.models import CalendarDay
from webapp.extensions import db
from webapp.kernel.database import transaction
from webapp.reports.models import ReportDue
from webapp.reports.rules import AHEAD, Days, Owed

pytestmark = pytest.mark.only_on("sqlite")
MONDAY = date(2026, 10, 5)


def listed(unit):
    return set(db.session.scalars(sa.select(ReportDue.day).where(ReportDue.unit_id == unit)))


def weekend(day):
    return day.isoweekday() > 5


@pytest.fixture
def unit(app):
    """A unit that reports on working days, since today, which is one whatever the day of the week."""
    unit = masters.unit(app, "A")
    with app.app_context():
        with transaction() as session:
            session.add(CalendarDay(day=office.today(), is_workday=True, name=""))
        office.set_up(unit, since=office.today(), days=Days.WORKDAYS)
    return unit


def save(administrator, year, text, seen=""):
    return administrator.post("/reports/calendar", data={"year": year, "listed": text, "seen": seen})


def test_expectations_follow_the_calendar_for_the_days_after_today(app, administrator, unit):
    with app.app_context():
        today = office.today()
        coming = [today + timedelta(days=number) for number in range(1, AHEAD + 1)]
        before = listed(unit)
        assert {day for day in coming if not weekend(day)} | {today} == before
    texts = {}
    for day in [today, *coming]:
        texts.setdefault(day.year, []).append(f"{day} {'上班' if weekend(day) and day != today else '放假'}")
    for year, lines in texts.items():
        seen = page_of(administrator, year)
        assert save(administrator, year, "\n".join(lines), seen=seen).status_code == 303
    with app.app_context():
        assert listed(unit) == {day for day in coming if weekend(day)} | {today}, "today stays as it was"
    for year in texts:
        assert save(administrator, year, "", seen=page_of(administrator, year)).status_code == 303
    with app.app_context():
        assert listed(unit) == before


def page_of(administrator, year):
    page = administrator.get(f"/reports/calendar?year={year}").text
    return page.partition('<textarea name="seen" hidden>')[2].partition("</textarea>")[0]


def test_a_line_that_is_wrong_is_named_and_nothing_is_lost(administrator):
    answer = save(administrator, 2026, "2026-10-01 放假\n2026-10-08")
    assert answer.status_code == 422
    assert "第 2 行：有日期，但没有写“放假”还是“上班”。" in words_of(answer)
    assert "2026-10-01 放假" in answer.text
    assert "这一年还没有放假和调休" in words_of(administrator.get("/reports/calendar?year=2026"))


def test_of_two_administrators_the_second_sees_what_the_first_saved(administrator):
    assert save(administrator, 2026, "2026-10-01 放假 国庆节").status_code == 303
    answer = save(administrator, 2026, "2026-05-01 放假")
    assert answer.status_code == 409
    assert "刚才已有人改过" in words_of(answer)
    assert "2026-05-01 放假" in answer.text
    assert "国庆节" in words_of(answer)
    assert save(administrator, 2026, "2026-05-01 放假", seen="2026-10-01 放假 国庆节").status_code == 303


def test_the_days_of_a_kind_are_all_working_days_or_weekdays():
    with_holiday = {MONDAY: False}
    monday, saturday = MONDAY, MONDAY + timedelta(days=5)
    assert Owed(Days.EVERY, "", with_holiday).between(monday, saturday) == days_from(monday, 6)
    assert Owed(Days.WORKDAYS, "", with_holiday).between(monday, saturday) == days_from(monday, 5)[1:]
    assert Owed(Days.WEEKDAYS, "16", with_holiday).between(monday, saturday) == [monday, saturday]


def days_from(day, count):
    return [day + timedelta(days=number) for number in range(count)]

"""What the page of a figure says of the numbers that were signed for its day."""

import pytest
from werkzeug.datastructures import MultiDict

from tests.reports import office
from tests.support import masters
from tests.support.counting import counted
from tests.support.reading import words_of
from webapp.kernel import entries, records
from webapp.kernel.access import Role
from webapp.publicity.kinds import PUBLICITY
from webapp.reports.kinds import SIGNING

pytestmark = pytest.mark.usefixtures("yesterday")
HEADING = "和签报的数比"
NOBODY = "这一天还没有单位签报过这个数字。"


@pytest.fixture
def yesterday(app, street, hang):
    """Seven banners of yesterday in the east, signed; then one record is corrected and one comes later."""
    day = office.days_ago(1)
    with app.app_context():
        first = hang("east", 3, day)
        hang("east", 4, day)
        due = office.due(street.kind, street.units["east"], day)
        office.sign(SIGNING, office.filled(due, n_l1=8, r_l1="漏了一条"), street.by["east"])
        fields = dict(entries.fields_of(first)) | {"count": "5", "corrects": str(first), "reason": "数错了"}
        office.sign(records.correction_of(PUBLICITY), MultiDict(fields), street.by["east"])
        street.late, street.first = hang("east", 6, day), first
    street.day = day
    return street


def figure(client, **query):
    return client.get("/figures/publicity.banner", query_string=query)


def test_a_signed_number_stands_beside_the_present_one_with_the_records_behind_it(yesterday):
    page = figure(yesterday.clients["commander"], until=yesterday.day)
    words = words_of(page)
    assert "单位EAST 每日疫情防控日报：悬挂横幅 · 第 1 版" in words
    assert "8 当时系统算出 7 15 +7 新到 1、更改 1、减少 0 条" in words
    for record in (yesterday.late, yesterday.first):
        assert f'href="/publicity/{record}">回执号 ' in page.text


def test_a_number_that_did_not_change_agrees(app, yesterday, hang):
    with app.app_context():
        due = office.due(yesterday.kind, yesterday.units["west"], yesterday.day)
        hang("west", 2, yesterday.day)
        office.sign(SIGNING, office.filled(due), yesterday.by["west"])
    words = words_of(figure(yesterday.clients["commander"], until=yesterday.day, unit="WEST"))
    assert "2 2 一致 没有变动" in words
    assert "EAST 每日" not in words


def test_only_what_the_reader_may_see_is_compared(yesterday):
    own, other = (words_of(figure(yesterday.clients[name], until=yesterday.day)) for name in ("east", "west"))
    assert ("单位EAST" in own, NOBODY in own) == (True, False)
    assert ("单位EAST" in other, NOBODY in other) == (False, True)


def test_a_period_a_place_and_a_figure_that_nobody_signs_have_nothing_to_compare(yesterday):
    commander = yesterday.clients["commander"]
    assert HEADING not in words_of(figure(commander, since=office.days_ago(2), until=yesterday.day))
    assert HEADING not in words_of(figure(commander, until=yesterday.day, place="-"))
    assert HEADING not in words_of(commander.get(f"/figures/reports.signed?until={yesterday.day}"))
    inspector = masters.member(yesterday.app, Role.INSPECTOR)
    assert HEADING not in words_of(inspector.get(f"/figures/inspections.checks?until={yesterday.day}"))


@pytest.mark.only_on("sqlite")
def test_more_signed_units_cost_no_more_statements(app, yesterday, hang):
    def cost():
        figure(yesterday.clients["commander"], until=yesterday.day)
        with counted(app) as statements:
            assert figure(yesterday.clients["commander"], until=yesterday.day).status_code == 200
        return len(statements)

    before = cost()
    with app.app_context():
        due = office.due(yesterday.kind, yesterday.units["west"], yesterday.day)
        office.sign(SIGNING, office.filled(due), yesterday.by["west"])
        hang("west", 2, yesterday.day)
    assert 0 < cost() <= before

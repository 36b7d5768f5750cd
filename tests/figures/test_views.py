"""The catalogue and the page of a figure: numbers that open exactly their rows, and words for bad input."""

import re
from datetime import timedelta
from html import unescape

import pytest

from tests.figures.records import fill
from tests.figures.recount import DAYS, FIRST, district, midnight
from tests.support import masters
from tests.support.counting import counted
from tests.support.figures import rows
from tests.support.reading import words_of
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.feature import installed
from webapp.places.models import Place

LINKED = re.compile(r'<td class="num"><a class="row-link" href="([^"]+)">([\d,]+)</a></td>')
OWN = re.compile(r'<a class="stat" href="([^"]+)"[^>]*><span class="stat-value">([^<]+)<')
LAST = FIRST + timedelta(days=DAYS)
ARRIVALS = "/figures/checkpoints.arrivals"


def linked(html):
    """(address, number) of the page's own number, of every part and of every day."""
    pairs = OWN.findall(html) + LINKED.findall(html)
    return [(unescape(url), int(number.replace(",", ""))) for url, number in pairs]


def number(answer):
    """The page's own number."""
    assert answer.status_code == 200, words_of(answer)
    return OWN.search(answer.text).group(2)


@pytest.fixture
def world(app, monkeypatch):
    """A visit at places of three units, each on the last day, and a banner without a place, seen at noon."""
    monkeypatch.setattr(clock, "now", lambda: midnight(LAST) + timedelta(hours=12))
    world, at = district(app), midnight(LAST)
    visit = {"at": at, "decision": "pass", "companions": 0, "is_undone": False, "has_left": False}
    banner = {"means": "banner", "count": 7, "unit": "B", "place": None, "from_on": LAST, "days": None}
    records = dict.fromkeys(("inspection", "finding", "slip"), ())
    visits = [visit | {"place": place} for place in ("P-1", "P-12", "P-3", "P-3", "P-4")]
    banners = [banner | {"is_void": False, "is_old": False}]
    with app.app_context():
        fill(world, records | {"visit": visits, "publicity": banners})
        db.session.commit()
    world.commander, world.below = masters.signed_in(app, "district"), masters.signed_in(app, "unit")
    return world


def test_the_catalogue_names_the_figures_that_the_reader_may_open(app):
    figures = [figure for feature in installed(app) for figure in feature.figures]
    for role in (Role.COMMANDER, Role.CLERK, Role.INSPECTOR, Role.ADMINISTRATOR):
        page = masters.member(app, role).get("/figures/").text
        listed = set(re.findall(r'href="/figures/([a-z_.]+)"', page))
        assert listed == {figure.code for figure in figures if role in app.view_functions[figure.endpoint].allowed}
        assert ("checkpoints.arrivals" in listed, "publicity.banner" in listed) == (
            role is Role.COMMANDER,
            role in (Role.COMMANDER, Role.CLERK),
        )


def test_a_figure_beyond_a_readers_roles_is_closed_to_them(app):
    clerk = masters.member(app, Role.CLERK)
    assert clerk.get(ARRIVALS).status_code == 403
    assert clerk.get("/figures/publicity.banner").status_code == 200
    assert clerk.get("/figures/publicity.none").status_code == 404


CODES = (
    "checkpoints.arrivals",
    "inspections.checks",
    "inspections.open_findings",
    "supplies.outgoing",
    "supplies.incoming",
    "supplies.low",
    "tasks.open",
)


@pytest.mark.parametrize("code", CODES)
def test_every_number_on_a_page_opens_exactly_its_rows(demonstration, code):
    client = masters.signed_in(demonstration, "commander")
    since = clock.district_day(clock.now()) - timedelta(days=2)
    wrong, seen = [], 0
    for query in ({"since": since, "trend": "13w"}, {"unit": "DISTRICT"}, {"place": "WH-01"}):
        for url, number in linked(client.get(f"/figures/{code}", query_string=query).text):
            seen += number > 0
            if rows(client, url)[0] != number:
                wrong.append((query, url, number, rows(client, url)))
    assert wrong == []
    assert seen > 2, "nothing is compared with nothing"


def test_numbers_stand_by_unit_with_those_below_and_by_place(world):
    words = words_of(world.commander.get(ARRIVALS))
    assert number(world.commander.get(ARRIVALS)) == "5"
    for part in ("单位A 2", "单位A1 1", "单位B 2", "没有单位的 1", "场所P-3 2", "场所P-12 1"):
        assert part in words, part
    assert "是 0 的单位（1 个） 单位A11" in words


def test_a_number_is_narrowed_by_unit_and_place(world):
    numbers = {
        query: number(world.commander.get(f"{ARRIVALS}?{query}"))
        for query in ("unit=A", "unit=A1", "unit=-", "place=p1", "place=场所P-1", "unit=A&place=P-3", f"until={FIRST}")
    }
    assert list(numbers.values()) == ["2", "1", "1", "1", "2", "0", "0"]


def test_a_reader_of_a_unit_counts_their_own(world):
    assert number(world.below.get(ARRIVALS)) == "1"
    answer = world.below.get(f"{ARRIVALS}?unit=B")
    assert (answer.status_code, "请从列出的选项中选择。" in words_of(answer)) == (422, True)
    assert "单位B" not in words_of(world.below.get(ARRIVALS))


def test_rows_without_a_place_have_a_line_that_opens_them(world):
    page = world.commander.get("/figures/publicity.banner")
    assert (number(page), "没有写场所的 7" in words_of(page)) == ("7", True)
    (url,) = [url for url, _number in linked(page.text) if "place=-" in url]
    assert rows(world.commander, url)[0] == 1


def test_a_moved_place_takes_its_records_to_its_new_unit(world):
    with world.app.app_context():
        db.session.get(Place, world.places["P-12"]).unit_id = world.units["B"]
        db.session.commit()
    assert [number(world.commander.get(f"{ARRIVALS}?unit={unit}")) for unit in ("A1", "B")] == ["0", "3"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"until": "yesterday"}, "请按 2026-11-24 的样子填写日期。"),
        ({"until": LAST + timedelta(days=1)}, "还没有到这一天。请填今天或以前的日期。"),
        ({"since": LAST, "until": FIRST}, "不能早于“自”。"),
        ({"since": LAST - timedelta(days=366)}, "一次最多看一年（366 天）。请把日期改近一些。"),
        ({"trend": "15d"}, "请从列出的选项中选择。"),
        ({"unit": "Z"}, "请从列出的选项中选择。"),
    ],
)
def test_a_bad_filter_says_what_to_do_and_keeps_what_was_typed(world, query, sentence):
    answer = world.commander.get(ARRIVALS, query_string=query | {"place": "场所P"})
    assert (answer.status_code, sentence in words_of(answer), 'value="场所P"' in answer.text) == (422, True, True)
    last = {"since": LAST - timedelta(days=365), "until": LAST, "trend": "30d", "unit": "A"}
    assert world.commander.get(ARRIVALS, query_string=last).status_code == 200


def test_an_unknown_place_is_not_taken_for_a_zero(world):
    sentence = "没有名称或编号是“P-9”的场所，所以是 0。"
    assert sentence in words_of(world.commander.get(f"{ARRIVALS}?place=P-9"))
    assert "所以是 0" not in words_of(world.commander.get(f"{ARRIVALS}?place=P-2"))


def test_a_figure_of_the_present_has_no_days_and_one_of_items_no_units(world):
    page = words_of(world.commander.get("/figures/inspections.open_findings?until=2020-01-01"))
    assert "这是现在的数字，没有以前某一天的数字。" in page
    assert ("走势" in page, "各单位、各场所都是 0" in page) == (False, True)
    page = words_of(world.commander.get("/figures/alerts.open"))
    assert ("这个数字不分单位和场所。" in page, "各单位" in page) == (True, False)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("code", ["checkpoints.arrivals", "publicity.screen", "inspections.to_check", "supplies.low"])
def test_a_page_costs_few_statements_whatever_the_days_units_and_places(demonstration, code):
    client, since = masters.signed_in(demonstration, "commander"), clock.district_day(clock.now()) - timedelta(days=300)
    yesterday = clock.district_day(clock.now()) - timedelta(days=1)
    for query, most in (({"since": since, "trend": "12m"}, 7), ({"unit": "DISTRICT"}, 9), ({"until": yesterday}, 9)):
        client.get(f"/figures/{code}", query_string=query)
        with counted(demonstration) as statements:
            assert client.get(f"/figures/{code}", query_string=query).status_code == 200
        assert 0 < len(statements) <= most


def test_the_period_stays_from_figure_to_figure(world):
    scope = f"since={FIRST}&amp;until={LAST}&amp;unit=A&amp;trend=12m"
    page = world.commander.get(f"{ARRIVALS}?{unescape(scope)}").text
    assert f'href="/figures/?{scope}"' in page
    assert f'href="/figures/checkpoints.refused?{scope}"' in page
    assert f'href="/figures/inspections.checks?{scope}"' in world.commander.get(f"/figures/?{unescape(scope)}").text


def test_a_trend_of_months_sums_what_happens_and_takes_the_largest_day_of_what_lasts(world):
    with world.app.app_context():
        screen = {"means": "screen", "unit": "B", "place": None, "days": 3, "is_void": False, "is_old": False}
        fill(
            world,
            dict.fromkeys(("visit", "inspection", "finding", "slip"), ())
            | {"publicity": [screen | {"count": 4, "from_on": FIRST}, screen | {"count": 2, "from_on": LAST}]},
        )
        db.session.commit()
    months = words_of(world.commander.get("/figures/publicity.screen?trend=12m"))
    assert "11月1日 至 11月7日 4 10月1日 至 10月31日 0" in months
    assert "每段取其中最多那天的数量。" in months


def test_a_figure_of_reports_has_no_places(world):
    answer = world.commander.get("/figures/reports.signed?place=P-1")
    assert (answer.status_code, 'name="place"' in answer.text) == (200, False)

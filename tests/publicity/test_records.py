"""Recording, reading and adding up; tests/kernel/test_record_pages.py has the pages that the kernel draws."""

import re
from datetime import date
from html import unescape
from types import SimpleNamespace
from uuid import uuid4

import pytest

from tests.support import masters
from tests.support.device import Device
from tests.support.reading import words_of
from webapp.accounts import queries as accounts
from webapp.kernel.access import Role
from webapp.publicity import queries

PERIOD = {"since": date(2026, 11, 1), "until": date(2026, 11, 30)}


@pytest.fixture
def zone(app):
    """A zone with a clerk and a place, another unit, the auditor of the district."""
    ours, theirs = masters.unit(app, "ZONE"), masters.unit(app, "CITY")
    place = masters.place(app, "CP-03", unit_id=ours)
    clerk, auditor = masters.member(app, Role.CLERK, unit_id=ours), masters.member(app, Role.AUDITOR)
    return SimpleNamespace(app=app, ours=ours, theirs=theirs, place=place, clerk=clerk, auditor=auditor)


def fields(zone, **changes):
    typed = {"means": "banner", "count": "60", "unit": zone.ours, "place": zone.place, "area": "", "uuid": uuid4()}
    return {name: str(value) for name, value in (typed | {"from_on": "2026-11-02", "note": "主干道"} | changes).items()}


def recorded(zone, **changes):
    answer = zone.clerk.post("/publicity", data=fields(zone, **changes))
    assert answer.status_code == 303, words_of(answer)
    return answer.location


def figures(zone, **filters):
    with zone.app.test_request_context():
        reach = accounts.actor_of(accounts.find_by_username("auditor")).through(Role.AUDITOR)
        return {figure["label"]: figure["value"] for figure in queries.figures(reach, PERIOD | filters)}


def test_a_count_has_the_unit_of_its_means(zone):
    page = recorded(zone)
    assert "60 条" in words_of(zone.clerk.get(page))
    assert "场所CP-03" in words_of(zone.auditor.get("/publicity?place=cp-03&means=banner&since=2026-11-02"))
    assert '60,"条"' in zone.auditor.get("/publicity?format=csv").get_data(as_text=True)


def test_a_bad_form_says_what_is_missing_and_keeps_what_was_typed(zone):
    for changes, sentence in [
        ({"place": ""}, "请选择这一项，或填写“区域”。"),
        ({"count": "0"}, "应在 1 到 100000 之间。"),
        ({"until_on": "2026-11-01"}, "不能早于“开始日期”。"),
        ({"place": "nonsense"}, "请从列出的选项中选择。"),
    ]:
        answer = zone.clerk.post("/publicity", data=fields(zone, **changes))
        assert (answer.status_code, sentence in words_of(answer)) == (422, True), changes
        assert "主干道" in answer.text
    for changes in ({"place": "", "area": "主干道"}, {"count": "1"}, {"until_on": "2026-11-02"}):
        recorded(zone, **changes)


def test_nobody_records_for_another_unit(zone):
    answer = zone.clerk.post("/publicity", data=fields(zone, unit=zone.theirs))
    assert (answer.status_code, figures(zone)) == (409, {})
    assert "不在您的管辖范围内" in words_of(answer)
    device = Device(zone.clerk)
    late = [device.seal("publicity", fields(zone, unit=unit)) for unit in (zone.theirs, zone.ours)]
    outcomes = [(outcome["outcome"], outcome.get("code")) for outcome in device.send(*late)]
    assert outcomes == [("returned", "publicity-out-of-reach"), ("receipt", None)]


def test_figures_follow_the_newest_version(zone):
    page = recorded(zone)
    changes = {"corrects": page.rsplit("/", 1)[1], "reason": "点错了"}
    newer = zone.clerk.post(f"{page}/correct", data=fields(zone, count="66", **changes)).location
    assert figures(zone) == {"横幅（条）": 66}
    zone.clerk.post(f"{newer}/void", data=changes | {"corrects": newer.rsplit("/", 1)[1], "uuid": uuid4()})
    assert figures(zone) == {}


def test_each_means_adds_up_by_its_rule_and_opens_the_rows_it_counts(zone):
    for means in ("banner", "screen"):
        recorded(zone, means=means, count="20", from_on="2026-10-20", until_on="2026-11-01")
        recorded(zone, means=means, count="12", from_on="2026-11-03", until_on="2026-11-05")
        recorded(zone, means=means, count="8", from_on="2026-11-05")
    assert figures(zone) == {"横幅（条）": 20, "LED屏（处）": 20}
    assert figures(zone, since=date(2026, 10, 20)) == {"横幅（条）": 40, "LED屏（处）": 20}
    assert figures(zone, since=date(2026, 11, 2)) == {"横幅（条）": 20, "LED屏（处）": 20}
    assert figures(zone, until=date(2026, 11, 4)) == {"横幅（条）": 12, "LED屏（处）": 20}
    listed = zone.auditor.get("/publicity", query_string=PERIOD).text
    addresses = [unescape(url) for url in re.findall(r'class="stat" href="([^"]+)"', listed)]
    counts = [re.search(r'data-count="(\d+)"', zone.auditor.get(url).text).group(1) for url in addresses]
    assert counts == ["2", "3"]

"""The frame's entries, the hubs they open, and the jump box."""

import re

import pytest

from tests.support import masters
from tests.support.reading import words_of
from webapp.kernel.access import Role
from webapp.kernel.navigation import AREAS

pytestmark = pytest.mark.only_on("sqlite")
MOST_ENTRIES = 9
FRAGMENT = {"HX-Request": "true"}


def rail(client):
    """The frame's entries above Me: (address, label)."""
    frame = re.search(r'<nav class="rail".*?<div class="rail-foot">', client.get("/today").text, re.DOTALL)[0]
    return re.findall(r'<a href="([^"]+)"[^>]*><svg.*?<span>([^<]+)</span></a>', frame, re.DOTALL)


def found(client, text):
    """The addresses that the jump box answers with."""
    return re.findall(
        r'class="answer" href="([^"]+)"', client.post("/jump", data={"code": text}, headers=FRAGMENT).text
    )


def test_with_every_area_there_are_not_too_many_entries():
    assert 1 + len(AREAS) <= MOST_ENTRIES, "Today and one entry for each area"


@pytest.mark.parametrize("role", masters.CAST)
def test_each_entry_of_the_frame_opens(app, role):
    client = masters.member(app, role)
    entries = rail(client)
    assert entries[0] == ("/today", "今日")
    assert len({label for _url, label in entries}) == len(entries) <= MOST_ENTRIES
    assert {url: client.get(url).status_code for url, _label in entries} == dict.fromkeys(dict(entries), 200)


def test_a_hub_shows_the_pages_and_next_acts_of_its_area(app):
    hub = masters.member(app, Role.KEEPER).get("/areas/supplies").text
    main = hub[hub.index('id="area"') :]
    assert 'href="/supplies/counter" data-primary' in main
    assert 'href="/supplies/slips' in main
    assert "/inspections" not in main
    assert "stat-label" in main


@pytest.mark.parametrize(("role", "area"), [(Role.KEEPER, "checks"), (Role.COMMANDER, "waste"), (Role.KEEPER, "none")])
def test_a_hub_without_a_page_for_the_person_is_not_there(app, role, area):
    assert masters.member(app, role).get(f"/areas/{area}").status_code == 404


def test_the_jump_box_finds_pages_places_items_and_slips_in_scope(app):
    mine, other = masters.unit(app, "A"), masters.unit(app, "B")
    here, there = masters.place(app, "H-01", unit_id=mine), masters.place(app, "H-02", unit_id=other)
    inspector = masters.member(app, Role.INSPECTOR, unit_id=mine)
    assert found(inspector, "待整改") == ["/inspections/findings"]
    assert found(inspector, "场所H") == [f"/places/{here}"]
    assert found(inspector, "h－01") == [f"/places/{here}"]
    assert f"/places/{there}" not in found(masters.member(app, Role.KEEPER, unit_id=mine), "场所H-02")
    assert found(inspector, "  ") == []
    assert "没有找到“绿巨人”。" in words_of(inspector.post("/jump", data={"code": "绿巨人"}, headers=FRAGMENT))


def test_the_jump_box_says_when_there_are_more(app):
    for number in range(5):
        masters.place(app, f"H-0{number}")
    keeper = masters.member(app, Role.KEEPER)
    assert len(found(keeper, "场所H")) == 5
    masters.place(app, "H-05")
    assert found(keeper, "场所H")[5:] == ["/places/?text=%E5%9C%BA%E6%89%80H"]


def test_a_person_is_found_by_name_or_username_by_those_who_may_see_them(app):
    unit = masters.unit(app, "A")
    hidden = masters.person(app, "zhang.wei", Role.KEEPER, name="欧阳·小敏")
    administrator = masters.administrator(app)
    for text in ("Zhang.Wei ", "小敏", "欧阳小敏"):
        assert found(administrator, text) == [f"/persons/{hidden}"], text
    assert found(administrator, "zhang") == []  # a part of a username, and of no name
    masters.person(app, "small", Role.ADMINISTRATOR, unit_id=unit)
    masters.person(app, "stranger", Role.INSPECTOR)
    for text in ("zhang.wei", "小敏"):
        assert found(masters.signed_in(app, "small"), text) == []
        assert found(masters.signed_in(app, "stranger"), text) == []


def test_more_persons_of_a_name_than_are_shown_open_the_list(app):
    administrator = masters.administrator(app)
    for number in range(5):
        masters.person(app, f"one{number}", Role.KEEPER, name=f"欧阳{number}")
    assert len(found(administrator, "欧阳")) == 5
    masters.person(app, "one5", Role.KEEPER, name="欧阳5")
    assert found(administrator, "欧阳")[5:] == ["/persons?name=%E6%AC%A7%E9%98%B3"]


def test_without_a_script_the_scan_page_answers_words_too(app):
    keeper = masters.member(app, Role.KEEPER)
    assert keeper.post("/scan", data={"code": "出入库单据"}).location == "/supplies/slips"
    several = keeper.post("/scan", data={"code": "出入库"})
    assert (several.status_code, several.location) == (200, None)
    assert 'href="/supplies/counter"' in several.text
    assert keeper.post("/jump", data={"code": "x"}).location == "/scan"


def test_a_text_longer_than_any_name_finds_nothing_and_breaks_nothing(app):
    keeper = masters.member(app, Role.KEEPER)
    assert found(keeper, "a" * 60_000) == []
    assert keeper.post("/scan", data={"code": "%" * 60_000}).status_code == 200

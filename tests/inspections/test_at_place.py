"""What a place's page tells of its checks, and the order in which places are offered for the next one."""

import re
from datetime import timedelta

from werkzeug.datastructures import MultiDict

from tests.inspections.conftest import INFECTIOUS, filled
from tests.inspections.test_versions import BAD, LOW, void
from tests.support import masters
from tests.support.counting import counted
from tests.support.reading import words_of
from webapp.accounts import queries as accounts
from webapp.inspections.choosing import choices
from webapp.inspections.kinds import INSPECTION
from webapp.kernel import clock, entries
from webapp.kernel.access import Role
from webapp.places.rules import PlaceKind

FRAGMENT = {"HX-Request": "true"}
HOUR = timedelta(hours=1)


def test_a_place_shows_checks_findings_and_readings(ward, check):
    with ward.app.app_context():
        now = clock.now()
        check(at=now - 30 * HOUR, **LOW)
        check(at=now - 20 * HOUR, **LOW | {"chlorine_tank": "7.7"})
        check(at=now - 10 * HOUR, **BAD)
        wrong = check(at=now - 5 * HOUR, **LOW | {"chlorine_tank": "9.9"}).receipt.uuid
        void(ward.actor, wrong)
    page = masters.signed_in(ward.app, "inspector").get(f"/places/{ward.here}")
    words = words_of(page)
    assert "无直排、偷排、溢流" in words
    assert "限值 6.5–10" in words
    assert "最近 2 次读数" in words
    assert "9.9" not in words
    assert "尚未检查" in words  # medical waste
    assert page.text.count('class="chart-dot"') == 1
    assert page.text.count('class="chart-out"') == 1
    assert page.text.count('class="chart-bound"') == 2
    assert len(re.findall(r'href="/inspections/[0-9a-f-]{36}"', page.text)) == 5  # three checks, two readings


def test_the_cost_of_a_place_does_not_grow_with_its_checks(ward, check):
    client = masters.signed_in(ward.app, "inspector")
    with ward.app.app_context():
        check(**LOW)
    client.get(f"/places/{ward.here}")
    with counted(ward.app) as few:
        client.get(f"/places/{ward.here}")
    with ward.app.app_context():
        for hours in range(1, 9):
            check(at=clock.now() - hours * HOUR, **LOW, **BAD)
    with counted(ward.app) as many:
        assert client.get(f"/places/{ward.here}").status_code == 200
    assert len(many) == len(few)


def test_a_place_that_cannot_be_checked_has_no_card(ward):
    gate = masters.place(ward.app, "G-01", PlaceKind.CHECKPOINT)
    commander = masters.member(ward.app, Role.COMMANDER)
    assert "checks-here" not in commander.get(f"/places/{gate}").text
    assert "checks-here" in commander.get(f"/places/{ward.there}").text


def test_waste_checked_today_does_not_hide_that_wastewater_never_was(ward, check):
    masters.person(ward.app, "chief", Role.INSPECTOR)
    both = masters.place(ward.app, "H-03", **INFECTIOUS)
    with ward.app.app_context():
        actor = accounts.actor_of(accounts.find_by_username("chief"))
        for place, codes in ((ward.here, 2), (ward.there, 2), (both, 1)):
            for code in ("medical-waste", "hospital-wastewater")[:codes]:
                deliver(actor, place, code)
        found, _more = choices(actor.through(Role.INSPECTOR), "", None)
        assert [choice.place.code for choice in found] == ["H-03", "H-01", "H-02"]
        assert [last is None for _checklist, last in found[0].checklists] == [True, False]


def deliver(actor, place, code):
    delivery = entries.deliver(INSPECTION, MultiDict(filled(place, code)), by=actor, at=clock.now())
    assert delivery.receipt, delivery.form.errors


def test_places_are_found_while_typing_by_code_and_by_parts_of_the_name(ward):
    masters.person(ward.app, "chief", Role.INSPECTOR)
    chief = masters.signed_in(ward.app, "chief")
    for text in ("h02", "Ｈ－０２", "场所 02"):
        answer = chief.get("/inspections/new", query_string={"q": text}, headers=FRAGMENT)
        assert ("场所H-02" in answer.text, "场所H-01" in answer.text) == (True, False), text
        assert answer.text.lstrip().startswith('<div id="choices"')
    assert 'value="h02"' in chief.get("/inspections/new?q=h02").text

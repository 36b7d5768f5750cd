"""A page of Today that polls is told what is new, and costs next to nothing while there is nothing new."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest

from tests.support import masters
from tests.support.counting import counted
from tests.tasks.conftest import wall
from webapp.kernel import clock
from webapp.kernel.access import Role

POLL = re.compile(r'hx-get="([^"]+)" hx-trigger="every (\d+)s"')
FRAGMENT = {"HX-Request": "true"}
MINUTE = timedelta(minutes=1)


def polled(page):
    """The address that a page or an answer polls next."""
    return unescape(POLL.search(page.text)[1])


@pytest.fixture
def at(monkeypatch):
    """at(moment): it is this time now."""
    evening = clock.now().replace(hour=15, minute=30, second=5)  # 23:30 in the district

    def at(after=timedelta(0)):
        monkeypatch.setattr(clock, "now", lambda: evening + after)

    at()
    return at


@pytest.fixture
def commander(app, at):
    return masters.member(app, Role.COMMANDER)


def test_a_poll_is_empty_while_nothing_is_new_and_costs_two_statements(app, commander):
    url = polled(commander.get("/today"))
    with counted(app) as statements:
        answer = commander.get(url, headers=FRAGMENT)
    assert (answer.status_code, answer.data) == (204, b"")
    assert 0 < len([text for text in statements if text != "BEGIN"]) <= 2, statements


def test_a_poll_brings_what_somebody_did_meanwhile(app, commander):
    url = polled(commander.get("/today"))
    masters.unit(app, "A")
    assert commander.get(url, headers=FRAGMENT).status_code == 204, "recorded, and nothing on this page"
    task = {"what": "检查门岗", "unit": masters.unit(app, "B"), "due": wall(clock.now() + timedelta(days=1))}
    assert commander.post("/assignments", data=task | {"uuid": str(uuid4())}).status_code == 303
    answer = commander.get(url, headers=FRAGMENT)
    assert (answer.status_code, "<h1>" in answer.text) == (200, False)
    assert commander.get(polled(answer), headers=FRAGMENT).status_code == 204


def test_a_deadline_that_passes_is_drawn_though_nobody_did_anything(commander, at):
    url = polled(commander.get("/today"))
    at(MINUTE)
    assert commander.get(url, headers=FRAGMENT).status_code == 204, "drawn anew, and the same"
    at(timedelta(hours=1))
    assert commander.get(url, headers=FRAGMENT).status_code == 200, "cards lead to another day"


def test_another_person_or_language_is_not_taken_for_the_same(app, commander):
    url = polled(commander.get("/today"))
    other = masters.member(app, Role.KEEPER)
    other.get("/today")
    assert other.get(url, headers=FRAGMENT).status_code == 200
    url = polled(commander.get("/today"))
    commander.post("/language", data={"language": "en"})
    assert "Alerts" in commander.get(url, headers=FRAGMENT).text


@pytest.mark.parametrize("seen", ["", "x", "0" * 5000, "😀"])
def test_a_poll_that_shows_nothing_known_gets_everything(commander, seen):
    assert commander.get("/today/live", query_string={"seen": seen}, headers=FRAGMENT).status_code == 200
    assert commander.get("/today/live", query_string={"seen": seen}).location == "/today"


PARTS = {
    Role.COMMANDER: {"reports", "alerts", "tasks", "inspections", "checkpoints", "supplies", "publicity"},
    Role.CLERK: {"reports", "publicity"},
    Role.INSPECTOR: {"inspections"},
    Role.GATEKEEPER: {"checkpoints"},
    Role.KEEPER: {"supplies"},
    Role.AUDITOR: {
        "audit",
        "evils",
        "reports",
        "alerts",
        "tasks",
        "inspections",
        "checkpoints",
        "supplies",
        "publicity",
    },
    Role.ADMINISTRATOR: {"alerts", "sync", "masters"},
}


@pytest.mark.parametrize("role", PARTS)
def test_every_role_has_the_cards_that_concern_it_and_each_number_has_a_page(app, role):
    client = masters.member(app, role)
    page = client.get("/today").text
    assert set(re.findall(r'aria-labelledby="today-([a-z]+)"', page)) == PARTS[role]
    for url in re.findall(r'class="stat-more" id="[^"]+" href="([^"]+)"', page):
        assert client.get(unescape(url)).status_code == 200, url


def test_an_administrator_of_a_unit_has_no_card_of_devices(app):
    page = masters.member(app, Role.ADMINISTRATOR, unit_id=masters.unit(app, "A")).get("/today")
    assert (page.status_code, 'id="today-sync"' in page.text) == (200, False)


def test_what_is_overdue_comes_before_the_figures(app, at):
    own = masters.person(app, "chief", Role.COMMANDER)
    commander = masters.signed_in(app, "chief")
    task = {"what": "检查门岗", "person": own, "due": wall(clock.now() + MINUTE)}
    assert commander.post("/assignments", data=task | {"uuid": str(uuid4())}).status_code == 303
    is_first = {}
    for after in (timedelta(0), 2 * MINUTE):
        at(after)
        page = commander.get("/today").text
        is_first[after] = page.index('id="due-title"') < page.index('aria-labelledby="today-')
    assert is_first == {timedelta(0): False, 2 * MINUTE: True}

"""Pages offer to give what they show as an assignment, and those who read the journal its history."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support import masters
from tests.support.reading import words_of

pytestmark = pytest.mark.only_on("sqlite")
# The list that leads to the first page of each sort, and what such an address begins with.
PAGES = {
    "/reports/list?state=missing": "/reports/due/",
    "/reports/list?state=late": "/reports/",
    "/alerts/all": "/alerts/",
    "/inspections/findings": "/inspections/findings/",
    "/inspections": "/inspections/",
    "/publicity": "/publicity/",
    "/checkpoints/visits": "/checkpoints/visits/",
    "/supplies/slips": "/supplies/slips/",
    "/supplies": "/supplies/items/",
    "/places/": "/places/",
    "/briefings/": "/briefings/",
}
UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def first_page(client, listed, begins):
    answer = client.get(listed)
    assert answer.status_code == 200, listed
    found = re.search(rf'href="({re.escape(begins)}{UUID})"', answer.text)
    return found and found.group(1)


def test_every_record_offers_to_assign_it_to_a_leader_and_to_nobody_else(demonstration):
    commander, auditor = (masters.signed_in(demonstration, name) for name in ("commander", "auditor"))
    lacking = {}
    for listed, begins in PAGES.items():
        address = first_page(commander, listed, begins)
        assert address, f"the demonstration has nothing on {listed}"
        page = commander.get(address).text
        offers = [unescape(link) for link in re.findall(r'href="(/assignments/new\?[^"]*source=[^"]+)"', page)]
        given = [parse_qs(urlsplit(link).query) for link in offers]
        if len(given) != 1 or not all(commander.get(link).status_code == 200 for link in offers):
            lacking[address] = given
        assert "/assignments/new" not in auditor.get(address).text
    assert lacking == {}


def test_what_an_alert_or_a_report_is_about_comes_with_the_offer(demonstration):
    commander = masters.signed_in(demonstration, "commander")
    expected = first_page(commander, "/reports/list?state=missing", "/reports/due/")
    link = unescape(re.search(r'href="(/assignments/new\?[^"]+)"', commander.get(expected).text).group(1))
    query = parse_qs(urlsplit(link).query)
    assert query["source"] == [expected]
    assert "补报" in query["what"][0]
    assert "补报" in commander.get(link).text
    given = words_of(commander.get(expected))
    assert "履历" not in given, "a commander does not read the journal"


@pytest.mark.parametrize(
    ("reader", "listed", "begins"),
    [
        ("auditor", "/reports/list?state=in", "/reports/"),
        ("auditor", "/briefings/", "/briefings/"),
        ("auditor", "/assignments?state=any", "/assignments/"),
        ("administrator", "/alerts/rules", "/alerts/rules/"),
        ("administrator", "/alerts/channels", "/alerts/channels/"),
        ("administrator", "/reports/kinds", "/reports/kinds/"),
        ("administrator", "/briefings/templates", "/briefings/templates/"),
    ],
)
def test_whoever_reads_the_journal_finds_the_history_of_what_a_page_shows(demonstration, reader, listed, begins):
    client = masters.signed_in(demonstration, reader)
    address = first_page(client, listed, begins)
    page = client.get(address)
    assert "履历" in words_of(page), address
    assert 'href="/journal?record=' in page.text

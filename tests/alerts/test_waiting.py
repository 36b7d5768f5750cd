"""What an open page is told about alerts: how many wait, and since when the newest may be heard."""

from datetime import timedelta

import pytest

from tests.support import masters
from tests.support.counting import counted
from webapp.alerts.rules import loud_at
from webapp.kernel import clock
from webapp.kernel.deadlines import Level

from tests.alerts.conftest import NOON  # isort: skip

MINUTE = timedelta(minutes=1)
NIGHT = NOON.replace(hour=22)
QUIET = (22, 7)
ASK = {"Frontline-Alerts": "1", "HX-Request": "true"}


@pytest.mark.parametrize(
    ("raised", "level", "now", "heard"),
    [
        (NIGHT - MINUTE, Level.WARNING, NIGHT, NIGHT - MINUTE),
        (NIGHT, Level.WARNING, NIGHT, None),
        (NIGHT, Level.CRITICAL, NIGHT, NIGHT),
        (NIGHT, Level.WARNING, NIGHT + timedelta(hours=9) - MINUTE, None),
        (NIGHT, Level.WARNING, NIGHT + timedelta(hours=9), NIGHT + timedelta(hours=9)),
    ],
)
def test_in_quiet_hours_only_what_is_critical_is_heard_and_the_rest_when_they_end(raised, level, now, heard):
    assert loud_at([(raised, level, QUIET)], now) == heard


@pytest.fixture
def client(district):
    district.rule()
    district.owe(hours=-48)
    district.watch(clock.now())  # not at noon, which may lie ahead
    return masters.signed_in(district.app, "north")


def test_a_page_that_asks_is_told_with_the_answer_to_its_own_request(client):
    told = client.get("/alerts/open", headers=ASK).headers["Frontline-Alerts"].split()
    assert told[0] == "1"
    assert told[1].endswith("+00:00")
    assert "Frontline-Alerts" not in client.get("/alerts/open", headers={"HX-Request": "true"}).headers


def test_what_is_unchanged_is_answered_empty_and_costs_no_statement_more_than_the_session(district, client):
    page = client.get("/alerts/").text
    seen = page.split('hx-get="/alerts/open?seen=')[1].split('"')[0]
    client.get(f"/alerts/open?seen={seen}", headers=ASK)
    with counted(district.app) as statements:
        answer = client.get(f"/alerts/open?seen={seen}", headers=ASK)
    assert answer.status_code == 204
    assert len(statements) <= 2, statements


def test_what_has_changed_is_drawn_anew(client):
    answer = client.get("/alerts/open?seen=0-", headers=ASK)
    assert answer.status_code == 200
    assert "收到" in answer.text

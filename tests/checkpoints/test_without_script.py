"""Without a script every press replaces the page: an arrival that was typed and refused stays on it."""

import re
from html import unescape
from urllib.parse import parse_qs
from uuid import uuid4

import pytest

from tests.checkpoints.conftest import HTMX, arrival
from webapp.checkpoints import queries
from webapp.checkpoints.models import Visit
from webapp.extensions import db


def carried(page):
    """What the forms beside the arrival carry where no script runs; all of them the same."""
    texts = set(re.findall(r'<noscript><input type="hidden" name="typed" value="([^"]*)"></noscript>', page))
    assert len(texts) <= 1
    return unescape(texts.pop()) if texts else None


@pytest.fixture
def refused(gates, keeper_of_gate, gate_url, visit):
    """The fields of an arrival of somebody who is inside already, and the page that it came back on."""
    typed = arrival(gates, host="李<主任>&", purpose="送药", companions="2", csrf_token="x")
    answer = keeper_of_gate.post(f"{gate_url}/visits", data=typed)
    assert answer.status_code == 409
    return typed, answer.text


def holds(page, typed):
    """Is the arrival on this page with everything that was typed, under the same uuid?"""
    form = page.split('data-kind="visit.in"')[1].split("</form>")[0]
    values = set(map(unescape, re.findall(r'value="([^"]*)"', form)))
    texts = {typed[name] for name in ("uuid", "name", "phone", "origin", "host", "plate", "celsius", "companions")}
    return texts <= values and "送药" in form


def test_a_departure_leaves_the_arrival_that_was_refused(gates, keeper_of_gate, gate_url, visit, refused):
    typed, page = refused
    fields = {"visit": visit, "uuid": str(uuid4()), "typed": carried(page)}
    answer = keeper_of_gate.post(f"{gate_url}/departures", data=fields)
    assert answer.status_code == 200
    assert "已登记离开" in answer.text
    assert holds(answer.text, typed)
    assert carried(answer.text) == carried(page), "a second departure leaves it too"
    assert keeper_of_gate.post(f"{gate_url}/visits", data=typed).status_code == 303
    with gates.app.app_context():
        assert queries.head_count(gates.here) == 3


def test_a_departure_that_another_tablet_noted_leaves_it_too(keeper_of_gate, gate_url, visit, refused):
    typed, page = refused
    keeper_of_gate.post(f"{gate_url}/departures", data={"visit": visit})
    answer = keeper_of_gate.post(f"{gate_url}/departures", data={"visit": visit, "typed": carried(page)})
    assert answer.status_code == 409
    assert holds(answer.text, typed)


def test_a_departure_that_is_taken_back_leaves_it(gates, keeper_of_gate, gate_url, visit, refused):
    typed, page = refused
    keeper_of_gate.post(f"{gate_url}/departures", data={"visit": visit})
    undo = f"{gate_url}/departures/{visit}/undo"
    for status in (200, 409):
        answer = keeper_of_gate.post(undo, data={"typed": carried(page)})
        assert (answer.status_code, holds(answer.text, typed)) == (status, True)
    with gates.app.app_context():
        assert db.session.get_one(Visit, visit).is_inside


def test_what_is_carried_is_what_was_typed_without_the_token(refused):
    typed, page = refused
    there = {name: values[0] for name, values in parse_qs(carried(page), keep_blank_values=True).items()}
    assert there == {name: text for name, text in typed.items() if name != "csrf_token"}


def test_a_page_without_a_refused_arrival_carries_nothing(keeper_of_gate, gate_url, visit, refused):
    assert carried(keeper_of_gate.get(f"{gate_url}/gate").text) is None
    assert carried(keeper_of_gate.get(f"{gate_url}/live", headers=HTMX).text) is None
    plain = keeper_of_gate.post(f"{gate_url}/departures", data={"visit": visit})
    assert plain.status_code == 303

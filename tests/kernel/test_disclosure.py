"""Full numbers are shown for a reason that says something, and not without end."""

import pytest
from sqlalchemy import func, select

from tests.faults import world as district
from tests.support import masters
from webapp.extensions import db
from webapp.kernel.disclosure import MOST_REVEALS, MOST_SEARCHES
from webapp.kernel.journal import JournalRow

REVEALS = ("person.phone-revealed", "place.contact-revealed", "visit.revealed")


@pytest.fixture
def world(app):
    return district.build(app)


def reveals(world):
    """The three addresses that show a full number, with who may ask."""
    place = masters.place(world.app, "P-77", contact_name="李四", contact_phone="13800138000")
    person = masters.person(world.app, "phoned", masters.Role.AUDITOR, phone="13800138000")
    return [
        ("commander", f"/checkpoints/visits/{world.values['visit_id']}/reveal"),
        ("commander", f"/places/{place}/phone"),
        ("administrator", f"/persons/{person}/phone"),
    ]


def count(app, *actions):
    with app.app_context():
        return db.session.scalar(select(func.count()).where(JournalRow.action.in_(actions)))


@pytest.mark.parametrize("reason", ["", ".", "。。。", "  -  ", "1"])
def test_a_reason_that_says_nothing_shows_nothing(app, world, reason):
    for role, url in reveals(world):
        answer = world.clients[role].post(url, data={"reason": reason})
        assert answer.status_code == 422, url
        assert "13800138000" not in answer.text
    assert count(app, *REVEALS) == 0


def test_full_numbers_are_shown_so_often_within_an_hour_over_all_kinds(app, world):
    urls = reveals(world)[:2]
    statuses = [
        world.clients["commander"].post(urls[number % 2][1], data={"reason": "流调核实"}).status_code
        for number in range(MOST_REVEALS + 5)
    ]
    assert statuses == [200] * MOST_REVEALS + [429] * 5
    assert count(app, *REVEALS) == MOST_REVEALS
    role, url = reveals_of_administrator(world)
    assert world.clients[role].post(url, data={"reason": "流调核实"}).status_code == 200, "others are not held up"


def reveals_of_administrator(world):
    person = masters.person(world.app, "another", masters.Role.AUDITOR, phone="13900139000")
    return "administrator", f"/persons/{person}/phone"


def test_searching_for_a_person_is_journalled_and_bounded(app, world):
    search = world.clients["auditor"].post
    statuses = {search("/checkpoints/visits", data={"q": "13800138000"}).status_code for _ in range(MOST_SEARCHES)}
    assert statuses == {200}
    assert search("/checkpoints/visits", data={"q": "13800138000"}).status_code == 429
    assert count(app, "visit.searched") == MOST_SEARCHES
    assert world.clients["commander"].post("/checkpoints/visits", data={"q": "13800138000"}).status_code == 200

"""What a page asks of the database does not grow with its rows. Lists and their files: kernel/listing/test_costs.py."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from tests.inspections.conftest import INFECTIOUS, filled
from tests.support import masters
from tests.support.counting import counted
from tests.support.plans import planned, walks
from tests.support.reading import words_of
from webapp.accounts.queries import actor_of, find_by_username
from webapp.extensions import db
from webapp.inspections import queries
from webapp.inspections.models import Inspection
from webapp.kernel.access import Role
from webapp.kernel.listing import exact

FEW, MANY = 5, 30
PAGES = ["/inspections/new"]


@pytest.fixture
def inspector(app):
    masters.person(app, "chief", Role.INSPECTOR)
    return masters.signed_in(app, "chief")


def add(app, client, numbers):
    """Checks of so many hospitals, each with one finding."""
    for number in numbers:
        place = masters.place(app, f"Q-{number:02}", **INFECTIOUS)
        fields = filled(place, uuid=uuid4(), chlorine_tank="4.2", chlorine_tank__quantity="total")
        assert client.post("/inspections", data=fields).status_code == 303


def costs(app, client):
    told = {}
    for page in PAGES:
        client.get(page)  # warms what is kept between requests
        with counted(app) as said:
            answer = client.get(page)
        assert answer.status_code == 200
        told[page] = len(said), words_of(answer).count("Q-")
    return told


def test_thirty_rows_cost_as_many_queries_as_five(app, inspector):
    add(app, inspector, range(FEW))
    few = costs(app, inspector)
    add(app, inspector, range(FEW, MANY))
    many = costs(app, inspector)
    assert {page: told[0] for page, told in few.items()} == {page: told[0] for page, told in many.items()}
    assert few["/inspections/new"][1] < many["/inspections/new"][1], "more rows were really shown"


MOST = {"": 13, "/correct": 14, "/void": 10}  # statements of a record's pages


@pytest.mark.parametrize("page", MOST)
def test_the_pages_of_a_record_ask_no_more_than_their_budget(app, inspector, page):
    """Nothing for each place that the form offers, no grants of the persons it names, and its newest version once."""
    add(app, inspector, range(FEW))
    with app.app_context():
        record = db.session.scalars(select(Inspection.id).limit(1)).one()
    url = f"/inspections/{record}{page}"
    inspector.get(url)  # warms what is kept between requests
    with counted(app) as statements:
        assert inspector.get(url).status_code == 200
    assert 0 < len([text for text in statements if text != "BEGIN"]) <= MOST[page]


@pytest.mark.only_on("sqlite")  # PostgreSQL scans so small a table
def test_open_findings_of_the_district_are_found_by_their_state_and_not_place_by_place(app, inspector):
    add(app, inspector, range(1))
    masters.person(app, "reader", Role.COMMANDER)
    with app.app_context():
        reach = actor_of(find_by_username("reader")).through(Role.COMMANDER)
        with planned(app) as plans:
            assert exact(queries.findings(reach, {})) == 1
    (plan,) = (plan for plan in plans if any("inspection_finding" in line for line in plan[1:]))
    assert any("ix_inspection_finding_state_due" in line for line in plan[1:])
    assert walks(plans, "place", "id") == []

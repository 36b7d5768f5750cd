"""Figures: counted by the query of the list they open, and kept a moment for everybody of one reach."""

from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import g
from sqlalchemy import insert

from tests.support import masters
from tests.support.figures import rows, total
from tests.support.working import run_due
from webapp.accounts.lists import PERSONS
from webapp.accounts.queries import actor_of, find_by_username
from webapp.checkpoints.lists import VISITS
from webapp.extensions import db
from webapp.kernel import clock, jobs
from webapp.kernel.access import Role, reach_into
from webapp.kernel.caching import Cache
from webapp.kernel.feature import installed
from webapp.kernel.figures import Figure, draw, number_of, url_of
from webapp.places.lists import PLACES
from webapp.places.models import Place
from webapp.places.rules import PlaceKind

ALL = Figure("test.places", "places", "places.places", PLACES)
OWN = Figure("test.own", "places", "places.places", PLACES, is_personal=True)


@pytest.fixture
def add(app):
    """add(): a place more, behind everybody's back."""

    def add():
        code = uuid4().hex[:8].upper()
        row = {"id": uuid4(), "code": code, "code_key": code, "name": code, "kind": PlaceKind.HOSPITAL}
        with app.app_context():
            db.session.execute(insert(Place), row | {"is_closed": False})
            db.session.commit()

    return add


@pytest.fixture
def number(app):
    """number(username, figure=ALL): the number as that person sees it now, within a request."""

    def number(username, figure=ALL):
        with app.test_request_context():
            actor = actor_of(find_by_username(username))
            g.reach = reach_into("today.index", actor)
            return draw(figure, actor, clock.now()).number

    return number


@pytest.fixture
def people(app):
    unit = masters.unit(app, "A")
    masters.person(app, "one", Role.AUDITOR)
    masters.person(app, "two", Role.AUDITOR)
    masters.person(app, "under", Role.AUDITOR, unit_id=unit)
    app.config["FIGURES_CACHED_S"] = 600
    app.extensions["frontline.figure_cache"] = Cache()


def test_a_number_is_kept_for_everybody_of_the_same_reach_and_nobody_else(people, add, number):
    add()
    assert number("one") == 1
    add()
    assert number("one") == number("two") == 1
    assert number("under") == 0, "none of these places is under the unit"
    assert number("one", OWN) == 2, "not kept yet"
    add()
    assert number("two", OWN) == 3, "another's own number"
    assert number("one", OWN) == 2


def test_a_number_is_counted_anew_after_its_time(app, people, add, number):
    number("one")
    add()
    app.config["FIGURES_CACHED_S"] = 0
    assert number("one") == 1


def test_whoever_writes_sees_it_counted_at_once(app, people, add, number):
    client = masters.signed_in(app, "one")
    assert number("one") == number("two") == 0
    add()
    client.get("/me")
    assert number("one") == 0, "reading is no writing"
    client.post("/language", data={"language": "en"})
    assert number("one") == number("two") == 1


def test_a_sum_is_the_sum_that_its_list_says(demonstration):
    app = demonstration
    people = Figure("test.people", "people", "checkpoints.visits", VISITS, is_of_day=True, is_sum=True)
    visits = Figure("test.visits", "visits", "checkpoints.visits", VISITS, is_of_day=True)
    with app.test_request_context():
        reach = actor_of(find_by_username("commander")).through(Role.COMMANDER)
        day = clock.district_day(clock.now())
        summed, counted = number_of(people, reach, day), number_of(visits, reach, day)
        url, at_gate = url_of(people, day), number_of(visits, reach, day, place="CP-01")
        url_at_gate = url_of(visits, day, place="CP-01")
    client = masters.signed_in(app, "commander")
    assert (summed, counted) == (total(client, url), rows(client, url)[0])
    assert summed > counted > at_gate > 0
    assert at_gate == rows(client, url_at_gate)[0]


def test_a_filter_that_the_list_does_not_have_is_refused(app, people, number):
    for filters in ({"colour": "red"}, {"state": "green"}):
        with pytest.raises(ValueError, match="does not take"):
            number("one", Figure("test.bad", "bad", "places.places", PLACES, filters))


def test_every_figure_of_the_product_names_a_list_that_takes_its_filters(app):
    masters.person(app, "one", Role.COMMANDER)
    figures = [figure for feature in installed(app) for figure in feature.figures]
    with app.test_request_context():
        actor = actor_of(find_by_username("one"))
        drawn = [draw(figure, actor, clock.now()) for figure in figures]
    assert len(drawn) >= 15
    assert all(one.label and one.url for one in drawn)


def test_a_job_counts_every_figure_without_a_request(app, people, monkeypatch):
    """Also within one unit, where the choices of the filter are those of the person for whom it counts."""
    ours, theirs = masters.unit(app, "B"), masters.unit(app, "C")
    masters.person(app, "theirs", Role.ADMINISTRATOR, unit_id=theirs)
    masters.person(app, "boss", Role.ADMINISTRATOR, unit_id=ours)
    within = [
        Figure(f"test.{rows.id}.{unit}", "of a unit", endpoint, rows, {"unit": str(unit)})
        for rows, endpoint in ((PLACES, "places.places"), (PERSONS, "accounts.persons"))
        for unit in (ours, theirs)
    ]
    figures = [figure for feature in installed(app) for figure in feature.figures]
    counted = {}

    def count(at):
        actor = actor_of(find_by_username("boss"))
        for figure in (*figures, *within):
            with suppress(ValueError):
                counted[figure.code] = number_of(figure, reach_into(figure.endpoint, actor), clock.district_day(at))
        return len(counted)

    monkeypatch.setitem(app.extensions, "frontline.jobs", {"count": jobs.Job("count", "", timedelta(days=1), count)})
    with app.app_context():
        assert run_due(clock.now()) == [("count", str(len(figures) + 2))]
    assert [counted.get(figure.code) for figure in within] == [0, None, 0, None], "the other unit is out of reach"

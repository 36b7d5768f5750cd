"""Every number equals a second counting by hand-written SQL: by day, period, unit, place and reader."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.figures.records import RECORDS, SCOPES, fill
from tests.figures.recount import OF_FIGURE, below, district, recount
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import reach_into
from webapp.kernel.figures import by_day, figures, parts_of, value

RUNS = 12


@pytest.fixture
def world(app):
    return district(app)


def test_every_figure_of_records_is_counted_twice(built):
    with built.app_context():
        counted = {code for code, figure in figures().items() if figure.axes}
    stock = {"supplies.soon", "supplies.expired", "supplies.unexplained"}  # tests/supplies count them
    reports = {code for code in counted if code.startswith("reports.")}  # tests/reports counts them
    assert counted == set(OF_FIGURE) | stock | reports


def test_no_number_differs_from_a_second_counting(world, pytestconfig):
    @settings(
        max_examples=1_000 if pytestconfig.getoption("--long") else RUNS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=set(Phase) - {Phase.explain, Phase.shrink},
    )
    @given(records=RECORDS, scope=SCOPES)
    def differs_nowhere(records, scope):
        with world.app.test_request_context():
            fill(world, records)
            compare(world, scope)
            db.session.rollback()

    differs_nowhere()


def compare(world, scope):
    since, until = scope["since"], scope["since"] + timedelta(days=scope["days"])
    (unit, place), now = scope["where"], clock.now()

    def again(code, first, last, unit=unit):
        return recount(world, code, scope["reader"], first, last, unit, place, now)

    for place_in_list, code in enumerate(OF_FIGURE):
        figure = figures()[code]
        asked = figure, reach_into(figure.endpoint, world.actors[scope["reader"]]), since, until
        assert value(*asked, unit=unit, place=place) == again(code, since, until), code
        if place_in_list % 3 != scope["third"]:
            continue
        if figure.is_of_day:
            days = by_day(*asked, unit=unit, place=place)
            assert days == {day: again(code, day, day) for day in days}, code
            assert (min(days), max(days), len(days)) == (since, until, scope["days"] + 1)
        parts = parts_of(*asked, unit=unit, place=place)
        root = unit or "A"
        by_time = Counter()
        for part in parts:
            if part.unit_id in {world.units[code] for code in below(root)}:
                by_time[part.day] += part.number
        assert max(by_time.values(), default=0) == again(code, since, until, root), code

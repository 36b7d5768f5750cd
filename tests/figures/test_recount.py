"""Every number equals a second counting by hand-written SQL: by day, period, unit, place and reader."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.figures import duties as duties_of
from tests.figures import records as records_of
from tests.figures.duties import DUTIES
from tests.figures.records import RECORDS, SCOPES
from tests.figures.recount import OF_FIGURE, below, district, recount
from webapp.kernel import clock
from webapp.kernel.access import may_open, reach_into
from webapp.kernel.database import transaction
from webapp.kernel.figures import by_day, figures, parts_of, value

RUNS = 7


class Undone(Exception):
    """Ends a transaction without a commit."""


@pytest.fixture
def world(app):
    return district(app)


def test_every_figure_is_counted_twice(built):
    with built.app_context():
        assert set(figures()) == set(OF_FIGURE), "write a second counting into tests/figures/recount.py"


def test_no_number_differs_from_a_second_counting(world, pytestconfig):
    @settings(
        max_examples=1_000 if pytestconfig.getoption("--long") else RUNS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=set(Phase) - {Phase.explain, Phase.shrink},
    )
    @given(records=RECORDS, duties=DUTIES, scope=SCOPES)
    def differs_nowhere(records, duties, scope):
        with world.app.test_request_context(), suppress(Undone), transaction():
            entries, slips = records_of.fill(world, records)
            duties_of.fill(world, duties, entries, slips)
            compare(world, scope)
            raise Undone  # some of these tables are append-only

    differs_nowhere()


def compare(world, scope):
    actor = world.actors[scope["reader"]]
    for number, code in enumerate(OF_FIGURE):
        figure = figures()[code]
        if may_open(figure.endpoint, actor):
            of_figure(world, scope, figure, reach_into(figure.endpoint, actor), has_parts=number % 3 == scope["third"])


def of_figure(world, scope, figure, reach, *, has_parts):
    """Compare the number, and with `has_parts` also those of the days and units."""
    since, until = scope["since"], scope["since"] + timedelta(days=scope["days"])
    (unit, place), now, code = scope["where"], clock.now(), figure.code
    unit, place = unit if figure.is_by_unit else "", place if figure.is_by_place else ""

    def again(first, last, unit=unit):
        return recount(world, code, scope["reader"], first, last, unit, place, now)

    asked, where = (figure, reach, since, until), {"unit": unit, "place": place}
    assert value(*asked, **where) == again(since, until), code
    if not has_parts:
        return
    if figure.is_of_day:
        days = by_day(*asked, **where)
        assert days == {day: again(day, day) for day in days}, code
        assert (min(days), max(days), len(days)) == (since, until, scope["days"] + 1)
    if figure.is_by_unit:
        parts, root = parts_of(*asked, **where), unit or "A"
        under = {world.units[code] for code in below(root)}
        assert parts.number(part for part in parts.rows if part.unit_id in under) == again(since, until, root), code

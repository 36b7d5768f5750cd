"""The number of a figure by unit and place: what is asked for, and what is refused."""

from datetime import timedelta

import pytest

from tests.figures.records import fill
from tests.figures.recount import DAYS, FIRST, district, midnight
from webapp.extensions import db
from webapp.kernel.access import reach_into
from webapp.kernel.figures import draw, figures, number_of, parts_of, value

LAST = FIRST + timedelta(days=DAYS)


@pytest.fixture
def counted(app):
    """counted(code, **where): the number over all days, by the commander of the district."""
    world, kinds = district(app), ("visit", "inspection", "finding", "slip")
    visit = {"at": midnight(FIRST), "decision": "pass", "companions": 0, "is_undone": False, "has_left": False}
    use = {"means": "screen", "unit": "A", "place": None, "days": 1, "is_void": False, "is_old": False}
    uses = [use | {"count": 5, "from_on": FIRST}, use | {"count": 3, "from_on": LAST}]
    with app.app_context():
        fill(world, dict.fromkeys(kinds, ()) | {"visit": [visit | {"place": "P-12"}] * 2, "publicity": uses})
        db.session.commit()

    def counted(code, since=FIRST, until=LAST, **where):
        with app.test_request_context():
            figure = figures()[code]
            return value(figure, reach_into(figure.endpoint, world.actors["district"]), since, until, **where)

    counted.world = world
    return counted


def test_a_unit_is_named_by_its_code_or_id_and_counts_with_those_below(counted):
    units = counted.world.units
    wheres = ("a", "A1", str(units["A1"]), "A11", "B", "-", "单位A1")
    assert [counted("checkpoints.arrivals", unit=unit) for unit in wheres] == [2, 2, 2, 0, 0, 0, 2]


def test_the_code_of_a_place_means_that_place_alone_though_it_stands_in_another_name(counted):
    places = ("P-1", "p12", "场所P-1", "P-9")
    assert [counted("checkpoints.arrivals", place=place) for place in places] == [0, 2, 2, 0]


def test_what_lasts_has_the_number_of_its_largest_day(counted):
    screens = [counted("publicity.screen", until=until) for until in (FIRST, FIRST + timedelta(days=1), LAST)]
    assert screens == [5, 5, 5]
    assert counted("publicity.screen", since=LAST) == 3
    assert counted("publicity.screen", since=FIRST + timedelta(days=2), until=LAST - timedelta(days=1)) == 0
    assert counted("publicity.screen", place="-") == 5, "an area is no place"


def test_a_present_number_does_not_ask_for_days(counted):
    assert [counted("checkpoints.inside", day, day) for day in (FIRST - timedelta(days=99), LAST)] == [2, 2]


def test_a_figure_that_is_not_counted_by_units_refuses_one(counted):
    assert counted("alerts.open") == counted("tasks.open") == 0
    unknown = (("alerts.open", {"unit": "A"}), ("alerts.open", {"place": "P-1"}), ("tasks.open", {"place": "P-1"}))
    for code, where in unknown:
        with pytest.raises(ValueError, match="is not counted by"):
            counted(code, **where)


def test_a_card_shows_the_number_of_the_day_before(counted):
    world = counted.world
    for code, day, drawn in (
        ("checkpoints.arrivals", FIRST, (2, 0)),
        ("checkpoints.arrivals", FIRST + timedelta(days=1), (0, 2)),
        ("publicity.screen", LAST, (3, 0)),
        ("checkpoints.inside", FIRST, (2, None)),
    ):
        with world.app.test_request_context():
            card = draw(figures()[code], world.actors["district"], midnight(day))
            assert (card.number, card.before) == drawn, (code, day)


def test_every_figure_says_what_it_counts(built):
    with built.app_context():
        unexplained = {code for code, figure in figures().items() if not (figure.explained and figure.unit)}
    assert unexplained == set(), "give it `explained` and `unit`, which the catalogue shows"


def test_a_card_has_the_numbers_of_a_week(counted):
    with counted.world.app.test_request_context():
        figure, at = figures()["checkpoints.arrivals"], midnight(FIRST + timedelta(days=6))
        drawn = draw(figure, counted.world.actors["district"], at)
    assert (drawn.trend, drawn.number) == ((2, 0, 0, 0, 0, 0, 0), 0)
    assert drawn.spark.startswith("M0 18v-18")


def test_every_figure_of_a_day_can_be_broken_down(built):
    with built.app_context():
        of_day = [figure for figure in figures().values() if figure.is_of_day]
        assert all(figure.axes and figure.axes.on for figure in of_day), "a trend is drawn of each"
        of_records = [figure for figure in of_day if not figure.code.startswith("audit.")]  # the journal has no units
        assert all(figure.is_by_unit for figure in of_records)


def test_a_number_is_the_sum_of_its_parts(counted):
    world = counted.world
    with world.app.test_request_context():
        figure = figures()["checkpoints.arrivals"]
        reach = reach_into(figure.endpoint, world.actors["district"])
        parts = parts_of(figure, reach, FIRST, FIRST)
        assert [(part.place_id, part.unit_id, part.number) for part in parts.rows] == [
            (world.places["P-12"], world.units["A1"], number_of(figure, reach, FIRST))
        ]

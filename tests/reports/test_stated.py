"""What other features read of signed reports: the newest versions within reach, with their source."""

from uuid import uuid4

import pytest

from tests.reports import office
from webapp.kernel.access import Role
from webapp.reports import queries
from webapp.reports.kinds import AMENDMENT, SIGNING


@pytest.fixture
def signed(app, street):
    """Sign a report of a village; returns its id."""

    def sign(name, days_ago=0, **typed):
        due = office.due(street.kind, street.units[name], office.days_ago(days_ago))
        return office.sign(SIGNING, office.filled(due, **typed), street.by[name]).uuid

    return sign


@pytest.fixture
def asked(street):
    """What the commander, or somebody else, reads of a line of the last three days."""

    def ask(read, line, who="commander", role=Role.COMMANDER, kind="d1", units=None):
        reach = street.by[who].through(role)
        units = list(street.units.values()) if units is None else units
        return read(reach, kind, line, units, office.days_ago(2), office.today())

    return ask


def test_texts_come_with_their_unit_day_and_version(app, street, signed, asked):
    with app.app_context():
        first = signed("east", t_l3="缺口罩")
        signed("west", 1)
        signed("east", 3, t_l3="三天前的")
        [text] = asked(queries.texts, "l3")
        assert (text.text, text.unit_name, text.day, text.report_id) == ("缺口罩", "单位EAST", office.today(), first)
        due = office.due(street.kind, street.units["east"], office.today())
        again = office.filled(due, t_l3="缺口罩和手套", corrects=first, reason="补充")
        office.sign(AMENDMENT, again, street.by["east"])
        assert [(text.text, text.version) for text in asked(queries.texts, "l3")] == [("缺口罩和手套", 2)]


def test_numbers_are_the_signed_ones_beside_the_computed(app, street, signed, asked, hang):
    with app.app_context():
        hang("east", 4)
        signed("east", n_l1=6, r_l1="两条没有登记")
        signed("west")
        numbers = asked(queries.stated, "l1")
        both = {("单位EAST", 4, 6), ("单位WEST", 0, 0)}
        assert {(row.unit_name, row.computed, row.stated) for row in numbers} == both
        assert queries.sum_of(numbers) == 6
        assert [row.computed for row in asked(queries.stated, "l2")] == [None, None]


def test_a_unit_that_reports_for_all_below_counts_alone_in_a_sum(app, street, signed, asked):
    with app.app_context():
        kind = queries.kinds()[0]
        whole = office.draft(*street.units.values(), lines=office.rules_lines(kind.lines))
        office.change(kind.id, whole)
        signed("east", n_l2=3)
        signed("street", n_l2=20)
        assert queries.sum_of(asked(queries.stated, "l2")) == 20


def test_only_what_is_within_reach_and_named_is_read(app, street, signed, asked):
    with app.app_context():
        signed("east", t_l3="缺口罩")
        assert asked(queries.texts, "l3", "east", Role.CLERK)
        assert not asked(queries.texts, "l3", "west", Role.CLERK)
        assert not asked(queries.texts, "l3", "east", Role.COMMANDER)
        assert not asked(queries.texts, "l3", units=[uuid4()])
        assert not asked(queries.texts, "l3", kind="d2")
        assert not asked(queries.texts, "l9")

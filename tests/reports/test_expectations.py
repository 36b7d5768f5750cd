"""Who owes what by when: rows ahead of time, units that never signed in, dissolved units, changes of a kind."""

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from tests.reports import office
from tests.support import masters
from webapp.accounts import queries as accounts
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.deadlines import everything_due
from webapp.kernel.figures import figures, value
from webapp.reports import queries, service
from webapp.reports.kinds import SIGNING
from webapp.reports.lists import state
from webapp.reports.models import ReportDue
from webapp.reports.rules import AHEAD, Evil, State
from webapp.units import service as units
from webapp.units.models import Unit
from webapp.units.rules import UnitKind


def days(unit_id):
    owed = sa.select(ReportDue.day).where(ReportDue.unit_id == unit_id).order_by(ReportDue.day)
    return list(db.session.scalars(owed))


def states(street, **filters):
    """The units in a state today, for the commander."""
    filters = {"since": office.today(), "until": office.today()} | filters
    reach = street.by["commander"].through(Role.COMMANDER)
    return {row.unit_id for row in db.session.execute(queries.expectations(reach, filters))}


def test_a_unit_owes_today_and_the_coming_week_once(app):
    unit = masters.unit(app, "A")
    with app.app_context():
        office.set_up(unit, since=office.today())
        assert days(unit) == [office.days_ago(-number) for number in range(AHEAD + 1)]
        assert service.expect_ahead(clock.now()) == 0
        assert service.expect_ahead(clock.now() + timedelta(days=3)) == 3
        assert len(days(unit)) == len(set(days(unit))) == AHEAD + 4


def test_a_new_kind_is_owed_from_tomorrow_when_the_cut_off_has_passed(app):
    unit = masters.unit(app, "A")
    noon = clock.day_bounds(office_day(app))[0] + timedelta(hours=12)
    with app.app_context():
        office.set_up(unit, at=noon, cutoff="12:01", name="后")
        office.set_up(unit, at=noon, cutoff="11:59", name="前")
        first = {kind.name: min(_days_of(kind.id)) for kind in queries.kinds()}
        assert first == {"后": office.today(), "前": office.days_ago(-1)}


def office_day(app):
    with app.app_context():
        return office.today()


def _days_of(kind_id):
    return db.session.scalars(sa.select(ReportDue.day).where(ReportDue.kind_id == kind_id)).all()


def test_days_on_which_no_server_ran_are_owed_all_the_same(app):
    unit = masters.unit(app, "A")
    with app.app_context():
        office.set_up(unit, since=office.today())
        service.expect_ahead(clock.now() + timedelta(days=40))
        assert len(days(unit)) == AHEAD + 41


def test_a_unit_that_never_signed_in_is_missing(app, street):
    with app.app_context():
        yesterday = {"since": office.days_ago(1), "until": office.days_ago(1)}
        everybody = {street.units["east"], street.units["west"]}
        assert states(street, state="missing", **yesterday) == everybody
        due = office.due(street.kind, street.units["east"], office.days_ago(1))
        office.sign(SIGNING, office.filled(due), street.by["east"])
        assert states(street, state="missing", **yesterday) == {street.units["west"]}
        assert states(street, state="late", **yesterday) == {street.units["east"]}
        rows = queries.evils(
            street.by["commander"].through(Role.COMMANDER), None, *[office.days_ago(1)] * 2, clock.now()
        )
        counted = {row.unit_id: [row._mapping[evil.value] for evil in Evil] for row in rows}
        assert counted == {street.units["east"]: [0, 1, 0, 0], street.units["west"]: [0, 0, 0, 1]}


def test_every_state_of_the_list_is_that_of_its_rule(app, street):
    """The condition in the database and the rule in Python tell the same."""
    with app.app_context():
        for name, day in (("east", 0), ("west", 1)):
            due = office.due(street.kind, street.units[name], office.days_ago(day))
            office.sign(SIGNING, office.filled(due), street.by[name])
        due = office.due(street.kind, street.units["west"], office.today())
        office.sign(SIGNING, {"due": due, "zero": "y"}, street.by["west"])
        reach = street.by["commander"].through(Role.COMMANDER)
        by_rule = {row.id: state(row) for row in db.session.execute(queries.expectations(reach, {}))}
        for told in State:
            rows = db.session.execute(queries.expectations(reach, {"state": told.value}))
            assert {row.id for row in rows} == {id_ for id_, known in by_rule.items() if known is told}
        assert set(by_rule.values()) == {State.MISSING, State.REPORTED, State.LATE, State.ZERO}


def test_a_dissolved_unit_owes_nothing_from_that_day_on(app, street):
    admin = masters.person(app, "administrator", Role.ADMINISTRATOR)
    with app.app_context():
        by = accounts.actor_of(accounts.find_person(admin))
        unit = db.session.get(Unit, street.units["west"])
        told = unit.name, UnitKind.BUREAU, None, None
        units.change_unit(street.units["west"], *told, office.today(), by=by, at=clock.now())
        assert states(street) == {street.units["east"]}
        assert street.units["west"] in states(street, since=office.days_ago(1), until=office.days_ago(1))
        units.change_unit(street.units["west"], *told, office.days_ago(-1), by=by, at=clock.now())
        assert street.units["west"] in states(street)


def test_a_change_of_a_kind_moves_what_is_ahead_and_leaves_what_was_owed(app, street):
    with app.app_context():
        east, west = street.units["east"], street.units["west"]
        before = days(west)
        service.save_kind(street.kind, office.draft(east, cutoff="23:58"), by=None, at=clock.now())
        assert days(west) == [day for day in before if day < office.today()]
        due_at = db.session.scalar(sa.select(ReportDue.due_at).where(ReportDue.day == office.days_ago(-1)))
        assert clock.local(due_at).strftime("%H:%M") == "23:58"
        ended = replace(office.draft(east), is_ended=True)
        service.save_kind(street.kind, ended, by=None, at=clock.now())
        assert days(east) == [day for day in before if day < office.today()]


def test_a_line_that_counts_something_else_is_another_line(app, street):
    with app.app_context():
        lines = [replace(line, code=f"l{place}") for place, line in enumerate(office.LINES, 1)]
        lines[0] = replace(lines[0], figure="publicity.notice")
        service.save_kind(street.kind, office.draft(*street.units.values(), lines=lines), by=None, at=clock.now())
        assert [line["code"] for line in queries.find_kind(street.kind).lines] == ["l4", "l2", "l3"]


def test_clerks_are_reminded_of_their_own_and_commanders_of_the_number(app, street):
    with app.test_request_context():
        at = clock.now()
        mine = [row for row in everything_due(street.by["east"], at) if row.kind == "report.due"]
        assert [row.where for row in mine] == ["单位EAST"] * 4, "today and the last three days"
        assert len({row.key for row in mine}) == 4
        overseen = [row for row in everything_due(street.by["commander"], at) if row.kind == "report.missing"]
        assert len(overseen) == 3
        assert "2" in overseen[0].what


def test_the_figures_of_reports_are_those_of_a_second_counting(app, street):
    with app.test_request_context():
        due = office.due(street.kind, street.units["east"], office.days_ago(1))
        office.sign(SIGNING, office.filled(due), street.by["east"])
        reach, since = street.by["commander"].through(Role.COMMANDER), office.days_ago(2)
        counts = {code: value(figures()[code], reach, since, office.today()) for code in WANTED}
        signed = "SELECT count(*) FROM report WHERE replaced_by IS NULL"
        open_ = "SELECT count(*) FROM report_due WHERE id NOT IN (SELECT due_id FROM report) AND day >= :since"
        at = {"since": since, "today": office.today(), "now": clock.now().replace(tzinfo=None)}
        sums = [signed, f"{open_} AND day <= :today AND due_at > :now", f"{open_} AND due_at <= :now"]
        kinds = {"since": sa.Date, "today": sa.Date, "now": sa.DateTime}
        for (code, number), query in zip(counts.items(), sums, strict=True):
            named = {name: at[name] for name in at if f":{name}" in query}
            typed = [sa.bindparam(name, given, kinds[name]()) for name, given in named.items()]
            assert number == db.session.scalar(sa.text(query).bindparams(*typed)), code
        assert list(counts.values()) == [1, 2, 3]


WANTED = ("reports.signed", "reports.waiting", "reports.missing")

"""Kinds of reports, expectations and filled forms for tests. Every function needs an application context."""

from datetime import timedelta
from uuid import uuid4

import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from webapp.extensions import db
from webapp.kernel import clock, entries
from webapp.reports import counting, queries, service, upward
from webapp.reports.models import ReportDue
from webapp.reports.rules import Line, LineKind, lines_of
from webapp.units.models import Unit

# l1: a figure, l2: a stated number, l3: a text.
LINES = (
    Line("", "悬挂横幅", LineKind.FIGURE, "publicity.banner", "条"),
    Line("", "在岗值守人数", LineKind.NUMBER, unit="人"),
    Line("", "存在问题", LineKind.TEXT),
)


def draft(*units, name="每日疫情防控日报", cutoff="23:59", lines=LINES, checks=(), weekdays="1234567", **more):
    return service.Draft(name, cutoff, weekdays, lines, checks, units, **more)


def set_up(*units, since=None, at=None, **about):
    return service.save_kind(None, draft(*units, **about), by=None, at=at or clock.now(), since=since)


def change(kind_id, told):
    """Save a kind as a draft describes it, owed by new units from today on."""
    return service.save_kind(kind_id, told, by=None, at=clock.now(), since=today())


def due(kind_id, unit_id, day):
    """The id of an expectation."""
    mine = ReportDue.kind_id == kind_id, ReportDue.unit_id == unit_id, ReportDue.day == day
    return db.session.scalars(sa.select(ReportDue.id).where(*mine)).one_or_none()


def filled(due_id, **typed):
    """The fields of a day's form: what the records count, and 3 people on duty."""
    row = db.session.get(ReportDue, due_id)
    now = counting.counted(lines_of(queries.lines_of(due_id)), row.unit_id, row.day)
    fields = {"due": due_id, "uuid": uuid4(), "n_l2": 3}
    for code, counted in now.items():
        fields |= {f"n_{code}": counted.number, f"s_{code}": counted.number}
    return {name: str(value) for name, value in (fields | typed).items()}


def added(kind_id, unit_id, day=None):
    """What the units below a unit add up to."""
    path = db.session.get(Unit, unit_id).path
    return upward.of_day(counting.reach_of(unit_id), kind_id, day or today()).sum(path)


def summed(kind_id, unit_id, day=None, **typed):
    """The fields of a consolidated report as its form shows them: the sums are stated."""
    below = added(kind_id, unit_id, day)
    fields = {"kind": kind_id, "unit": unit_id, "day": day or today(), "seen": below.key, "uuid": uuid4()}
    for code, number in below.summed.items():
        fields |= {f"n_{code}": number, f"s_{code}": number}
    return {name: str(value) for name, value in (fields | typed).items()}


def sign(kind, fields, by, at=None):
    """Deliver a form; returns its receipt."""
    fields = MultiDict({name: str(value) for name, value in fields.items()})
    delivery = entries.deliver(kind, fields, by=by, at=at or clock.now())
    assert delivery.receipt, dict(delivery.form.errors)
    return delivery.receipt


def today():
    return clock.district_day(clock.now())


def days_ago(number):
    return today() - timedelta(days=number)


def rules_lines(stored):
    """The lines of a kind as they are, for a draft that changes something else."""
    return lines_of(stored)

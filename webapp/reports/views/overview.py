"""Pages over many units: the grid of units by days with totals, the four evils, the list."""

from datetime import date, timedelta
from typing import Any

from flask import request, url_for
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from webapp.kernel import clock, listing
from webapp.kernel.access import allow, current_reach
from webapp.kernel.htmx import respond
from webapp.reports import labels, lists, queries, totals
from webapp.reports.forms import PeriodForm
from webapp.reports.rules import EVIL_DAYS, Evil, lines_of
from webapp.reports.views import READERS, bp
from webapp.reports.views.asked import asked_kind, asked_unit
from webapp.sync import queries as sync

SHOWN_DAYS = 7


@bp.get("/")
@allow(*READERS)
def index() -> Response:
    """The grid of units by days of one kind, who is missing, and the totals of a day with their completeness."""
    at, reach = clock.now(), current_reach()
    form = PeriodForm(MultiDict({"day": clock.district_day(at).isoformat()} | request.args.to_dict()))
    is_good, kinds, unit = form.validate(), queries.kinds(), asked_unit()
    kind = asked_kind() or (kinds[0] if kinds else None)
    day = (form.day.data if is_good else None) or clock.district_day(at)
    days = [day - timedelta(days=number) for number in range(SHOWN_DAYS)]
    rows = queries.of_days(reach, kind.id, days[-1], day, unit.id if unit else None) if kind else []
    waiting = sync.waiting_by_unit() if rows else []
    of_day = totals.marks([row for row in rows if row.day == day], at, waiting)
    counted = totals.below(of_day, unit.path) or of_day if unit else of_day
    numbers = queries.numbers_of([mark.row.report_id for mark in of_day if not mark.is_open])
    return respond(
        "reports/index.html",
        "grid",
        200 if is_good else 422,
        form=form,
        kinds=kinds,
        kind_links=[(url_for(".index", kind=other.id, day=day), other.name, other is kind, None) for other in kinds],
        kind=kind,
        unit=unit,
        day=day,
        days=days,
        grid=_grid(totals.marks(rows, at, waiting)),
        whole=totals.completeness(of_day, at),
        missing=[mark for mark in of_day if mark.is_open],
        total=totals.total(counted, numbers),
        lines=[line for line in lines_of(kind.lines) if line.is_number] if kind else [],
        labels=labels,
        lists=lists,
        at=at,
        step=timedelta(days=1),
        today=clock.district_day(at),
    )


def _grid(marked: list[totals.Mark]) -> list[tuple[Any, dict[date, totals.Mark]]]:
    """The units in the order of the tree, each with its marks by day."""
    by_unit: dict[Any, tuple[Any, dict[date, totals.Mark]]] = {}
    for mark in marked:
        by_unit.setdefault(mark.row.unit_id, (mark.row, {}))[1][mark.row.day] = mark
    return list(by_unit.values())


@bp.get("/evils")
@allow(*READERS)
def evils() -> Response:
    """Per unit how often a report was wrong, late, hidden or missing in a period; each number opens its reports."""
    at = clock.now()
    today = clock.district_day(at)
    usual = {"since": (today - timedelta(days=EVIL_DAYS - 1)).isoformat(), "until": today.isoformat()}
    form = PeriodForm(MultiDict(usual | request.args.to_dict()))
    is_good, kind = form.validate(), asked_kind()
    until = (form.until.data if is_good else None) or today
    since = (form.since.data if is_good else None) or until - timedelta(days=EVIL_DAYS - 1)
    rows = queries.evils(current_reach(), kind.id if kind else None, since, until, at) if is_good else []
    return respond(
        "reports/evils.html",
        "evils",
        200 if is_good else 422,
        form=form,
        kinds=queries.kinds(ended=True),
        rows=rows,
        since=since,
        until=until,
        evils=list(Evil),
        labels=labels,
        checked_at=queries.last_checked(),
        at=at,
    )


@bp.get("/list")
@allow(*READERS)
def listed() -> Response:
    """Expectations with their states, one to a row."""
    asked_kind()
    asked_unit("owner")
    return listing.show(lists.REPORTS, current_reach())

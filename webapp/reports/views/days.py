"""Pages of a day's report: one that nobody has signed, and a signed version, which its superior may return."""

from itertools import pairwise
from typing import Any
from uuid import UUID

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from webapp.accounts import queries as accounts
from webapp.district.queries import preferences
from webapp.kernel import clock
from webapp.kernel.access import Role, allow, current_actor, may_open
from webapp.kernel.figures import Figure, url_of
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.i18n import localised
from webapp.reports import counting, labels, lists, queries, service, totals
from webapp.reports.acts import REPORT, RETURN, RETURNERS
from webapp.reports.forms import ReturnForm
from webapp.reports.rules import State, lines_of, notes_of
from webapp.reports.service import URGERS
from webapp.reports.views import READERS, bp
from webapp.reports.views.asked import below, find_due, find_of
from webapp.sync import queries as sync


@bp.get("/due/<uuid:due_id>")
@allow(*READERS)
def expected(due_id: UUID) -> Response:
    """What is known of a report that nobody has signed: the deadline, what the records count, unsent work."""
    about = find_due(due_id)
    if about.report:
        return see_other(url_for(".show", report_id=about.report.id))
    at, lines = clock.now(), lines_of(about.kind.lines)
    now = counting.counted(lines, about.due.unit_id, about.due.day)
    devices, unsent = totals.unsent(about.unit.path, sync.waiting_by_unit())
    return respond(
        "reports/expected.html",
        "expected",
        about=about,
        state=lists.state_now(about),
        may_urge=lists.state_now(about) is State.MISSING
        and queries.find(due_id, current_actor().through(*URGERS)) is not None,
        counted=[(line, now[line.code].number) for line in lines if line.code in now],
        is_future=about.due.day > clock.district_day(at),
        devices=devices,
        unsent=unsent,
        labels=labels,
        at=at,
    )


@bp.get("/<uuid:report_id>")
@allow(*READERS)
def show(report_id: UUID) -> Response:
    """A signed version: its numbers beside what the records counted, its words, its digest, the other versions, and
    what came after the signature.
    """
    return respond("reports/show.html", "report", return_form=ReturnForm(), **_context(report_id))


@bp.get("/<uuid:report_id>/print")
@allow(*READERS)
def paper(report_id: UUID) -> str:
    """A signed version as a document."""
    authority = localised(preferences(), "name")
    return render_template("reports/paper.html", authority=authority, **_context(report_id))


@bp.post("/<uuid:report_id>/return")
@allow(*RETURNERS)
def return_report(report_id: UUID) -> Response:
    """Return a signed version to its unit with a reason."""
    form = ReturnForm(request.form)
    if form.validate():
        service.return_report(report_id, form.reason.data, by=current_actor(), at=clock.now())
        flash(_("已退回。报送单位的待办里有这件事和您写的原因。"), "ok")
        return see_other(url_for(".show", report_id=report_id))
    return respond("reports/show.html", "report", 422, return_form=form, **_context(report_id))


def _context(report_id: UUID) -> dict[str, Any]:
    about = find_of(report_id)
    versions = queries.versions(about.due.id)
    row = next(version for version in versions if version.id == report_id)
    lines = lines_of(row.lines)
    is_newest = row.replaced_by is None
    later = service.later_by_line(row.id, row.lines, about.due.unit_id, about.due.day) if is_newest else {}
    figures = counting.choosable()
    opens = {
        line.code: _rows_url(figures[line.figure], about)
        for line in lines
        if line.figure in figures and may_open(figures[line.figure].endpoint, current_actor())
    }
    at, waiting = clock.now(), sync.waiting_by_unit()
    devices, unsent = totals.unsent(about.unit.path, waiting)
    summed, whole = below(about, waiting) or (None, None)
    return {
        "about": about,
        "row": row,
        "lines": lines,
        "words": row.words or {},
        "notes": [labels.in_words(note, lines) for note in notes_of(row.notes)],
        "versions": versions,
        "differences": _differences(versions),
        "later": {code: change for code, change in later.items() if change},
        "opens": opens,
        "state": lists.state_now(about),
        "below": summed,
        "whole": whole,
        "returners": accounts.names({version.returned_by for version in versions if version.returned_by}),
        "may_return": _may_return(about, row),
        "may_amend": is_newest and queries.find(about.due.id, current_actor().through(Role.CLERK)) is not None,
        "labels": labels,
        "devices": devices,
        "unsent": unsent,
        "at": at,
    }


def _may_return(about: queries.Expected, row: Any) -> bool:
    actor = current_actor()
    reach = actor.through(*RETURN.roles)
    is_open = RETURN in REPORT.acts_for(row.state, reach) and row.writer_id != actor.id
    return is_open and queries.find(about.due.id, reach) is not None


def _rows_url(figure: Figure, about: queries.Expected) -> str:
    """The list of the rows that a line counts, of this unit where the figure is broken down by units."""
    return url_of(figure, about.due.day, unit=about.unit.code if figure.is_by_unit else "")


def _differences(versions: Any) -> dict[UUID, list[tuple[str, str, str]]]:
    """What each version changed: (line, before, after), by the id of the version."""
    return {
        after.id: labels.differences(before.numbers, after.numbers, (*before.lines, *after.lines))
        for after, before in pairwise(versions)
    }

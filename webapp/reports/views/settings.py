"""Pages of administrators: the kinds of reports."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import abort, flash, request, url_for
from flask_babel import gettext as _
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from webapp.district.queries import calendar_of
from webapp.district.rules import written
from webapp.kernel import clock
from webapp.kernel.access import Role, allow, current_actor, current_reach
from webapp.kernel.errors import Refusal, refused
from webapp.kernel.fields import line_numbers
from webapp.kernel.htmx import respond, see_other
from webapp.reports import counting, editing, labels, presets, queries, service
from webapp.reports.forms import NUMBER, TEXT, CalendarForm, KindForm, day_form
from webapp.reports.rules import Check, CheckKind, Days, Line, LineKind, checks_of, lines_of
from webapp.reports.views import bp
from webapp.reports.views.asked import asked_kind
from webapp.units import queries as units

SETTERS = (Role.ADMINISTRATOR,)
PRESET = "daily"  # in the address of the form that is filled from it
SPARE_LINES, SPARE_CHECKS = 3, 2  # blank rows at the end


@bp.get("/kinds")
@allow(*SETTERS, district_wide=True)
def kinds() -> Response:
    """All kinds of reports."""
    rows, owing = queries.kinds(ended=True), queries.count_owing()
    return respond("reports/kinds.html", "kinds", kinds=rows, owing=owing, lines_of=lines_of, labels=labels)


@bp.route("/calendar", methods=["GET", "POST"])
@allow(*SETTERS, district_wide=True)
def calendar() -> Response:
    """The holidays and working weekends of a year, as a list that is edited or pasted as a whole."""
    if request.method == "GET":
        form = CalendarForm(MultiDict({"year": str(clock.district_day(clock.now()).year)} | request.args.to_dict()))
        year = int(form.year.data) if form.validate() else clock.district_day(clock.now()).year
        text = written(calendar_of(year))
        return _calendar(CalendarForm(MultiDict({"year": str(year), "listed": text, "seen": text})))
    form = CalendarForm(request.form)
    if not form.validate() or (reading := form.reading()).faults:
        return _calendar(form, 422)
    try:
        service.save_calendar(
            int(form.year.data), reading.days, form.seen.data or "", by=current_actor(), at=clock.now()
        )
    except Refusal as refusal:
        return _calendar(form, refusal.status, refusal=refusal)
    flash(_("已保存 %(year)d 年的放假和调休，明天以后应报的已跟着改。", year=int(form.year.data)), "ok")
    if reading.skipped:
        numbers = _("、").join(map(str, reading.skipped))
        flash(_("第 %(numbers)s 行没有日期，没有采用。", numbers=numbers), "warning")
    return see_other(url_for(".calendar", year=int(form.year.data)))


def _calendar(form: CalendarForm, status: int = 200, *, refusal: Refusal | None = None) -> Response:
    """The page; after a refusal the list that was typed stands beside the one of now."""
    year = int(form.year.data) if form.year.data is not None else clock.district_day(clock.now()).year
    known = calendar_of(year)
    days = [known[day] for day in sorted(known)]
    if refusal:
        form = CalendarForm(MultiDict(request.form.to_dict() | {"seen": written(known)}))
    return respond("reports/calendar.html", "calendar", status, form=form, year=year, days=days, refusal=refusal)


@bp.route("/kinds/add", methods=["GET", "POST"])
@allow(*SETTERS, district_wide=True)
def add_kind() -> Response:
    """Add a kind, from the preset if the address asks for it."""
    if request.method == "POST":
        return _saved(None)
    if request.args.get("preset", PRESET) != PRESET:
        abort(404)
    blank = MultiDict([("cutoff", presets.CUTOFF), ("days", Days.EVERY.value)])
    return _form(_preset() if request.args.get("preset") else _copied() or blank, None)


def _copied() -> MultiDict[str, str] | None:
    """The kind that the address names as a new one, with its lines, checks and units and without a name."""
    kind = asked_kind()
    if kind is None:
        return None
    fields = _fields_of(kind)
    for name in [name for name in fields if name.endswith("-code")]:
        del fields[name]
    fields["name"] = ""
    fields.poplist("is_ended")
    return fields


@bp.route("/kinds/<uuid:kind_id>", methods=["GET", "POST"])
@allow(*SETTERS, district_wide=True)
def edit_kind(kind_id: UUID) -> Response:
    """Change a kind: it applies from now on."""
    kind = queries.find_kind(kind_id) or abort(404)
    if request.method == "POST":
        return _saved(kind)
    return _form(_fields_of(kind), kind)


def _fields_of(kind: Any) -> MultiDict[str, str]:
    lines = lines_of(kind.lines)
    places = {line.code: place for place, line in enumerate(lines, 1)}
    checks = [(check.kind, [places[code] for code in check.lines]) for check in _standing(kind, places)]
    fields = _fields(kind.name, kind.cutoff, (kind.days, kind.weekdays), lines, checks, queries.owing(kind.id))
    if kind.is_ended:
        fields["is_ended"] = "y"
    return fields


def _standing(kind: Any, places: dict[str, int]) -> list[Any]:
    return [check for check in checks_of(kind.checks) if all(code in places for code in check.lines)]


def _preset() -> MultiDict[str, str]:
    figures = counting.choosable()
    lines, checks = presets.lines(figures), presets.checks(figures)
    return _fields(presets.NAME, presets.CUTOFF, (Days.EVERY, ""), lines, checks, ())


def _fields(
    name: str,
    cutoff: str,
    days: tuple[Days, str],
    lines: Iterable[Line],
    checks: Iterable[tuple[CheckKind, Iterable[int]]],
    owing: Iterable[UUID],
) -> MultiDict[str, str]:
    """A kind as its form would post it."""
    fields: MultiDict[str, str] = MultiDict([("name", name), ("cutoff", cutoff), ("days", days[0].value)])
    for day in days[1]:
        fields.add("weekdays", day)
    for unit_id in owing:
        fields.add("owing", str(unit_id))
    for number, line in enumerate(lines):
        what = {LineKind.NUMBER: NUMBER, LineKind.TEXT: TEXT}.get(line.kind, line.figure)
        for part, value in (("code", line.code), ("name", line.name), ("what", what), ("unit", line.unit)):
            fields[f"lines-{number}-{part}"] = value
    for number, (kind, places) in enumerate(checks):
        fields[f"checks-{number}-kind"] = kind.value
        fields[f"checks-{number}-places"] = " ".join(map(str, places))
    return fields


def _saved(kind: Any) -> Response:
    fields = editing.filled(request.form)
    if act := request.form.get("move"):
        return _form(editing.moved(fields, act), kind)
    if request.form.get("more"):
        return _form(fields, kind)
    form = _bound(fields)
    is_good = form.validate()
    if is_good and request.form.get("preview"):
        return _form(fields, kind, preview=_preview(form))
    if is_good:
        with refused(form):
            service.save_kind(kind.id if kind else None, _draft(form), by=current_actor(), at=clock.now())
            flash(_("已保存。今天和以后七天应报的，已按新的办法列出。"), "ok")
            return see_other(url_for(".kinds"))
    return _form(fields, kind, form)


def _draft(form: KindForm) -> service.Draft:
    return service.Draft(
        name=form.name.data,
        cutoff=form.cutoff.data,
        days=Days(form.days.data),
        weekdays="".join(sorted(set(form.weekdays.data or ()))),
        lines=[line.line for line in form.lines],
        checks=[(CheckKind(check.kind.data), form.places_of(check) or ()) for check in form.checks],
        units=[UUID(value) for value in form.owing.data or ()],
        is_ended=form.is_ended.data,
    )


def _bound(fields: MultiDict[str, str]) -> KindForm:
    return KindForm(fields, units=[(unit.id, unit.name) for unit in units.tree(current_reach())])


def _preview(form: KindForm) -> dict[str, Any]:
    """The form of a day as a clerk will see it, and what the checks compare, by the names of the lines."""
    lines = [replace(line.line, code=f"p{number}") for number, line in enumerate(form.lines, 1)]
    checks = [
        Check(CheckKind(check.kind.data), tuple(f"p{n}" for n in form.places_of(check) or ())) for check in form.checks
    ]
    return {
        "form": day_form(tuple(lines), False, False)(MultiDict()),
        "lines": lines,
        "checks": [labels.check_words(check, lines) for check in checks],
    }


def _form(fields: MultiDict[str, str], kind: Any, form: KindForm | None = None, preview: Any = None) -> Response:
    """The form with a few blank rows at the end of its lines and checks."""
    status = 422 if form is not None else 200
    form = form or _bound(fields)
    used = {name: [*line_numbers(fields, name)] for name in ("lines", "checks")}
    rows = {
        "lines": [*form.lines, *editing.spare(form.lines, used["lines"], SPARE_LINES)],
        "checks": [*form.checks, *editing.spare(form.checks, used["checks"], SPARE_CHECKS)],
    }
    context = {"form": form, "kind": kind, "rows": rows, "preview": preview, "last": max(used["lines"], default=-1)}
    return respond("reports/kind.html", "kind_form", status, **context)

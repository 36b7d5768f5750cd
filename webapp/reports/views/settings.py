"""Pages of administrators: the kinds of reports."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import abort, flash, request, url_for
from flask_babel import gettext as _
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from webapp.kernel import clock
from webapp.kernel.access import Role, allow, current_actor, current_reach
from webapp.kernel.errors import refused
from webapp.kernel.fields import line_numbers
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.presence import is_blank
from webapp.reports import counting, presets, queries, service
from webapp.reports.forms import NUMBER, TEXT, KindForm
from webapp.reports.rules import CheckKind, Line, LineKind, checks_of, lines_of
from webapp.reports.views import bp
from webapp.units import queries as units

SETTERS = (Role.ADMINISTRATOR,)
SPARE_LINES, SPARE_CHECKS = 3, 2  # blank rows at the end


@bp.get("/kinds")
@allow(*SETTERS, district_wide=True)
def kinds() -> Response:
    """All kinds of reports."""
    rows, owing = queries.kinds(ended=True), queries.count_owing()
    return respond("reports/kinds.html", "kinds", kinds=rows, owing=owing, lines_of=lines_of)


@bp.route("/kinds/add", methods=["GET", "POST"])
@allow(*SETTERS, district_wide=True)
def add_kind() -> Response:
    """Add a kind, from the preset if the address asks for it."""
    if request.method == "POST":
        return _saved(None)
    blank = MultiDict([("cutoff", presets.CUTOFF), *(("weekdays", day) for day in presets.WEEKDAYS)])
    return _form(_preset() if request.args.get("preset") else blank, None)


@bp.route("/kinds/<uuid:kind_id>", methods=["GET", "POST"])
@allow(*SETTERS, district_wide=True)
def edit_kind(kind_id: UUID) -> Response:
    """Change a kind: it applies from now on."""
    kind = queries.find_kind(kind_id) or abort(404)
    if request.method == "POST":
        return _saved(kind)
    lines = lines_of(kind.lines)
    places = {line.code: place for place, line in enumerate(lines, 1)}
    checks = [(check.kind, [places[code] for code in check.lines]) for check in _standing(kind, places)]
    fields = _fields(kind.name, kind.cutoff, kind.weekdays, lines, checks, queries.owing(kind_id))
    if kind.is_ended:
        fields["is_ended"] = "y"
    return _form(fields, kind)


def _standing(kind: Any, places: dict[str, int]) -> list[Any]:
    return [check for check in checks_of(kind.checks) if all(code in places for code in check.lines)]


def _preset() -> MultiDict[str, str]:
    figures = counting.choosable()
    lines, checks = presets.lines(figures), presets.checks(figures)
    return _fields(presets.NAME, presets.CUTOFF, presets.WEEKDAYS, lines, checks, ())


def _fields(
    name: str,
    cutoff: str,
    weekdays: str,
    lines: Iterable[Line],
    checks: Iterable[tuple[CheckKind, Iterable[int]]],
    owing: Iterable[UUID],
) -> MultiDict[str, str]:
    """A kind as its form would post it."""
    fields: MultiDict[str, str] = MultiDict([("name", name), ("cutoff", cutoff)])
    for day in weekdays:
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


def _filled(fields: MultiDict[str, str]) -> MultiDict[str, str]:
    """The fields without the rows that say nothing. An existing line is taken out by emptying its name."""
    empty = [f"lines-{number}-" for number in line_numbers(fields, "lines") if _is_no_line(fields, f"lines-{number}-")]
    empty += [f"checks-{number}-" for number in line_numbers(fields, "checks") if _is_no_check(fields, number)]
    return MultiDict([pair for pair in fields.items(multi=True) if not pair[0].startswith((*empty, "\0"))])


def _is_no_line(fields: MultiDict[str, str], prefix: str) -> bool:
    is_new = is_blank(fields.get(f"{prefix}code"))
    is_untouched = fields.get(f"{prefix}what", NUMBER) in ("", NUMBER) and is_blank(fields.get(f"{prefix}unit"))
    return is_blank(fields.get(f"{prefix}name")) and (not is_new or is_untouched)


def _is_no_check(fields: MultiDict[str, str], number: int) -> bool:
    return is_blank(fields.get(f"checks-{number}-kind")) and is_blank(fields.get(f"checks-{number}-places"))


def _saved(kind: Any) -> Response:
    fields = _filled(request.form)
    form = _bound(fields)
    if request.form.get("more"):
        return _form(fields, kind)
    if form.validate():
        with refused(form):
            service.save_kind(kind.id if kind else None, _draft(form), by=current_actor(), at=clock.now())
            flash(_("已保存。今天和以后七天应报的，已按新的办法列出。"), "ok")
            return see_other(url_for(".kinds"))
    return _form(fields, kind, form)


def _draft(form: KindForm) -> service.Draft:
    return service.Draft(
        name=form.name.data,
        cutoff=form.cutoff.data,
        weekdays="".join(sorted(set(form.weekdays.data))),
        lines=[line.line for line in form.lines],
        checks=[(CheckKind(check.kind.data), form.places_of(check) or ()) for check in form.checks],
        units=[UUID(value) for value in form.owing.data or ()],
        is_ended=form.is_ended.data,
    )


def _bound(fields: MultiDict[str, str]) -> KindForm:
    return KindForm(fields, units=[(unit.id, unit.name) for unit in units.tree(current_reach())])


def _form(fields: MultiDict[str, str], kind: Any, form: KindForm | None = None) -> Response:
    """The form with a few blank rows at the end of its lines and checks."""
    status = 422 if form is not None else 200
    form = form or _bound(fields)
    used = {name: [*line_numbers(fields, name)] for name in ("lines", "checks")}
    rows = {
        "lines": [*form.lines, *_spare(form.lines, used["lines"], SPARE_LINES)],
        "checks": [*form.checks, *_spare(form.checks, used["checks"], SPARE_CHECKS)],
    }
    return respond("reports/kind.html", "kind_form", status, form=form, kind=kind, rows=rows)


def _spare(field: Any, used: list[int], count: int) -> list[Any]:
    """Blank rows after the last one."""
    first = max(used, default=-1) + 1
    return [field.line(MultiDict(), prefix=f"{field.name}-{number}-") for number in range(first, first + count)]

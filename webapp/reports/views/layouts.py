"""Pages of superiors' Excel layouts: those in use, adding one, what its names mean, the filled file of a day."""

from typing import Any
from uuid import UUID

from flask import abort, flash, request, url_for
from flask_babel import gettext as _
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from webapp.kernel import clock
from webapp.kernel.access import Role, allow, current_actor, current_reach
from webapp.kernel.errors import Refusal, refused
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.security import takes_files
from webapp.kernel.spreadsheets import export
from webapp.reports import labels, queries, service, upward
from webapp.reports.forms import LayoutForm, PeriodForm
from webapp.reports.layouts import facts, files
from webapp.reports.layouts import queries as layouts
from webapp.reports.service import LAYOUT_KEEPERS
from webapp.reports.views import READERS, bp
from webapp.reports.views.asked import asked_kind, asked_unit
from webapp.units import queries as units

LAYOUT_READERS = (*READERS, Role.ADMINISTRATOR)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/layouts")
@allow(*LAYOUT_READERS)
def all_layouts() -> Response:
    """The layouts of the district."""
    return respond("reports/layouts.html", "layouts", versions=layouts.newest())


@bp.get("/layouts/names")
@allow(*LAYOUT_KEEPERS)
def layout_names() -> Response:
    """Every name that a cell may have, to copy, for the kind in the query."""
    kinds = queries.kinds()
    kind = asked_kind() or (kinds[0] if kinds else None)
    rows = list(facts.meanings(kind, ()).values()) if kind else []
    links = [(url_for(".layout_names", kind=other.id), other.name, other is kind, None) for other in kinds]
    return respond("reports/layout_names.html", "layout_names", kind=kind, kind_links=links, rows=rows)


@bp.route("/layouts/add", methods=["GET", "POST"])
@allow(*LAYOUT_KEEPERS, district_wide=True)
@takes_files
def add_layout() -> Response:
    """Upload a layout: kept once at least one of its names means something."""
    form = LayoutForm(request.form or None, kinds=queries.kinds())
    if request.method == "GET" or not form.validate():
        return _add(form, 422 if form.errors else 200)
    kind = queries.find_kind(UUID(form.kind.data))
    try:
        raw = files.receive(request.files.get("file"))
        checked = files.check(raw)
    except Refusal as refusal:
        return _add(form, refusal.status, refusal=refusal)
    rows = _rows(checked.names, kind)
    if not any(row["is_known"] for row in rows):
        return _add(form, 422, refusal=Refusal("layout-no-names", 422), rows=rows)
    with refused(form):
        layout_id = service.add_layout(
            form.name.data, kind.id if kind else None, raw, checked, by=current_actor(), at=clock.now()
        )
        flash(_("已保存。请在下面核对每一个名称。"), "ok")
        return see_other(url_for(".layout", layout_id=layout_id))
    return _add(form, 422)


def _add(form: LayoutForm, status: int = 200, **outcome: Any) -> Response:
    context = {"refusal": None, "rows": ()} | outcome
    return respond("reports/layout_add.html", "layout_form", status, form=form, labels=labels, **context)


@bp.get("/layouts/<uuid:layout_id>")
@allow(*LAYOUT_READERS)
def layout(layout_id: UUID) -> Response:
    """A layout: what each of its names means, its versions, and the filled file of a unit and a day."""
    return _layout(layout_id)


@bp.post("/layouts/<uuid:layout_id>")
@allow(*LAYOUT_KEEPERS, district_wide=True)
@takes_files
def change_layout(layout_id: UUID) -> Response:
    """Upload the next version of a layout."""
    try:
        raw = files.receive(request.files.get("file"))
        checked = files.check(raw)
        kind = (layouts.versions(layout_id) or abort(404))[0].layout.kind
        if not any(row["is_known"] for row in _rows(checked.names, kind)):
            raise Refusal("layout-no-names", 422)
    except Refusal as refusal:
        return _layout(layout_id, refusal.status, refusal=refusal)
    service.add_layout_version(layout_id, raw, checked, by=current_actor(), at=clock.now())
    flash(_("新的一版已保存。请在下面核对每一个名称。"), "ok")
    return see_other(url_for(".layout", layout_id=layout_id))


@bp.post("/layouts/<uuid:layout_id>/close")
@allow(*LAYOUT_KEEPERS, district_wide=True)
def close_layout(layout_id: UUID) -> Response:
    """Take a layout out of use, or back into use."""
    is_closed = request.form.get("act") == "close"
    service.close_layout(layout_id, is_closed, by=current_actor(), at=clock.now())
    flash(_("已停用。") if is_closed else _("已恢复使用。"), "ok")
    return see_other(url_for(".layout", layout_id=layout_id))


@bp.get("/layouts/versions/<uuid:version_id>/file")
@allow(*LAYOUT_KEEPERS)
def layout_file(version_id: UUID) -> Response:
    """A version as it was uploaded."""
    version = layouts.find_with_file(version_id) or abort(404)
    return export.download(version.content, f"{version.layout.name}-{version.number}.xlsx", XLSX)


@bp.get("/layouts/<uuid:layout_id>/filled")
@allow(*READERS)
def filled_layout(layout_id: UUID) -> Response:
    """The newest version of a layout, filled for the unit and the day in the query."""
    versions = layouts.versions(layout_id) or abort(404)
    about = _about(versions[0]) or abort(404)
    known = facts.facts(about, clock.now())
    values = facts.values_of(_fillable(versions[0]), known)
    version = layouts.find_with_file(versions[0].id)
    assert version is not None
    filled = files.fill(version.content, values)
    return export.download(filled.file, f"{version.layout.name}-{about.unit.name}-{about.day}.xlsx", XLSX)


def _about(version: Any) -> upward.About | None:
    """The unit and the day in the query, today and the first unit within reach without them."""
    reach = current_reach()
    form = PeriodForm(MultiDict({"day": clock.district_day(clock.now()).isoformat()} | request.args.to_dict()))
    if not form.validate():
        abort(404)
    unit = asked_unit() or next(iter(units.tree(reach)), None)
    return upward.find(version.layout.kind_id, unit.id if unit else None, form.day.data, reach)


def _fillable(version: Any) -> list[str]:
    return [name.lower() for name, _sheet, _cell, fault in version.names or () if not fault]


def _rows(names: Any, kind: Any) -> list[dict[str, Any]]:
    """Each name of a workbook with its place, what it means and whether it is filled."""
    known = facts.meanings(kind, units.tree(current_reach())) if kind else {}
    rows = []
    for name, sheet, cell, fault in names or ():
        meaning = known.get(name.lower())
        words = meaning.words if meaning else None
        rows.append(
            {"name": name, "where": f"{sheet} {cell}", "fault": fault, "words": words, "is_known": words and not fault}
        )
    return rows


def _layout(layout_id: UUID, status: int = 200, *, refusal: Refusal | None = None) -> Response:
    versions = layouts.versions(layout_id) or abort(404)
    about = _about(versions[0]) if current_actor().has(*READERS) else None
    known = facts.facts(about, clock.now()) if about else None
    values = facts.values_of(_fillable(versions[0]), known) if known else {}
    rows = _rows(versions[0].names, versions[0].layout.kind)
    return respond(
        "reports/layout.html",
        "layout",
        status,
        versions=versions,
        version=versions[0],
        rows=rows,
        blank=[row["name"] for row in rows if row["is_known"] and values.get(row["name"].lower()) is None],
        values=values,
        about=about,
        known=known,
        whole=known.whole if known else None,
        units=units.tree(current_reach()) if about else (),
        refusal=refusal,
        labels=labels,
        at=clock.now(),
    )

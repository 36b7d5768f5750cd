"""Pages of units."""

from uuid import UUID

from flask import Blueprint, abort, request, url_for
from werkzeug import Response

from webapp.accounts import queries as accounts
from webapp.kernel import clock
from webapp.kernel.access import Role, allow, current_actor
from webapp.kernel.errors import refused
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.security import takes_files
from webapp.kernel.spreadsheets import imports
from webapp.units import queries, service
from webapp.units.forms import AddForm, UnitForm
from webapp.units.importing import UNITS_IMPORT
from webapp.units.labels import KINDS

bp = Blueprint("units", __name__, url_prefix="/units")
READERS = (Role.ADMINISTRATOR, Role.COMMANDER, Role.AUDITOR, Role.APPROVER)


@bp.get("/")
@allow(*READERS)
def index() -> Response:
    """The tree of units, with who leads, who answers and how many belong."""
    units = queries.tree(current_actor())
    people = {one for unit in units for one in (unit.leader_id, unit.responsible_id) if one}
    return respond(
        "units/index.html",
        "units",
        units=units,
        top=min((unit.path.count("/") for unit in units), default=0),
        names=accounts.names(people),
        counts=accounts.count_by_unit(),
        kinds=KINDS,
    )


@bp.get("/<uuid:unit_id>")
@allow(*READERS)
def unit(unit_id: UUID) -> Response:
    """One unit and who belongs to it."""
    found = queries.find_visible(unit_id, current_actor()) or abort(404)
    above = queries.find_unit(found.parent_id) if found.parent_id else None
    names = accounts.names([one for one in (found.leader_id, found.responsible_id) if one])
    members = accounts.members_of(unit_id)
    return respond("units/unit.html", "unit", unit=found, above=above, names=names, members=members, kinds=KINDS)


@bp.route("/add", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def add() -> Response:
    """Add a unit below another."""
    actor = current_actor()
    parent = request.args.get("parent")
    form = AddForm(request.form, people=accounts.everybody(), units=queries.tree(actor), parent=parent)
    if request.method == "POST" and form.validate():
        with refused(form):
            unit_id = service.add_unit_with_people(
                form.code.data, form.parent_id, *form.plain, by=actor, at=clock.now()
            )
            return see_other(url_for("units.unit", unit_id=unit_id))
    return respond("units/form.html", "unit_form", 422 if form.errors else 200, form=form, unit=None)


@bp.route("/<uuid:unit_id>/edit", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def edit(unit_id: UUID) -> Response:
    """Change a unit's name, kind, leader and responsible person."""
    actor = current_actor()
    found = queries.find_visible(unit_id, actor) or abort(404)
    stored = {"name": found.name, "kind": found.kind, "leader": found.leader_id, "responsible": found.responsible_id}
    form = UnitForm(request.form or None, people=accounts.everybody(), data=stored)
    if request.method == "POST" and form.validate():
        service.change_unit(unit_id, *form.plain, by=actor, at=clock.now())
        return see_other(url_for("units.unit", unit_id=unit_id))
    return respond("units/form.html", "unit_form", 422 if form.errors else 200, form=form, unit=found)


@bp.route("/import", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
@takes_files
def import_units() -> Response:
    """Bring units in from Excel."""
    return imports.answer(UNITS_IMPORT)

"""Pages of units."""

from uuid import UUID

from flask import Blueprint, abort, request, url_for
from werkzeug import Response

from webapp.accounts import queries as accounts
from webapp.kernel import board, clock
from webapp.kernel.access import Role, allow, current_actor, current_reach
from webapp.kernel.errors import refused
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.security import takes_files
from webapp.kernel.spreadsheets import imports
from webapp.units import queries, service
from webapp.units.forms import AddForm, EditForm
from webapp.units.importing import UNITS_IMPORT
from webapp.units.labels import KINDS

bp = Blueprint("units", __name__, url_prefix="/units")
READERS = (Role.ADMINISTRATOR, Role.COMMANDER, Role.AUDITOR, Role.APPROVER)


@bp.get("/")
@allow(*READERS)
def index() -> Response:
    """The tree of units with leaders, persons responsible and numbers of members, or the units without one."""
    state = "headless" if request.args.get("state") == "headless" else ""
    units = queries.tree(current_reach(), state)
    people = {person_id for unit in units for person_id in (unit.leader_id, unit.responsible_id) if person_id}
    return respond(
        "units/index.html",
        "units",
        units=units,
        state=state,
        top=min((unit.path.count("/") for unit in units), default=0),
        names=accounts.names(people),
        counts=accounts.count_by_unit(),
        kinds=KINDS,
    )


@bp.get("/<uuid:unit_id>")
@allow(*READERS)
def unit(unit_id: UUID) -> Response:
    """A unit with its members, the units below it, those that work in it, and the cards of the features."""
    row = queries.find_visible(unit_id, current_reach()) or abort(404)
    administered = current_actor().through(Role.ADMINISTRATOR)
    above = queries.find_unit(row.parent_id) if row.parent_id else None
    below, offices = queries.below(row), queries.members(unit_id)
    shown = (row, *below, *offices)
    people = {person_id for unit in shown for person_id in (unit.leader_id, unit.responsible_id) if person_id}
    reached = queries.visible_ids({unit.id for unit in offices}, current_reach())
    return respond(
        "units/unit.html",
        "unit",
        unit=row,
        above=above,
        below=below,
        offices=offices,
        reached={unit.id for unit in below} | reached,
        titled=accounts.titled(people),
        members=accounts.members_of(unit_id),
        cards=board.unit_cards(unit_id, current_actor(), clock.now()),
        kinds=KINDS,
        may_edit=queries.find_visible(unit_id, administered) is not None,
        may_read=queries.find_visible(unit_id, current_actor().through(*accounts.LOOKERS)) is not None,
    )


@bp.route("/add", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def add() -> Response:
    """Add a unit below another."""
    actor, reach = current_actor(), current_reach()
    form = AddForm(
        request.form,
        people=accounts.choosable(reach),
        units=queries.tree(reach),
        may_root=reach.is_district_wide,
        parent=request.args.get("parent"),
    )
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
    """Change a unit's name, kind, leader, person responsible and the units that work in it."""
    actor, reach = current_actor(), current_reach()
    row = queries.find_visible(unit_id, reach) or abort(404)
    people = accounts.choosable(reach, row.leader_id, row.responsible_id)
    members = queries.members(unit_id)
    offered = {unit.id: unit for unit in (*queries.tree(reach), *members) if unit.id != unit_id}
    stored = {"name": row.name, "kind": row.kind, "leader": row.leader_id, "responsible": row.responsible_id}
    more = {"dissolved_on": row.dissolved_on, "members": [str(unit.id) for unit in members]}
    form = EditForm(request.form or None, people=people, units=offered.values(), data=stored | more)
    if request.method == "POST" and form.validate():
        chosen = *form.plain, form.dissolved_on.data, form.member_ids
        service.change_unit(unit_id, *chosen, by=actor, at=clock.now())
        return see_other(url_for("units.unit", unit_id=unit_id))
    return respond("units/form.html", "unit_form", 422 if form.errors else 200, form=form, unit=row)


@bp.route("/import", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
@takes_files
def import_units() -> Response:
    """Import units from Excel."""
    return imports.answer(UNITS_IMPORT)

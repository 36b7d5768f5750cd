"""Pages of places."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from webapp.kernel import board, clock, labels, listing
from webapp.kernel.access import EVERYONE, Role, allow, current_actor, current_reach
from webapp.kernel.disclosure import RevealForm
from webapp.kernel.errors import refused
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.personal import mask_phone
from webapp.kernel.security import takes_files
from webapp.kernel.spreadsheets import imports
from webapp.places import queries, service
from webapp.places.forms import FilterForm, PlaceForm
from webapp.places.importing import PLACES_IMPORT
from webapp.places.labels import DISINFECTANTS, INSTITUTIONS, KINDS, ROUTES
from webapp.places.lists import PLACES
from webapp.places.rules import STANDARD_KINDS
from webapp.units import queries as units

bp = Blueprint("places", __name__, url_prefix="/places")
MOST_LABELS = 150  # more ids would exceed the address length of servers and proxies


@bp.get("/")
@allow(*EVERYONE)
def places() -> Response:
    """The list of visible places."""
    return listing.show(PLACES, current_reach())


@bp.get("/<uuid:place_id>")
@allow(*EVERYONE)
def place(place_id: UUID) -> Response:
    """The page of a place, also opened by its label: its data and the actions there."""
    return _show(place_id)


@bp.route("/add", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def add() -> Response:
    """Add a place."""
    form = PlaceForm(request.form)
    if request.method == "POST" and form.validate():
        with refused(form):
            place_id = service.add_place(by=current_actor(), at=clock.now(), **form.plain)
            return see_other(url_for("places.place", place_id=place_id))
    status = 422 if form.errors else 200
    return respond("places/form.html", "place_form", status, form=form, place=None, masked_phone=None)


@bp.route("/<uuid:place_id>/edit", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def edit(place_id: UUID) -> Response:
    """Change the data of a place."""
    actor = current_actor()
    row = queries.find_visible(place_id, current_reach()) or abort(404)
    if request.method == "POST":
        form = PlaceForm(request.form)
    else:
        form = PlaceForm(obj=row, unit=row.unit_id, parent=row.parent_id)
        form.contact_phone.data = None  # shown only by reveal_contact
    if request.method == "POST" and form.validate():
        with refused(form):
            service.change_place(place_id, by=actor, at=clock.now(), **form.plain)
            return see_other(url_for("places.place", place_id=place_id))
    masked = mask_phone(row.contact_phone)
    status = 422 if form.errors else 200
    return respond("places/form.html", "place_form", status, form=form, place=row, masked_phone=masked)


@bp.route("/import", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
@takes_files
def import_places() -> Response:
    """Import places from Excel."""
    return imports.answer(PLACES_IMPORT)


@bp.get("/labels")
@allow(*EVERYONE)
def choose_labels() -> Response:
    """Choose the places whose labels to print."""
    reach = current_reach()
    filters = FilterForm(request.args, reach=reach)
    selected = queries.selected(reach, filters.data if filters.validate() else {})
    shown = {"places": queries.first_of(selected, MOST_LABELS), "total": listing.exact(selected), "filters": filters}
    return respond("places/choose_labels.html", "choose_labels", 422 if filters.errors else 200, kinds=KINDS, **shown)


@bp.get("/labels/print")
@allow(*EVERYONE)
def print_labels() -> Response:
    """The labels of the chosen places, several on an A4 page."""
    chosen = queries.visible_among(request.args.getlist("place"), current_reach())
    if not chosen:
        abort(404)
    drawn = [(row, labels.qr_svg(url_for("places.place", place_id=row.id, _external=True), row.name)) for row in chosen]
    return respond("places/labels.html", "labels", labels=drawn, kinds=KINDS)


def _show(place_id: UUID) -> Response:
    actor, reach = current_actor(), current_reach()
    row = queries.find_visible(place_id, reach) or abort(404)
    return respond(
        "places/place.html",
        "place",
        place=row,
        facts=_facts(row),
        unit=units.find_unit(row.unit_id) if row.unit_id else None,
        parent=queries.find_visible(row.parent_id, reach),
        below=queries.below(place_id, reach),
        actions=queries.actions_at(row, actor),
        cards=board.place_cards(place_id, actor, clock.now()),
        masked_phone=mask_phone(row.contact_phone),
        may_call=queries.find_visible(place_id, actor.through(*queries.CALLERS)) is not None,
        may_edit=queries.find_visible(place_id, actor.through(Role.ADMINISTRATOR)) is not None,
        kinds=KINDS,
        reveal=RevealForm(formdata=None),
    )


def _facts(place: Any) -> list[tuple[str, str]]:
    """The properties of medical places and outlets for the wastewater standard; a dash if unknown."""
    facts = [(_("床位数"), "" if place.beds is None else str(place.beds))]
    if place.kind in STANDARD_KINDS:
        facts += [
            (_("机构类别（GB 18466-2005）"), str(INSTITUTIONS.get(place.institution, ""))),
            (_("污水去向"), str(ROUTES.get(place.discharge_route, ""))),
            (_("消毒方式"), str(DISINFECTANTS.get(place.disinfectant, ""))),
        ]
    return [(label, text) for label, text in facts if text or place.kind in STANDARD_KINDS]

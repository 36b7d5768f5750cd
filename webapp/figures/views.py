"""The catalogue of figures, and the page of each."""

from typing import Any

from flask import Blueprint, abort, current_app, request
from werkzeug import Response

from webapp.accounts.labels import ROLES
from webapp.figures.forms import form_of
from webapp.figures.shown import presets, shown
from webapp.kernel import clock, figures
from webapp.kernel.access import Role, allow, current_actor, may_open, reach_into
from webapp.kernel.feature import of_area
from webapp.kernel.figures import Figure
from webapp.kernel.htmx import respond
from webapp.kernel.navigation import AREAS, all_entries
from webapp.units import queries as units

bp = Blueprint("figures", __name__, url_prefix="/figures")
READERS = (Role.CLERK, Role.APPROVER, Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR)


@bp.get("/")
@allow(*READERS)
def index() -> Response:
    """Every figure whose rows the reader may open, by area of work."""
    actor = current_actor()
    by_area: dict[Any, list[Figure]] = {}
    for area, (words, _icon) in AREAS.items():
        offered = (figure for feature in of_area(current_app, area) for figure in feature.figures)
        if open_to := [figure for figure in offered if may_open(figure.endpoint, actor)]:
            by_area[words] = open_to
    return respond("figures/index.html", "figures", by_area=by_area, facts=_facts)


@bp.get("/<string:code>")
@allow(*READERS)
def show(code: str) -> Response:
    """A figure over days, a unit and a place: its number, its parts, its trend."""
    actor, today = current_actor(), clock.district_day(clock.now())
    figure = figures.figures().get(code) or abort(404)
    if not may_open(figure.endpoint, actor):
        abort(403)
    reach = reach_into(figure.endpoint, actor)
    tree = units.tree(reach) if figure.axes else ()
    form = form_of(figure, request.args, tree, today)
    page = shown(figure, reach, form, tree, today) if form.validate() else None
    return respond(
        "figures/show.html",
        "figure",
        200 if page else 422,
        figure=figure,
        form=form,
        page=page,
        presets=presets(page, today) if page and figure.is_of_day else (),
        today=today,
        facts=_facts(figure),
    )


def _facts(figure: Figure) -> dict[str, Any]:
    """The list that a figure opens, and who may see it."""
    source = figure.rows.title if figure.rows else next(e.label for e in all_entries() if e.endpoint == figure.endpoint)
    roles = reach_into(figure.endpoint, current_actor()).roles
    return {"source": source, "readers": [ROLES[role] for role in Role if role in roles]}

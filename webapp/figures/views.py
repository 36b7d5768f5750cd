"""The catalogue of figures, and the page of each."""

from typing import Any

from flask import Blueprint, abort, current_app, request
from werkzeug import Response

from webapp.accounts.labels import ROLES
from webapp.figures.forms import TRENDS, form_of
from webapp.figures.shown import KEPT, presets, shown, trends
from webapp.kernel import clock, figures
from webapp.kernel.access import EVERYONE, Actor, Role, allow, current_actor, may_open, reach_into
from webapp.kernel.feature import installed, of_area
from webapp.kernel.figures import Figure
from webapp.kernel.htmx import respond
from webapp.kernel.navigation import AREAS, all_entries
from webapp.units import queries as units

bp = Blueprint("figures", __name__, url_prefix="/figures")
READERS = EVERYONE  # everybody has some figures, such as those of their own assignments


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
    return respond("figures/index.html", "figures", by_area=by_area, facts=_facts, kept=_kept())


@bp.get("/<string:code>")
@allow(*READERS)
def show(code: str) -> Response:
    """A figure over days, a unit and a place: its number, its parts, its trend."""
    actor, today = current_actor(), clock.district_day(clock.now())
    figure = figures.figures().get(code) or abort(404)
    if not may_open(figure.endpoint, actor):
        abort(403)
    reach = reach_into(figure.endpoint, actor)
    tree = units.tree(reach) if figure.is_by_unit else ()
    form = form_of(figure, request.args, tree, today)
    page = shown(figure, reach, form, tree, today) if form.validate() else None
    return respond(
        "figures/show.html",
        "figure",
        200 if page else 422,
        figure=figure,
        form=form,
        page=page,
        presets=presets(page, today) if page and figure.is_of_day and figure.axes else (),
        trends=trends(page, TRENDS) if page and page.trend else (),
        facts=_facts(figure),
        others=_beside(figure, actor),
        kept=_kept(),
    )


def _kept() -> dict[str, str]:
    """The scope of this page, which stays when another figure is opened."""
    return {name: request.args[name] for name in KEPT if request.args.get(name)}


def _beside(figure: Figure, actor: Actor) -> list[Figure]:
    """The other figures of the same feature that the reader may open."""
    every = [feature.figures for feature in installed(current_app)]
    same = next((own for own in every if any(other is figure for other in own)), ())
    return [other for other in same if other is not figure and may_open(other.endpoint, actor)]


def _facts(figure: Figure) -> dict[str, Any]:
    """The list that a figure opens, and who may see it."""
    source = figure.rows.title if figure.rows else next(e.label for e in all_entries() if e.endpoint == figure.endpoint)
    roles = reach_into(figure.endpoint, current_actor()).roles
    return {"source": source, "readers": [ROLES[role] for role in Role if role in roles]}

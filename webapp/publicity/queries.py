"""Reads of publicity: the newest versions within reach, and their figures."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, or_, select

from webapp.extensions import db
from webapp.kernel import records
from webapp.kernel.access import Reach
from webapp.kernel.listing import Axes
from webapp.kernel.listing.filters import NONE
from webapp.places.queries import at_place, ids_by_code, recorded_within
from webapp.publicity import labels
from webapp.publicity.models import Publicity
from webapp.publicity.rules import SUMMED, Means, Use, added_up
from webapp.units.queries import in_unit

_FILTERS = ("means", "place", "unit", "since", "until")


def publicity(reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """The newest versions within reach that match the filters."""
    query = select(Publicity).where(*records.counted(Publicity, filters), recorded_within(Publicity, reach))
    if filters.get("means"):
        query = query.where(Publicity.means == Means(filters["means"]))
    if place := filters.get("place"):
        query = query.where(_at(place))
    period = _within(filters.get("since") or date.min, filters.get("until") or date.max)
    return query.where(period, *in_unit(Publicity.unit_id, filters))


def _at(text: str) -> ColumnElement[bool]:
    """The condition of the filter `place`: a place by its code alone, or a part of the name of a place or area."""
    (at_places,) = at_place(Publicity.place_id, {"place": text})
    if text == NONE or ids_by_code([text]):
        return at_places
    return or_(Publicity.area.icontains(text, autoescape=True), at_places)


def _within(since: Any, until: Any) -> ColumnElement[bool]:
    """The condition of a period: means that are summed count on their first day only, others on each of their days."""
    begins_late = Publicity.from_on >= since
    lasts = or_(begins_late, Publicity.until_on.is_(None), Publicity.until_on >= since)
    is_summed = Publicity.means.in_(SUMMED)
    return and_(Publicity.from_on <= until, or_(and_(is_summed, begins_late), and_(~is_summed, lasts)))


AXES = Axes(Publicity.place_id, Publicity.unit_id, lambda day: _within(day.day, day.day))


def figures(reach: Reach, filters: dict[str, Any]) -> Sequence[dict[str, Any]]:
    """The figures of a period by means, each with a link to exactly the counted rows; none without a period or for a
    filter by state.
    """
    if not filters.get("since") or filters.get("state"):
        return ()
    columns = (Publicity.means, Publicity.count, Publicity.from_on, Publicity.until_on)
    uses: defaultdict[Means, list[Use]] = defaultdict(list)
    for row in db.session.execute(publicity(reach, filters).with_only_columns(*columns)):
        uses[row.means].append(Use(*row[1:]))
    period = {name: filters.get(name) for name in _FILTERS}
    return [
        {
            "value": added_up(means, uses[means], filters["since"]),
            "label": _("%(what)s（%(unit)s）", what=labels.MEANS[means], unit=labels.unit_of(means)),
            "url": url_for("publicity.index", **period | {"means": means.value}),
        }
        for means in Means
        if means in uses
    ]

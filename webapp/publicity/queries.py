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
from webapp.places.queries import called, recorded_within
from webapp.publicity import labels
from webapp.publicity.models import Publicity
from webapp.publicity.rules import SUMMED, Means, Use, added_up

_FILTERS = ("means", "place", "since", "until")


def publicity(reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """The newest versions within reach that match the filters."""
    query = select(Publicity).where(*records.counted(Publicity, filters), recorded_within(Publicity, reach))
    if filters.get("means"):
        query = query.where(Publicity.means == Means(filters["means"]))
    if place := filters.get("place"):
        in_area = Publicity.area.icontains(place, autoescape=True)
        query = query.where(or_(in_area, Publicity.place_id.in_(called(place))))
    return query.where(_within(filters.get("since"), filters.get("until")))


def _within(since: date | None, until: date | None) -> ColumnElement[bool]:
    """The condition of a period: means that are summed count on their first day only, others on each of their days."""
    begins_late = Publicity.from_on >= (since or date.min)
    lasts = or_(begins_late, Publicity.until_on.is_(None), Publicity.until_on >= (since or date.min))
    is_summed = Publicity.means.in_(SUMMED)
    return and_(Publicity.from_on <= (until or date.max), or_(and_(is_summed, begins_late), and_(~is_summed, lasts)))


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

"""What the page of a figure shows: its number, parts and trend, each with the address of exactly its rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from webapp.figures import queries
from webapp.figures.queries import Breakdown, Scope
from webapp.figures.rules import TRENDS
from webapp.kernel import charts, figures
from webapp.kernel.access import Reach
from webapp.kernel.figures import Figure
from webapp.places.queries import is_called


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure over a scope; `trend` and `parts` are None where it has no days, no units and no places."""

    figure: Figure
    scope: Scope
    number: int
    parts: Breakdown | None
    trend: list[tuple[date, int]] | None
    is_place_unknown: bool

    @property
    def bars(self) -> tuple[charts.Bar, ...]:
        return charts.bars([number for _day, number in self.trend or ()])

    @property
    def greatest(self) -> int:
        return max((number for _day, number in self.trend or ()), default=0)

    def rows_url(self, **changes: Any) -> str:
        """The list with the rows of the number, or of a part of it: another `unit`, `place`, `since` and `until`."""
        scope = replace(self.scope, **changes)
        return figures.url_of(self.figure, scope.since, scope.place, until=scope.until, unit=scope.unit)

    def url(self, **changes: Any) -> str:
        """This page with other values."""
        scope = replace(self.scope, **changes)
        values: dict[str, Any] = {"unit": scope.unit or None, "place": scope.place or None, "days": self._days}
        if self.figure.is_of_day:
            values |= {"since": scope.since, "until": scope.until}
        return url_for("figures.show", code=self.figure.code, **values)

    @property
    def _days(self) -> int | None:
        return len(self.trend) if self.trend and len(self.trend) != TRENDS[0] else None


def shown(figure: Figure, reach: Reach, form: Any, tree: Sequence[Any], today: date) -> Shown:
    """The figure over what a valid form names."""
    typed = form.data
    scope = Scope(
        typed.get("since") or today, typed.get("until") or today, typed.get("unit") or "", typed.get("place") or ""
    )
    if figure.axes is None:
        number = figures.value(figure, reach, scope.since, scope.until)
        return Shown(figure, scope, number, None, None, is_place_unknown=False)
    parts = queries.breakdown(figure, reach, scope, tree)
    trend = queries.trend(figure, reach, scope, int(form.days.data), tree) if figure.is_of_day else None
    is_unknown = bool(scope.place) and not parts.number and not is_called(scope.place)
    return Shown(figure, scope, parts.number, parts, trend, is_unknown)


def presets(page: Shown, today: date) -> list[tuple[str, str, bool, None]]:
    """Frequent periods, as tabs."""
    periods = (
        (_("今天"), today, today),
        (_("昨天"), today - timedelta(days=1), today - timedelta(days=1)),
        (_("近 7 天"), today - timedelta(days=6), today),
        (_("近 30 天"), today - timedelta(days=29), today),
    )
    here = page.scope.since, page.scope.until
    return [
        (page.url(since=since, until=until), words, (since, until) == here, None) for words, since, until in periods
    ]

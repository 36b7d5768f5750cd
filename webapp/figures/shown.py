"""What the page of a figure shows: its number, parts and trend, each with the address of exactly its rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from webapp.figures import queries, rules, signed
from webapp.figures.queries import Breakdown, Point, Scope
from webapp.figures.rules import Trend
from webapp.kernel import charts, figures
from webapp.kernel.access import Reach
from webapp.kernel.figures import Figure
from webapp.places.queries import is_called

KEPT = ("since", "until", "unit", "place", "trend")  # from the page of one figure to that of another


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure over a scope; `trend` and `parts` are None where it has no days, no units and no places; `signed` where
    nobody can sign it.
    """

    figure: Figure
    scope: Scope
    chosen: Trend
    number: int
    parts: Breakdown | None
    trend: list[Point] | None
    signed: signed.Section | None
    is_place_unknown: bool

    @property
    def bars(self) -> tuple[charts.Bar, ...]:
        return charts.bars([point.number for point in self.trend or ()])

    @property
    def greatest(self) -> int:
        return max((point.number for point in self.trend or ()), default=0)

    def rows_url(self, **changes: Any) -> str:
        """The list with the rows of the number, or of a part of it: another `unit`, `place`, `since` and `until`."""
        scope = replace(self.scope, **changes)
        return figures.url_of(self.figure, scope.since, scope.place, until=scope.until, unit=scope.unit)

    def url(self, trend: Trend | None = None, **changes: Any) -> str:
        """This page with other values."""
        scope, chosen = replace(self.scope, **changes), trend or self.chosen
        values: dict[str, Any] = {"unit": scope.unit or None, "place": scope.place or None}
        if self.figure.is_of_day:
            is_usual = chosen is Trend.DAYS_14
            values |= {"since": scope.since, "until": scope.until, "trend": None if is_usual else chosen}
        return url_for("figures.show", code=self.figure.code, **values)


def shown(figure: Figure, reach: Reach, form: Any, tree: Sequence[Any], today: date) -> Shown:
    """The figure over what a valid form names."""
    typed = form.data
    scope = Scope(
        typed.get("since") or today, typed.get("until") or today, typed.get("unit") or "", typed.get("place") or ""
    )
    chosen = Trend(typed.get("trend") or Trend.DAYS_14)
    has_parts = figure.is_by_unit or figure.is_by_place
    parts = queries.breakdown(figure, reach, scope, tree) if has_parts else None
    number = parts.number if parts else figures.value(figure, reach, scope.since, scope.until)
    trend = queries.trend(figure, reach, scope, chosen, tree) if figure.is_of_day and figure.axes else None
    is_unknown = bool(scope.place) and not number and not is_called(scope.place)
    compared = signed.section(figure, reach.actor, scope, tree)
    return Shown(figure, scope, chosen, number, parts, trend, compared, is_unknown)


def presets(page: Shown, today: date) -> list[tuple[str, str, bool, None]]:
    """Frequent periods, as tabs."""
    words = {"today": _("今天"), "yesterday": _("昨天"), "week": _("本周"), "month": _("本月")}
    periods = rules.presets(today)
    here = page.scope.since, page.scope.until
    current = next((name for name, period in periods.items() if period == here), None)
    return [
        (page.url(since=since, until=until), words[name], name == current, None)
        for name, (since, until) in periods.items()
    ]


def trends(page: Shown, words: dict[Trend, Any]) -> list[tuple[str, str, bool, None]]:
    """How far back the trend may go, as tabs."""
    return [(page.url(trend=trend), str(label), trend is page.chosen, None) for trend, label in words.items()]

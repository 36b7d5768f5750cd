"""Figures: numbers of a day that Today, reports and alerts share, each with a link to exactly the counted rows."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from time import monotonic
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, current_app, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Select
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from webapp.kernel import clock
from webapp.kernel.access import Actor, Reach, find_actor, reach_into
from webapp.kernel.contributions import Contribution
from webapp.kernel.listing import Listing, exact, summed

T = TypeVar("T")
CACHED_S = 10.0  # seconds that a number is cached for everybody with the same reach
_MOST_CACHED = 5_000  # cached numbers per process
Count = Callable[[Reach, dict[str, Any]], int]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and the list of its rows: the page at `endpoint` with the query parameters `filters`.

    It is counted by the query of `rows` or, with `is_sum`, summed by the `total` of that listing; for a page that is no
    Listing, `count(reach, filters)` counts. `is_of_day` adds the filters `since` and `until` of one district day; a
    place's code becomes the filter `place`. `unit` is the Chinese measure word. `label` is a text, or a function of a
    second number counted by `beside`. `tone` colours a number above 0; `is_hidden_at_zero` hides a 0. `is_personal`:
    the number belongs to one person and is not shared with others of the same reach.
    """

    code: str
    label: Any
    endpoint: str
    rows: Listing | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    is_of_day: bool = False
    is_sum: bool = False
    unit: Any = ""
    tone: str | None = None
    is_hidden_at_zero: bool = False
    is_personal: bool = False
    count: Count | None = None
    beside: Count | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure with its number, as a card shows it."""

    label: str
    number: int
    url: str
    tone: str | None
    is_sum: bool


_Counter = Callable[[Figure, Reach, dict[str, Any]], int]
figures: Contribution[dict[str, Figure]] = Contribution("figures")
_cache: Contribution["Cache"] = Contribution("figure_cache")


def number_of(figure: Figure, reach: Reach, day: date, place: str = "") -> int:
    """The number of a figure on a district day within a reach, at one place if its code is given.

    A figure without `is_of_day` gives the present number. A number is up to CACHED_S seconds old, unless the actor has
    recorded something since.
    """
    return _of_scope("", figure, reach, day, place, _counted)


def draw(figure: Figure, actor: Actor, at: datetime) -> Drawn:
    """Today's number of a figure for one person, with the reach of the roles that open its list."""
    reach, day = reach_into(figure.endpoint, actor), clock.district_day(at)
    number = number_of(figure, reach, day)
    tone = figure.tone if number else None
    return Drawn(_label(figure, reach, day), number, url_of(figure, day), tone, figure.is_sum)


def of_reach(code: str, reach: Reach, day: date, count: Callable[[], T]) -> T:
    """The result of `count` for a day within a reach, cached like a number: plain values without personal data."""
    return _cache().value(("of reach", code, frozenset(reach.grants), day), reach.actor.id, count)


def url_of(figure: Figure, day: date, place: str = "") -> str:
    """The address of the list with exactly the figure's rows."""
    return url_for(figure.endpoint, **_address(figure, day, place))


def init_app(app: Flask) -> None:
    app.config.setdefault("FIGURES_CACHED_S", CACHED_S)
    _cache.install(app, Cache())
    app.after_request(_note_writing)


def _address(figure: Figure, day: date, place: str) -> dict[str, Any]:
    of_day = {"since": day.isoformat(), "until": day.isoformat()} if figure.is_of_day else {}
    return {**figure.filters, **of_day, **({"place": place} if place else {})}


def _counted(figure: Figure, reach: Reach, address: dict[str, Any]) -> int:
    filters = _filters(figure, reach, address)
    if figure.count is not None:
        return figure.count(reach, filters)
    assert figure.rows is not None, figure.code
    query: Select[Any] = figure.rows.select(reach, filters)
    return summed(query, figure.rows.total) if figure.is_sum and figure.rows.total else exact(query)


def _beside(figure: Figure, reach: Reach, address: dict[str, Any]) -> int:
    assert figure.beside is not None
    return figure.beside(reach, _filters(figure, reach, address))


def _filters(figure: Figure, reach: Reach, address: dict[str, Any]) -> dict[str, Any]:
    """The filter data that the list reads from the address. Raises ValueError if it would refuse it."""
    if figure.rows is None:
        return dict(address)
    form = figure.rows.filters(MultiDict(address), reach=reach)
    if not form.validate() or set(address) - set(form.data):
        raise ValueError(f"{figure.code}: its list does not take {address}")
    data: dict[str, Any] = form.data
    return data


def _label(figure: Figure, reach: Reach, day: date) -> str:
    words = figure.label
    if figure.beside is not None:
        words = words(_of_scope("beside", figure, reach, day, "", _beside))
    return _("%(what)s（%(unit)s）", what=words, unit=figure.unit) if figure.unit else str(words)


def _of_scope(
    part: str,
    figure: Figure,
    reach: Reach,
    day: date,
    place: str,
    count: _Counter,
) -> int:
    own = reach.actor.id if figure.is_personal else None
    key = (part, figure.code, frozenset(reach.grants), own, day, place)
    return _cache().value(key, reach.actor.id, lambda: count(figure, reach, _address(figure, day, place)))


class Cache:
    """A cache of numbers (or other plain values) by scope, with their time and the time of each person's last write."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, tuple[float, Any]] = {}
        self._wrote: dict[UUID, float] = {}

    def value(self, key: Hashable, person_id: UUID, count: Callable[[], T]) -> T:
        """The cached number if it is younger than FIGURES_CACHED_S and than the person's last write, else a new one."""
        began = monotonic()
        oldest = max(began - current_app.config["FIGURES_CACHED_S"], self._wrote.get(person_id, 0))
        counted_at, number = self._numbers.get(key, (0.0, None))
        if counted_at <= oldest:
            number = count()
            if len(self._numbers) >= _MOST_CACHED:
                self._numbers.clear()
            self._numbers[key] = (began, number)
        known: T = number
        return known

    def note_writing(self, person_id: UUID) -> None:
        if len(self._wrote) >= _MOST_CACHED:
            self._wrote.clear()
            self._numbers.clear()
        self._wrote[person_id] = monotonic()


def _note_writing(response: Response) -> Response:
    """Note a write, so that its author sees it counted at once."""
    if request.method not in ("GET", "HEAD", "OPTIONS") and (actor := find_actor()):
        _cache().note_writing(actor.id)
    return response

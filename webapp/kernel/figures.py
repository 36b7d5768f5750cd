"""Figures: numbers of a day that Today, reports and alerts share, each with a link to exactly the counted rows."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, Uuid, inspect, literal
from werkzeug.datastructures import MultiDict

from webapp.kernel import caching, charts, clock
from webapp.kernel.access import Actor, Reach, reach_into
from webapp.kernel.contributions import Contribution
from webapp.kernel.listing import Axes, Listing, Part, exact, groups, summed

T = TypeVar("T")
CARD_DAYS = 7  # of the trend on a card
Count = Callable[[Reach, dict[str, Any]], int]
Fold = Callable[[Mapping[Any, int]], int]  # the number of some parts from their sums by key


@dataclass(frozen=True, slots=True)
class Parts:
    """A figure by place and unit. The number of any of its `rows` together is the `fold` of their sums by key."""

    rows: Sequence[Part]
    fold: Fold

    def number(self, rows: Iterable[Part]) -> int:
        """The number of some rows; 0 without any."""
        sums: Counter[Any] = Counter()
        for row in rows:
            sums[row.key] += row.number
        return self.fold(sums) if sums else 0


def added_up(sums: Mapping[Any, int]) -> int:
    """Of what adds up."""
    return sum(sums.values())


def greatest(sums: Mapping[Any, int]) -> int:
    """Of what lasts: the number of the largest day."""
    return max(sums.values())


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and the list of its rows: the page at `endpoint` with the query parameters `filters`.

    It is counted by the query of `rows` or, with `is_sum`, summed by the `total` of that listing; for a page that is no
    Listing, `count(reach, filters)` counts. `is_of_day` adds the filters `since` and `until` of the district days; any
    other figure is of the present state. Over several days a number is that of all their rows; with `is_peak` it is the
    largest of the days' numbers, for things that last and would be counted again every day. The filters `unit` and
    `place` narrow a figure whose rows have `axes`, or which finds its own `parts`.

    `label` is a text for a card of today, or a function of a second number counted by `beside`; `title` is its name on
    any day, `explained` says what is counted. `unit` is the Chinese measure word; a card shows that of a sum. `tone`
    colours a number above 0; `is_hidden_at_zero` hides a 0. `is_personal`: the number belongs to one person and is not
    shared with others of the same reach.
    """

    code: str
    label: Any
    endpoint: str
    rows: Listing | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    is_of_day: bool = False
    is_sum: bool = False
    is_peak: bool = False
    unit: Any = ""
    title: Any = ""
    explained: Any = ""
    tone: str | None = None
    is_hidden_at_zero: bool = False
    is_personal: bool = False
    count: Count | None = None
    beside: Count | None = None
    parts: Callable[[Reach, dict[str, Any]], Parts] | None = None

    @property
    def name(self) -> Any:
        """What it is called on any day."""
        return self.title or self.label

    @property
    def axes(self) -> Axes | None:
        """By what it is broken down; None for a figure that has neither days nor units nor places."""
        return self.rows.axes if self.rows else None

    @property
    def is_by_unit(self) -> bool:
        """Whether it is broken down by units, so that one narrows it."""
        return self.parts is not None or (self.axes is not None and self.axes.unit is not None)

    @property
    def is_by_place(self) -> bool:
        """Likewise by places."""
        return self.parts is not None or (self.axes is not None and self.axes.place is not None)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure with its number, as a card shows it; `trend` are the numbers of CARD_DAYS, of a figure of the day."""

    code: str
    label: str
    number: int
    url: str
    tone: str | None
    is_sum: bool
    day: date
    trend: tuple[int, ...] = ()

    @property
    def before(self) -> int | None:
        """Yesterday's number."""
        return self.trend[-2] if self.trend else None

    @property
    def spark(self) -> str:
        """The trend as a path (charts.spark)."""
        return charts.spark(self.trend)


figures: Contribution[dict[str, Figure]] = Contribution("figures")
watched: Contribution[tuple[Figure, ...]] = Contribution("watched")  # what the auditor sees of each feature


def number_of(figure: Figure, reach: Reach, day: date, place: str = "") -> int:
    """The number of a figure on a district day within a reach, at one place if its code is given (`value`)."""
    return value(figure, reach, day, day, place=place)


def value(figure: Figure, reach: Reach, since: date, until: date, *, unit: str = "", place: str = "") -> int:
    """The number of a figure over district days, both included, within a reach; from the records as they are now.

    `unit` is the code or id of a unit, which counts with all units below it; `place` is a place's code. A figure that
    is not `is_of_day` gives the present number, whatever the days. A number is up to caching.CACHED_S seconds old,
    unless the actor has recorded something since. Raises ValueError for a unit or place that it is not counted by.
    """
    count = _peak if figure.is_peak and since < until else _counted
    return _of_scope("", figure, reach, _address(figure, since, until, unit, place), count)


def by_day(
    figure: Figure, reach: Reach, since: date, until: date, *, unit: str = "", place: str = ""
) -> dict[date, int]:
    """The numbers of each of these days, in their order, in one statement; for a figure of the day with `axes`."""
    return _of_scope("by day", figure, reach, _address(figure, since, until, unit, place), _by_day)


def parts_of(figure: Figure, reach: Reach, since: date, until: date, *, unit: str = "", place: str = "") -> Parts:
    """The numbers by place and unit, in one statement, for a figure that is by one of them."""
    return _of_scope("parts", figure, reach, _address(figure, since, until, unit, place), _parts)


def is_recountable(figure: Figure) -> bool:
    """Whether a figure counts records, the same ones for everybody with the same reach: rows of a list with a uuid."""
    if figure.rows is None or figure.is_personal:
        return False
    unique = figure.rows.order[-1]
    is_key = list(inspect(unique.class_).primary_key) == list(unique.property.columns)
    return is_key and isinstance(unique.type, Uuid)


def rows_of(figure: Figure, reach: Reach, day: date) -> Select[Any]:
    """The query of exactly the rows of a figure that `is_recountable`: `key`, `correction` and `amount` of each.

    `key` is the id of the record, `correction` the number of its correction (0 first), `amount` what it adds.
    """
    assert figure.rows is not None, figure.code
    unique, total = figure.rows.order[-1], figure.rows.total
    model = unique.class_
    correction = model.version - 1 if hasattr(model, "version") else literal(0)
    amount = total.column if figure.is_sum and total else literal(1)
    key = getattr(model, "record_id", unique)
    query = _query(figure, reach, _address(figure, day, day, "", "")).order_by(None)
    return query.with_only_columns(key.label("key"), correction.label("correction"), amount.label("amount"))


def draw(figure: Figure, actor: Actor, at: datetime) -> Drawn:
    """Today's number of a figure for one person, with the reach of the roles that open its list."""
    reach, day = reach_into(figure.endpoint, actor), clock.district_day(at)
    trend = _trend(figure, reach, day)
    number = trend[-1] if trend else number_of(figure, reach, day)
    tone = figure.tone if number else None
    label, url = _label(figure, reach, day), url_of(figure, day)
    return Drawn(figure.code, label, number, url, tone, figure.is_sum, day, trend)


def _trend(figure: Figure, reach: Reach, day: date) -> tuple[int, ...]:
    """The numbers of the days up to this one, in one statement."""
    if not figure.is_of_day or figure.axes is None:
        return ()
    return tuple(by_day(figure, reach, day - timedelta(days=CARD_DAYS - 1), day).values())


def url_of(figure: Figure, since: date, place: str = "", *, until: date | None = None, unit: str = "") -> str:
    """The address of the list with exactly the figure's rows, of one day if `until` is not given."""
    address: dict[str, Any] = {**_address(figure, since, until or since, unit, place)}
    return url_for(figure.endpoint, **address)


def _address(figure: Figure, since: date, until: date, unit: str, place: str) -> dict[str, str]:
    of_days = {"since": since.isoformat(), "until": until.isoformat()} if figure.is_of_day else {}
    narrowed = {name: code for name, code in (("unit", unit), ("place", place)) if code}
    if (unit and not figure.is_by_unit) or (place and not figure.is_by_place):
        raise ValueError(f"{figure.code} is not counted by {' and '.join(narrowed)}")
    return {**figure.filters, **of_days, **narrowed}


def _counted(figure: Figure, reach: Reach, address: dict[str, str]) -> int:
    if figure.count is not None:
        return figure.count(reach, _filters(figure, reach, address))
    assert figure.rows is not None, figure.code
    query = _query(figure, reach, address)
    return summed(query, figure.rows.total) if figure.is_sum and figure.rows.total else exact(query)


def _peak(figure: Figure, reach: Reach, address: dict[str, str]) -> int:
    return max(_by_day(figure, reach, address).values())


def _by_day(figure: Figure, reach: Reach, address: dict[str, str]) -> dict[date, int]:
    axes, amount = _measured(figure)
    return groups.by_day(_query(figure, reach, address), axes, amount, _days(address))


def _parts(figure: Figure, reach: Reach, address: dict[str, str]) -> Parts:
    if figure.parts is not None:
        return figure.parts(reach, _filters(figure, reach, address))
    axes, amount = _measured(figure)
    days = _days(address) if figure.is_peak else ()
    rows = groups.parts(_query(figure, reach, address), axes, amount, days)
    return Parts(rows, greatest if figure.is_peak else added_up)


def _query(figure: Figure, reach: Reach, address: dict[str, str]) -> Select[Any]:
    assert figure.rows is not None, figure.code
    return figure.rows.select(reach, _filters(figure, reach, address))


def _measured(figure: Figure) -> tuple[Axes, Any]:
    """By what a figure is broken down, and what it adds up of each row."""
    assert figure.rows is not None, figure.code
    assert figure.axes is not None, figure.code
    total = figure.rows.total
    return figure.axes, total.column if figure.is_sum and total else literal(1)


def _days(address: dict[str, str]) -> list[date]:
    first, last = date.fromisoformat(address["since"]), date.fromisoformat(address["until"])
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _beside(figure: Figure, reach: Reach, address: dict[str, str]) -> int:
    assert figure.beside is not None
    return figure.beside(reach, _filters(figure, reach, address))


def _filters(figure: Figure, reach: Reach, address: dict[str, str]) -> dict[str, Any]:
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
        words = words(_of_scope("beside", figure, reach, _address(figure, day, day, "", ""), _beside))
    return _("%(what)s（%(unit)s）", what=words, unit=figure.unit) if figure.unit and figure.is_sum else str(words)


def _of_scope(
    part: str,
    figure: Figure,
    reach: Reach,
    address: dict[str, str],
    count: Callable[[Figure, Reach, dict[str, str]], T],
) -> T:
    own = reach.actor.id if figure.is_personal else None
    key = (part, figure.code, frozenset(reach.grants), own, tuple(address.items()))
    return caching.cached().value(key, reach.actor.id, lambda: count(figure, reach, address))

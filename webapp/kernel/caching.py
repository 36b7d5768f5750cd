"""Plain values that many pages show, such as figures, kept for some seconds by what they depend on."""

from collections.abc import Callable, Hashable
from datetime import date
from time import monotonic
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, current_app, request
from werkzeug import Response

from webapp.kernel.access import Actor, Reach, find_actor
from webapp.kernel.contributions import Contribution

T = TypeVar("T")
CACHED_S = 10.0  # seconds that a number is cached for everybody with the same reach
_MOST_CACHED = 5_000  # cached numbers per process


class Cache:
    """A cache of numbers (or other plain values) by scope, with their time and the time of each person's last write."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, tuple[float, Any]] = {}
        self._wrote: dict[UUID, float] = {}

    def value(self, key: Hashable, person_id: UUID, count: Callable[[], T], seconds: float | None = None) -> T:
        """The cached number if it is younger than FIGURES_CACHED_S and than the person's last write, else a new one."""
        began = monotonic()
        oldest = max(
            began - (current_app.config["FIGURES_CACHED_S"] if seconds is None else seconds),
            self._wrote.get(person_id, 0),
        )
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


cached: Contribution[Cache] = Contribution("figure_cache")


def of_reach(code: str, reach: Reach, day: date, count: Callable[[], T]) -> T:
    """The result of `count` for a day within a reach, cached like a number: plain values without personal data."""
    return cached().value(("of reach", code, frozenset(reach.grants), day), reach.actor.id, count)


def of_person(code: str, actor: Actor, count: Callable[[], T]) -> T:
    """The result of `count` for one person, at most CACHED_S seconds old and counted after their last write."""
    return cached().value(("of person", code, actor.id), actor.id, count, CACHED_S)


def init_app(app: Flask) -> None:
    app.config.setdefault("FIGURES_CACHED_S", CACHED_S)
    cached.install(app, Cache())
    app.after_request(_note_writing)


def _note_writing(response: Response) -> Response:
    """Note a write, so that its author sees it counted at once."""
    if request.method not in ("GET", "HEAD", "OPTIONS") and (actor := find_actor()):
        cached().note_writing(actor.id)
    return response

"""What the frame of every page shows beside the page: a number of waiting alerts, an alarm."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import Flask

from webapp.kernel import caching, clock
from webapp.kernel.access import Actor, Role, find_actor
from webapp.kernel.contributions import Contribution


class Spot(StrEnum):
    """Where a signal stands: beside the person's name, or above the page."""

    HEAD = "head"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Signal:
    """`read(actor, at)` gives what `template` draws as `shown`, plain values, or None for nothing. It is read once in
    CACHED_S seconds per person and process (kernel/caching.py).
    """

    code: str
    roles: tuple[Role, ...]
    spot: Spot
    template: str
    read: Callable[[Actor, datetime], Any]


_signals: Contribution[tuple[Signal, ...]] = Contribution("signals")


def shown(spot: str) -> list[tuple[str, Any]]:
    """The templates of a spot and what they draw, for the person who is signed in."""
    actor = find_actor()
    if actor is None:
        return []
    mine = [signal for signal in _signals() if signal.spot == spot and actor.has(*signal.roles)]
    values = [(signal.template, _read(signal, actor)) for signal in mine]
    return [(template, value) for template, value in values if value is not None]


def _read(signal: Signal, actor: Actor) -> Any:
    return caching.of_person(f"signal {signal.code}", actor, lambda: signal.read(actor, clock.now()))


def install(app: Flask, declared: tuple[Signal, ...]) -> None:
    _signals.install(app, declared)
    app.jinja_env.globals["signals"] = shown

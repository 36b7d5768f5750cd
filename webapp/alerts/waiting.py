"""How many alerts wait for a person, and when the newest of them was to be heard; read with every page."""

from dataclasses import dataclass
from datetime import UTC, datetime

from webapp.alerts import queries
from webapp.alerts.rules import loud_at
from webapp.kernel import caching, clock
from webapp.kernel.access import Actor

LOOKED_AT = 100  # the newest, for the sound


@dataclass(frozen=True, slots=True)
class Waiting:
    """`count` open alerts. `newest` is when the last was raised, `loud` since when it may be heard (ISO or empty)."""

    count: int
    newest: str
    loud: str

    @property
    def seen(self) -> str:
        """What a page tells that it shows."""
        return f"{self.count}-{self.newest}"


def waiting(actor: Actor, at: datetime) -> Waiting:
    """The alerts that wait for a person, at most some seconds old."""
    return caching.of_person("alerts waiting", actor, lambda: _read(actor, at))


def _read(actor: Actor, at: datetime) -> Waiting:
    rows = queries.heard_of(actor.id, LOOKED_AT)
    if not rows:
        return Waiting(0, "", "")
    raised = (
        (clock.local(row.raised_at), row.level, None if row.quiet_from is None else (row.quiet_from, row.quiet_until))
        for row in rows
    )
    return Waiting(rows[0].total, _written(rows[0].raised_at), _written(loud_at(raised, clock.local(at))))


def _written(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat() if moment else ""

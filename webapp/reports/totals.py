"""Totals of a day over units, each with what is missing beside it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from webapp.reports.rules import State, state_of, topmost


@dataclass(frozen=True, slots=True)
class Mark:
    """An expectation (row of `queries.SHOWN`) with its state."""

    row: Any
    state: State
    devices: int = 0  # of the unit, that have not sent everything
    entries: int = 0

    @property
    def is_open(self) -> bool:
        """Whether nobody has signed."""
        return self.state in (State.DUE, State.MISSING)


def marks(rows: Iterable[Any], at: datetime, waiting: Collection[Any] = ()) -> list[Mark]:
    """The rows with their states and the unsent work of their units; `waiting`: `sync.queries.waiting_by_unit`."""
    return [Mark(row, _state(row, at), *unsent(row.path, waiting)) for row in rows]


def _state(row: Any, at: datetime) -> State:
    of_report: dict[str, Any] = {"signed_at": row.signed_at, "is_zero": row.is_zero, "standing": row.standing}
    return state_of(row.due_at, at, version=row.version, **of_report)


def unsent(path: str, waiting: Collection[Any]) -> tuple[int, int]:
    """The devices with unsent work, and their entries, of a unit with all units below it."""
    own = [row for row in waiting if row.path.startswith(path)]
    return sum(row.devices for row in own), sum(row.entries for row in own)


@dataclass(frozen=True, slots=True)
class Completeness:
    """How complete a day is: stands beside every total."""

    owed: int
    signed: int
    zero: int
    late: int
    amended: int
    missing: int
    due: int
    devices: int
    entries: int
    computed_at: datetime
    due_at: datetime | None
    returned: int = 0
    unsure: int = 0


def completeness(marked: Sequence[Mark], at: datetime) -> Completeness:
    """Count the units of one kind and day."""
    states = Counter(mark.state for mark in marked)
    own = of_units(marked)  # a unit's devices include those of the units below it
    return Completeness(
        owed=len(marked),
        signed=sum(not mark.is_open for mark in marked),
        zero=sum(bool(mark.row.is_zero) for mark in marked),
        late=sum(mark.row.signed_at is not None and mark.row.signed_at > mark.row.due_at for mark in marked),
        amended=states[State.AMENDED],
        missing=states[State.MISSING],
        due=states[State.DUE],
        returned=states[State.RETURNED],
        unsure=states[State.UNSURE],
        devices=sum(mark.devices for mark in own),
        entries=sum(mark.entries for mark in own),
        computed_at=at,
        due_at=max((mark.row.due_at for mark in marked), default=None),
    )


def stored(whole: Completeness) -> dict[str, Any]:
    """Completeness as plain data for a column, without the moment at which it was computed."""
    fields = asdict(whole) | {"due_at": whole.due_at and whole.due_at.isoformat()}
    return {name: value for name, value in fields.items() if name != "computed_at"}


def restored(fields: Mapping[str, Any], at: datetime) -> Completeness:
    """What `stored` stored, as it was computed at a moment."""
    due_at = fields["due_at"] and datetime.fromisoformat(fields["due_at"])
    return Completeness(**{**fields, "due_at": due_at}, computed_at=at)


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of the newest versions of some units: `summed` by line, of `units`; what is not in it is `absent`."""

    summed: Mapping[str, int]
    units: Sequence[Mark]
    absent: Sequence[Mark]


def of_units(marked: Sequence[Mark]) -> list[Mark]:
    """The units that a total adds up: those without another of these units above them, so that none counts twice."""
    tops = set(topmost({mark.row.unit_id: mark.row.path for mark in marked}))
    return [mark for mark in marked if mark.row.unit_id in tops]


def below(marked: Iterable[Mark], path: str) -> list[Mark]:
    """The units below the unit with this path."""
    return [mark for mark in marked if mark.row.path != path and mark.row.path.startswith(path)]


def total(marked: Sequence[Mark], numbers: Mapping[UUID, Mapping[str, Any]]) -> Total:
    """Add up the topmost of these units; `numbers` are those of the signed versions by id."""
    units = of_units(marked)
    summed: Counter[str] = Counter()
    for mark in units:
        for code, pair in numbers.get(mark.row.report_id, {}).items():
            summed[code] += pair[1]
    return Total(summed, [mark for mark in units if not mark.is_open], [mark for mark in units if mark.is_open])

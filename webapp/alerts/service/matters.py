"""What the rules find at a moment: tasks and figures, each once per key and level."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from flask import current_app, g

from webapp.alerts.models import AlertRule
from webapp.alerts.rules import FIGURE, Each, is_time
from webapp.kernel import clock, figures
from webapp.kernel.access import Actor, Grant, Reach, Role, reach_into
from webapp.kernel.deadlines import Due, Level, key_of, watched
from webapp.kernel.listing import Part
from webapp.kernel.recipients import Matter, Question
from webapp.places import queries as places
from webapp.units import queries as units

NOBODY = UUID(int=0)
Key = tuple[str, Level]


@dataclass(slots=True, kw_only=True)
class Concern:
    """Something that is to be alerted. The first rule decides about quiet hours and repetition; recipients and
    channels are those of all rules that name it at this level.
    """

    rule: AlertRule
    key: str
    level: Level
    matter: Matter
    url: str
    due_at: datetime | None = None
    amount: int | None = None
    number: str = ""
    questions: set[Question] = field(default_factory=set)
    channels: set[str] = field(default_factory=set)

    def add(self, rule: AlertRule) -> None:
        """Add recipients and channels of a rule."""
        self.questions |= {(recipient, self.matter) for recipient in rule.recipients}
        self.channels |= set(rule.channels)


def concerns(rules: Sequence[AlertRule], at: datetime) -> dict[Key, Concern]:
    """Everything that these rules alert at a moment. The number of statements grows with rules, not with tasks."""
    by_scope: defaultdict[UUID | None, list[AlertRule]] = defaultdict(list)
    for rule in rules:
        by_scope[rule.unit_id].append(rule)
    merged: dict[Key, Concern] = {}
    with _as_page():
        for unit_id, scoped in by_scope.items():
            for concern in _of_scope(_overseer(unit_id), scoped, at):
                merged.setdefault((concern.key, concern.level), concern).add(concern.rule)
    return merged


def _of_scope(overseer: Actor, rules: Sequence[AlertRule], at: datetime) -> Iterator[Concern]:
    by_kind: defaultdict[str, list[AlertRule]] = defaultdict(list)
    for rule in rules:
        if rule.source.startswith(FIGURE):
            yield from _of_figure(overseer, rule, at)
        else:
            by_kind[rule.source].append(rule)
    for due in watched(overseer, at, by_kind) if by_kind else ():
        yield from (_of_task(due, rule) for rule in by_kind[due.kind] if _is_alerted(due, rule, at))


def _is_alerted(due: Due, rule: AlertRule, at: datetime) -> bool:
    is_enough = rule.threshold is None or (due.amount or 0) >= rule.threshold
    return is_enough and is_time(due.due_at, rule.after_minutes, at)


def _of_task(due: Due, rule: AlertRule) -> Concern:
    """Without the words of the task, which may be private. A count over several units is another in each scope."""
    is_of_scope = due.amount is not None and not (due.place or due.unit) and rule.unit_id
    return Concern(
        rule=rule,
        key=key_of(due.key, rule.unit_id) if is_of_scope else due.key,
        level=rule.level or due.level,
        matter=Matter(who=due.who, place_id=due.place, unit_id=None if due.place else due.unit or rule.unit_id),
        url=due.url,
        due_at=due.due_at,
        amount=due.amount,
        number=due.number,
    )


def _of_figure(overseer: Actor, rule: AlertRule, at: datetime) -> Iterator[Concern]:
    """The figure's numbers in the rule's scope that reach the threshold, one for each place or unit if it says so."""
    figure = figures.figures().get(rule.source.removeprefix(FIGURE))
    if figure is None or rule.threshold is None or (rule.each and not (figure.is_by_unit or figure.is_by_place)):
        return
    reach, day = reach_into(figure.endpoint, overseer), clock.district_day(at)
    numbers = [(matter, n) for matter, n in _numbers(figure, reach, rule, day) if n >= rule.threshold]
    codes = {row.id: row.code for row in places.known([m.place_id for m, _number in numbers if m.place_id])}
    for matter, number in numbers:
        place = codes.get(matter.place_id, "") if matter.place_id else ""
        unit = str(matter.unit_id) if matter.unit_id and figure.is_by_unit else ""
        yield Concern(
            rule=rule,
            key=key_of(rule.source, matter.place_id or matter.unit_id or "district"),
            level=rule.level or Level.WARNING,
            matter=matter,
            url=figures.url_of(figure, day, place, unit=unit),
            amount=number,
        )


def _numbers(figure: figures.Figure, reach: Reach, rule: AlertRule, day: date) -> Iterable[tuple[Matter, int]]:
    """The number of the rule's scope; or those of each place, or of each unit with all units below it."""
    if rule.each is None:
        return [(Matter(unit_id=rule.unit_id), figures.number_of(figure, reach, day))]
    parts = figures.parts_of(figure, reach, day, day)
    rows: defaultdict[Matter, list[Part]] = defaultdict(list)
    paths = units.paths() if rule.each is Each.UNIT else {}
    for part in parts.rows:
        if rule.each is Each.UNIT:
            for unit_id in _above(part.unit_id, paths, rule.unit_id):
                rows[Matter(unit_id=unit_id)].append(part)
        elif part.place_id:
            rows[Matter(place_id=part.place_id)].append(part)
    return [(matter, parts.number(own)) for matter, own in rows.items()]


def _above(unit_id: UUID | None, paths: Mapping[UUID, str], top_id: UUID | None) -> list[UUID]:
    """A unit and those above it, up to a top one."""
    path, top = paths.get(unit_id, "") if unit_id else "", paths.get(top_id, "") if top_id else ""
    return [above for above, begin in paths.items() if path.startswith(begin) and begin.startswith(top)]


def _overseer(unit_id: UUID | None) -> Actor:
    """Somebody with every role over a unit or the district: no person."""
    return Actor(NOBODY, "", "", tuple(Grant(role, unit_id) for role in Role))


@contextmanager
def _as_page() -> Iterator[None]:
    """Tasks and figures have addresses, which Flask builds for a request only."""
    with current_app.test_request_context("/"):
        g.cookie_free = True  # nobody is signed in
        try:
            yield
        finally:
            g.pop("cookie_free", None)

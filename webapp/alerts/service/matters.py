"""What the rules find at a moment: tasks and figures, each once per key and level."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from flask import current_app, g

from webapp.alerts.models import AlertRule
from webapp.alerts.rules import FIGURE, is_time
from webapp.kernel import clock, figures
from webapp.kernel.access import Actor, Grant, Role, reach_into
from webapp.kernel.deadlines import Due, Level, key_of, watched
from webapp.kernel.recipients import Matter, Question

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
        yield from (_of_task(due, rule) for rule in by_kind[due.kind] if is_time(due.due_at, rule.after_minutes, at))


def _of_task(due: Due, rule: AlertRule) -> Concern:
    matter = Matter(who=due.who, place_id=due.place, unit_id=None if due.place else due.unit or rule.unit_id)
    level = rule.level or due.level
    return Concern(rule=rule, key=due.key, level=level, matter=matter, url=due.url, due_at=due.due_at)


def _of_figure(overseer: Actor, rule: AlertRule, at: datetime) -> Iterator[Concern]:
    """The figure's number in the rule's scope, if it reaches the threshold."""
    figure = figures.figures().get(rule.source.removeprefix(FIGURE))
    if figure is None or rule.threshold is None:
        return
    day = clock.district_day(at)
    number = figures.number_of(figure, reach_into(figure.endpoint, overseer), day)
    if number >= rule.threshold:
        yield Concern(
            rule=rule,
            key=key_of(rule.source, rule.unit_id or "district"),
            level=rule.level or Level.WARNING,
            matter=Matter(unit_id=rule.unit_id),
            url=figures.url_of(figure, day),
            amount=number,
        )


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

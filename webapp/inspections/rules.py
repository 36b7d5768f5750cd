"""Rules of inspections: circumstances for the judgement, findings and their default deadlines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from webapp.inspections.checklists import Checklist, ChecklistItem, ItemKind, Severity
from webapp.standards.rules import OUT_OF_LIMITS, Circumstances, Verdict


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "na"


class FindingState(StrEnum):
    """The state of a finding; acts.py has its acts."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"  # not by an act, but by a correction or voiding of its check


class FindingAct(StrEnum):
    ANSWER = "answer"
    CLOSE = "close"
    REOPEN = "reopen"
    EXTEND = "extend"


ANY = "any"  # of the filter of findings: closed ones too
STILL_OWED = (FindingState.OPEN, FindingState.ANSWERED)
FOUND = (*STILL_OWED, FindingState.CLOSED)
RECHECK_WITHIN = timedelta(days=1)


class Outcome(StrEnum):
    """The result of an inspection."""

    CLEAN = "clean"
    FINDINGS = "findings"
    OUT_OF_LIMITS = "out_of_limits"


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """The properties of a place for the standard (see webapp/places)."""

    kind: str
    institution: str | None
    route: str | None
    disinfectant: str | None


def circumstances_at(
    place: PlaceFacts, regime: str, answers: Mapping[str, Any], item: ChecklistItem, quantity: str | None
) -> Circumstances:
    """The circumstances of one reading, from the place, the regime and the answers of the checklist.

    The disinfectant in the answers takes precedence over the recorded one.
    """
    hours, celsius = answers.get("contact_time"), answers.get("store_celsius")
    return Circumstances(
        institution=institution_at(place),
        route=place.route,
        disinfectant=answers.get("disinfectant") or place.disinfectant,
        point=point_at(place.kind, item),
        regime=regime,
        quantity=quantity,
        contact_hours=hours if isinstance(hours, Decimal) else None,
        store_celsius=celsius if isinstance(celsius, Decimal) else None,
    )


def points_at(place_kind: str) -> dict[str, str]:
    """Points that are replaced at a kind of place: a disposal plant's waste store has own limits (GB 39707-2020)."""
    return {"waste_store": "disposal_plant"} if place_kind == "disposal_plant" else {}


def point_at(place_kind: str, item: ChecklistItem) -> str | None:
    """The sampling point of a reading."""
    return points_at(place_kind).get(item.point, item.point) if item.point else None


def institution_at(place: PlaceFacts) -> str | None:
    """The class of institution; a municipal works is not medical (GB 18918-2002 has no residual-chlorine limit)."""
    return "municipal" if place.kind == "wastewater_works" else place.institution


def is_single_sample(answers: Mapping[str, Any]) -> bool:
    """Whether readings are of a single sample, and so only indicative: the standard's limits are daily means."""
    return answers.get("sample_kind") != "daily_mean"


def is_finding(item: ChecklistItem, answer: Any, verdict: Verdict | None) -> bool:
    """Whether an item is a finding: a "no", or a reading out of limits."""
    if item.kind is ItemKind.YES_NO_NA:
        return bool(answer == Answer.NO)
    return verdict in OUT_OF_LIMITS


def answered_together(checklist: Checklist, answers: Mapping[str, Any]) -> frozenset[str]:
    """The items that were answered "yes" together by the button of a section, and still are "yes"."""
    named = frozenset((answers.get("together") or "").split())
    return frozenset(i.code for i in checklist.items if i.is_duty and answers.get(i.code) == Answer.YES) & named


def due_first(last_at: datetime | None, code: str) -> tuple[bool, float, str]:
    """The sort key of places that are due for a check: never checked first, then by last check, then by code."""
    return last_at is not None, last_at.timestamp() if last_at else 0, code


def due_at(item: ChecklistItem, found_at: datetime) -> datetime:
    """The checklist's default deadline for rectifying a finding; the inspector may set another."""
    return found_at + timedelta(days=item.days)


def next_due_at(state: FindingState, due_at: datetime, chosen: datetime | None, at: datetime) -> datetime:
    """The deadline of the next act on a finding: a rectification is to be verified by the old deadline, but at least a
    day later; in other states the `chosen` deadline applies.
    """
    if state is FindingState.ANSWERED:
        return max(due_at, at + RECHECK_WITHIN)
    return chosen or due_at


def is_later(chosen: datetime | None, state: FindingState, due_at: datetime, at: datetime) -> bool:
    """Whether a chosen deadline is in the future and, for an extension, after the present deadline."""
    earliest = max(due_at, at) if state is FindingState.OPEN else at
    return chosen is None or chosen > earliest


def past_deadlines(items: Iterable[str], answers: Mapping[str, Any], at: datetime) -> list[str]:
    """The items with an own deadline in the past that is not confirmed."""
    dues = ((item, answers.get(f"{item}__due")) for item in items)
    return [item for item, due in dues if due and due <= at and not answers.get(f"{item}__past")]


def outcome_of(verdicts: list[Verdict], findings: int) -> Outcome:
    """The worst result of an inspection's verdicts and findings."""
    if any(verdict in OUT_OF_LIMITS for verdict in verdicts):
        return Outcome.OUT_OF_LIMITS
    return Outcome.FINDINGS if findings else Outcome.CLEAN


def answered(checklist: Checklist, answers: Mapping[str, Any]) -> int:
    """The number of answered items of a checklist."""
    return sum(1 for item in checklist.items if answers.get(item.code) not in (None, ""))


__all__ = [
    "ANY",
    "FOUND",
    "RECHECK_WITHIN",
    "STILL_OWED",
    "Answer",
    "FindingAct",
    "FindingState",
    "Outcome",
    "PlaceFacts",
    "Severity",
    "answered",
    "answered_together",
    "circumstances_at",
    "due_at",
    "due_first",
    "institution_at",
    "is_finding",
    "is_later",
    "is_single_sample",
    "next_due_at",
    "outcome_of",
    "past_deadlines",
    "point_at",
    "points_at",
]

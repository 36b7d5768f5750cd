"""States of assignments, who is a party to one, and its times."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

URGE_EVERY = timedelta(minutes=30)
CHECK_WITHIN = timedelta(days=1)  # from what was done to its check
FARTHEST = timedelta(days=366)  # a deadline beyond this is a slip of the keys


class TaskState(StrEnum):
    GIVEN = "given"
    DONE = "done"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class TaskAct(StrEnum):
    GIVE = "give"
    DONE = "done"
    CLOSE = "close"
    SEND_BACK = "send-back"
    HAND_ON = "hand-on"
    URGE = "urge"
    EXTEND = "extend"
    WITHDRAW = "withdraw"


class Party(StrEnum):
    """What somebody is to an assignment, apart from one who only sees it."""

    GIVER = "giver"
    OWNER = "owner"


STILL_OPEN = (TaskState.GIVEN, TaskState.DONE)
ANY = "any"  # of the filter of states
_BY_OWNER = frozenset({TaskAct.DONE, TaskAct.HAND_ON})


def may(act: TaskAct, parties: Collection[Party]) -> bool:
    """Whether one of these parties performs an act: the owner does it or hands it on, the giver does all the rest."""
    return (Party.GIVER in parties and act is not TaskAct.DONE) or (Party.OWNER in parties and act in _BY_OWNER)


def is_in_time(due_at: datetime, at: datetime) -> bool:
    """Whether a deadline lies ahead, and not more than a year."""
    return at < due_at <= at + FARTHEST


def is_extended(due_at: datetime, before: datetime) -> bool:
    """Whether a new deadline is later than the one before."""
    return due_at > before


def proposed_due(due_at: datetime, at: datetime) -> datetime:
    """A later deadline to begin with: the next day that lies ahead, at the hour of the one before."""
    return due_at + timedelta(days=max(1, (at - due_at).days + 1))


def may_urge(urged_at: datetime | None, at: datetime) -> bool:
    """Whether enough time has passed since the last urging."""
    return urged_at is None or at - urged_at >= URGE_EVERY


def is_address(text: str) -> bool:
    """Whether a text is the address of a page of this application: a path, perhaps with a query."""
    return re.fullmatch(r"/(?![/\\])[!-~]{0,299}", text) is not None

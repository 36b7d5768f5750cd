"""Sends a message through a channel and says what came of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.alerts.channels import mail, robots
from webapp.alerts.channels import push as web_push
from webapp.alerts.channels.addresses import Undelivered
from webapp.alerts.channels.messages import Message
from webapp.alerts.channels.push import Notice, Signer
from webapp.alerts.rules import MOST_ANSWER, ChannelKind

_PLAIN = frozenset({"host", "port", "security"})  # parts of a secret that may stand in an answer
_SHORTEST_SECRET = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """`code` is one of labels.OUTCOMES: "sent", or "nobody" where no recipient has a device; `answer` are the other
    side's words, without secrets.
    """

    code: str
    answer: str

    @property
    def is_sent(self) -> bool:
        return self.code in ("sent", "nobody")


def send(
    kind: ChannelKind, secret: Mapping[str, Any] | None, message: Message, at: datetime, *, may_be_inside: bool
) -> Outcome:
    """The outcome of sending; nothing is raised for a channel that does not work."""
    if not secret:
        return Outcome("unopened", "")
    try:
        if kind is ChannelKind.EMAIL:
            answer = mail.send(secret, message, at, may_be_inside=may_be_inside)
        else:
            answer = robots.send(kind, secret, message, at, may_be_inside=may_be_inside)
    except Undelivered as error:
        return Outcome(error.outcome, _shown(error.answer, secret))
    return Outcome("sent", _shown(answer, secret))


def push(
    secret: Mapping[str, Any] | None,
    notice: Notice,
    by: Signer,
    at: datetime,
    *,
    is_urgent: bool = False,
    may_be_inside: bool,
) -> Outcome:
    """The outcome of sending to one device; "gone" when it is not to be used any more."""
    if not secret:
        return Outcome("gone", "")
    try:
        answer = web_push.send(secret, notice, by, at, is_urgent=is_urgent, may_be_inside=may_be_inside)
    except Undelivered as error:
        return Outcome(error.outcome, _shown(error.answer, secret))
    return Outcome("sent", _shown(answer, secret))


def _shown(answer: str, secret: Mapping[str, Any]) -> str:
    """The beginning of an answer as one line, with every part of the channel's secret taken out."""
    for part in sorted(set(_parts(secret)), key=len, reverse=True):
        answer = answer.replace(part, "***")
    printable = "".join(sign if sign.isprintable() else " " for sign in answer)
    return " ".join(printable.split())[:MOST_ANSWER]


def _parts(secret: Mapping[str, Any]) -> Iterator[str]:
    """The texts of a secret, and of an address also its path and what stands behind each `=` and `/` of it."""
    for name, value in secret.items():
        for text in value if isinstance(value, list) else [str(value)]:
            if name not in _PLAIN and len(text) >= _SHORTEST_SECRET:
                yield text
            if name in ("url", "endpoint"):
                rest = text.partition("://")[2].partition("/")[2]
                signs = str.maketrans("/?&=#", "     ")
                yield from (part for part in rest.translate(signs).split() if len(part) >= 2 * _SHORTEST_SECRET)

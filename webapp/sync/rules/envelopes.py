"""Envelopes: their shape, their proof, their states and outcomes."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

GRANT_DAYS = 14
VERSIONS = frozenset({1, 2})  # accepted from devices, for good: how the key of an envelope is wrapped
BATCH = 20
LARGEST_COUNT = 2**31  # of a sequence number or a photo's length, by the column type
MOST_GAPS = 200
MOST_WITHDRAWN = 500
LARGEST_CIPHERTEXT = 1024 * 1024  # base64 characters per envelope
MOST_PHOTOS = 40
MOST_IN_REVIEW = 200  # envelopes in the review tray per delivering person
PROOF = "frontline.v1"
_HASH = re.compile(r"[0-9a-f]{64}")


class Outcome(StrEnum):
    """The outcome of an envelope. The device deletes its copy for all outcomes except the last three.

    `DISCREPANCY`: applied, but in contradiction to the records. `PURGED`: the entry was purged; nothing of the envelope
    is stored.
    """

    RECEIPT = "receipt"
    SAME = "same"
    RETURNED = "returned"
    DISCREPANCY = "discrepancy"
    CONFLICT = "conflict"
    REVIEW = "review"
    PURGED = "purged"
    PHOTOS = "photos"
    MALFORMED = "malformed"
    WAIT = "wait"


class State(StrEnum):
    """The state of an envelope. Applied, conflict, corrected, set aside and purged are final."""

    PHOTOS = "photos"
    APPLIED = "applied"
    RETURNED = "returned"
    CONFLICT = "conflict"
    REVIEW = "review"
    CORRECTED = "corrected"
    SET_ASIDE = "set_aside"
    PURGED = "purged"


class Doubt(StrEnum):
    """Why an envelope needs a review. `FAILED`: applying it raised an unexpected error."""

    WRONG_PROOF = "wrong_proof"
    UNKNOWN_GRANT = "unknown_grant"
    ENDED_GRANT = "ended_grant"
    LOST_ROLE = "lost_role"
    UNREADABLE = "unreadable"
    FAILED = "failed"


class Waiting(StrEnum):
    """Why a valid envelope is not accepted yet; the device keeps it and tries again."""

    KEY_MISSING = "wait-key"
    TRAY_FULL = "wait-tray"
    BUSY = "wait-busy"
    OTHER_COPY = "wait-copy"


# The outcome for a device that sends an envelope in this state again.
ANSWERS = {
    State.PHOTOS: Outcome.PHOTOS,
    State.APPLIED: Outcome.SAME,
    State.RETURNED: Outcome.RETURNED,
    State.CONFLICT: Outcome.CONFLICT,
    State.REVIEW: Outcome.REVIEW,
    State.CORRECTED: Outcome.SAME,
    State.SET_ASIDE: Outcome.RETURNED,
    State.PURGED: Outcome.PURGED,
}
# How much of a doubtful envelope is proven: nothing, its content, or its content and its author.
_PROVEN = {Doubt.UNREADABLE: 0, Doubt.UNKNOWN_GRANT: 1, Doubt.WRONG_PROOF: 1}
UNPROVEN = tuple(_PROVEN)
_SIGNED = 2
_DOUBTED = (State.REVIEW, State.SET_ASIDE)
OPEN = (State.RETURNED,)


@dataclass(frozen=True, slots=True)
class SealedPhoto:
    """A photo that is sent separately: hash and length of its bytes, and the nonce of its seal (base64)."""

    sha256: str
    bytes: int
    nonce: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """A sealed entry as received. Binary parts are base64 text; `captured_at` is the text of the device."""

    v: int
    uuid: UUID
    kind: str
    author: UUID
    grant: UUID
    device: UUID
    seq: int
    captured_at: str
    sha256: str
    key_id: str
    wrapped_key: str
    nonce: str
    ciphertext: str
    mac: str
    tz: str
    app: str
    photos: tuple[SealedPhoto, ...]

    def as_plain(self) -> dict[str, Any]:
        """The parts of an envelope as plain data, for one that cannot be opened; without unknown fields.

        Version 1 is not named, as before there was another: the same copy again has the same text.
        """
        parts = {name: str(value) if isinstance(value, UUID) else value for name, value in asdict(self).items()}
        return {name: value for name, value in parts.items() if (name, value) != ("v", 1)}

    @property
    def proof(self) -> bytes:
        """The bytes covered by the author's MAC."""
        parts = (PROOF, self.uuid, self.author, self.device, self.seq, self.captured_at, self.sha256)
        return "\n".join(map(str, parts)).encode()


def parse(raw: Any) -> Envelope | None:
    """The envelope in a device's JSON; None if it is malformed (missing parts, wrong types, excessive sizes)."""
    try:
        if not isinstance(raw, Mapping) or type(raw.get("v")) is not int or raw["v"] not in VERSIONS:
            return None
        parts: dict[str, Any] = {name: UUID(_text(raw, name, 36)) for name in ("uuid", "author", "grant", "device")}
        parts |= {name: _text(raw, name, most) for name, most in _LENGTHS.items()}
        parts |= {"sha256": _hash(raw["sha256"]), "seq": _count(raw["seq"]), "photos": _photos(raw.get("photos") or [])}
        return Envelope(v=raw["v"], **parts)
    except (KeyError, TypeError, ValueError):
        return None


_LENGTHS = {
    "kind": 40,
    "captured_at": 32,
    "key_id": 32,
    "wrapped_key": 1024,
    "nonce": 32,
    "ciphertext": LARGEST_CIPHERTEXT,
    "mac": 64,
    "tz": 60,
    "app": 40,
}


def _photos(raw: Any) -> tuple[SealedPhoto, ...]:
    if not isinstance(raw, list) or len(raw) > MOST_PHOTOS:
        raise ValueError("photos")
    return tuple(SealedPhoto(_hash(part["sha256"]), _count(part["bytes"]), _text(part, "nonce", 32)) for part in raw)


def _text(raw: Mapping[str, Any], name: str, most: int) -> str:
    value = raw[name]
    if not isinstance(value, str) or not 0 < len(value) <= most or not value.isprintable():
        raise ValueError(name)
    return value


def _hash(value: Any) -> str:
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise ValueError("sha256")
    return value


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < LARGEST_COUNT:
        raise ValueError("count")
    return value


def without(runs: Iterable[tuple[int, int]], numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Ordered runs of numbers (first, last) with the given numbers removed."""
    left, taken = [], sorted(set(numbers))
    for first, last in runs:
        for number in taken[bisect_left(taken, first) : bisect_right(taken, last)]:
            if number > first:
                left.append((first, number - 1))
            first = number + 1
        if first <= last:
            left.append((first, last))
    return left


def is_surpassed(state: State, reason: str | None, doubt: Doubt | None) -> bool:
    """Whether a copy with this doubt proves more than the stored one and so replaces it.

    Anybody may have sent an altered copy first; it must not block the genuine one. An envelope with its author's proof
    is never replaced, so that an administrator's decision about it stands.
    """
    stored = _proven(Doubt(reason)) if state in _DOUBTED and reason in set(Doubt) else _SIGNED
    return stored < _proven(doubt)


def _proven(doubt: Doubt | None) -> int:
    return _SIGNED if doubt is None else _PROVEN.get(doubt, _SIGNED)

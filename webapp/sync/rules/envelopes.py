"""What an envelope is, what its proof covers, and what becomes of it. Pure."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

GRANT_DAYS = 14
VERSIONS = frozenset({1})  # what devices may still send: this version and the two before it
BATCH = 20
LARGEST_COUNT = 2**31  # of a sequence number or a photo's bytes, as the tables hold them
MOST_GAPS = 200
MOST_WITHDRAWN = 500
LARGEST_CIPHERTEXT = 1024 * 1024  # base64 characters of one envelope
MOST_PHOTOS = 40
MOST_IN_REVIEW = 200  # envelopes of one person's delivering that may lie in the review tray at a time
PROOF = "frontline.v1"
_HASH = re.compile(r"[0-9a-f]{64}")


class Outcome(StrEnum):
    """What became of an envelope; the device's copy may go with every one but the last three.

    `DISCREPANCY`: applied, and it contradicts what was on record.
    """

    RECEIPT = "receipt"
    SAME = "same"
    RETURNED = "returned"
    DISCREPANCY = "discrepancy"
    CONFLICT = "conflict"
    REVIEW = "review"
    PHOTOS = "photos"
    MALFORMED = "malformed"
    WAIT = "wait"


class State(StrEnum):
    """Where an envelope stands on the server. Corrected and set aside are ends, and so are applied and conflict."""

    PHOTOS = "photos"
    APPLIED = "applied"
    RETURNED = "returned"
    CONFLICT = "conflict"
    REVIEW = "review"
    CORRECTED = "corrected"
    SET_ASIDE = "set_aside"


class Doubt(StrEnum):
    """Why an envelope is not taken on its author's word alone. `FAILED`: applying it met an error of ours."""

    WRONG_PROOF = "wrong_proof"
    UNKNOWN_GRANT = "unknown_grant"
    ENDED_GRANT = "ended_grant"
    LOST_ROLE = "lost_role"
    UNREADABLE = "unreadable"
    FAILED = "failed"


class Waiting(StrEnum):
    """Why an envelope is not taken yet, although nothing is wrong with it: the device keeps it and tries again."""

    KEY_MISSING = "wait-key"
    TRAY_FULL = "wait-tray"
    BUSY = "wait-busy"
    OTHER_COPY = "wait-copy"


# What each state answers to a device that sends the same envelope again.
ANSWERS = {
    State.PHOTOS: Outcome.PHOTOS,
    State.APPLIED: Outcome.SAME,
    State.RETURNED: Outcome.RETURNED,
    State.CONFLICT: Outcome.CONFLICT,
    State.REVIEW: Outcome.REVIEW,
    State.CORRECTED: Outcome.SAME,
    State.SET_ASIDE: Outcome.RETURNED,
}
# How much is proven of an envelope that is doubted: nothing, what it says, or who says it as well.
_PROVEN = {Doubt.UNREADABLE: 0, Doubt.UNKNOWN_GRANT: 1, Doubt.WRONG_PROOF: 1}
UNPROVEN = tuple(_PROVEN)
_SIGNED = 2
_DOUBTED = (State.REVIEW, State.SET_ASIDE)
OPEN = (State.RETURNED,)


@dataclass(frozen=True, slots=True)
class SealedPhoto:
    """A photo that travels by itself: the hash and length of its bytes, and the nonce it is sealed with (base64)."""

    sha256: str
    bytes: int
    nonce: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """A sealed entry as it arrives. Binary parts are base64 text; `captured_at` is as the device wrote it."""

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
        """What is kept of an envelope that cannot be opened: its own parts, nothing else that was sent along."""
        return {name: str(value) if isinstance(value, UUID) else value for name, value in asdict(self).items()}

    @property
    def proof(self) -> bytes:
        """What the author's MAC is over."""
        said = (PROOF, self.uuid, self.author, self.device, self.seq, self.captured_at, self.sha256)
        return "\n".join(map(str, said)).encode()


def parse(raw: Any) -> Envelope | None:
    """The envelope a device sent as JSON, or None when it is none (missing parts, wrong types, absurd sizes)."""
    try:
        if not isinstance(raw, Mapping) or raw.get("v") not in VERSIONS:
            return None
        parts: dict[str, Any] = {name: UUID(_text(raw, name, 36)) for name in ("uuid", "author", "grant", "device")}
        parts |= {name: _text(raw, name, most) for name, most in _LENGTHS.items()}
        parts |= {"sha256": _hash(raw["sha256"]), "seq": _count(raw["seq"]), "photos": _photos(raw.get("photos") or [])}
        return Envelope(**parts)
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
    return tuple(SealedPhoto(_hash(one["sha256"]), _count(one["bytes"]), _text(one, "nonce", 32)) for one in raw)


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
    """Runs of numbers (first, last), in order, with some numbers taken out of them."""
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
    """Does a copy with this doubt prove more than the one that is kept? Then it takes its place.

    An altered copy may have come first, from anybody; it must not stand in the way of the genuine one. What carries
    its author's proof is never replaced: what an administrator decided about it stands.
    """
    kept = _proven(Doubt(reason)) if state in _DOUBTED and reason in set(Doubt) else _SIGNED
    return kept < _proven(doubt)


def _proven(doubt: Doubt | None) -> int:
    return _SIGNED if doubt is None else _PROVEN.get(doubt, _SIGNED)

"""The answers to a device about its envelopes."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from webapp.kernel.kinds import find_late
from webapp.kernel.tombstones import PURGED
from webapp.sync.models import ReceivedEnvelope
from webapp.sync.rules import ANSWERS, Envelope, Outcome, State, Waiting


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a device about one envelope; `code` if nothing is stored of it yet."""

    uuid: str
    sha256: str
    outcome: Outcome
    row: ReceivedEnvelope | None = None
    missing: tuple[str, ...] = ()
    code: str | None = None


def answer(row: ReceivedEnvelope, lacking: Sequence[str], *, is_new: bool) -> Answer:
    """The answer for an envelope: its missing photos if any, else the outcome of its state."""
    outcome = ANSWERS[row.state]
    if lacking:
        outcome = Outcome.PHOTOS
    elif is_new and row.state is State.APPLIED:
        outcome = Outcome.DISCREPANCY if _contradicts(row) else Outcome.RECEIPT
    return Answer(str(row.uuid), row.sha256, outcome, row, tuple(lacking))


def _contradicts(row: ReceivedEnvelope) -> bool:
    late = find_late(row.kind)
    return late is not None and late.contradicts(row.uuid)


def gone(uuid: UUID, sha256: str) -> Answer:
    """The answer to what belongs to a purged entry: the device is to let go of its copy, and nothing is kept."""
    return Answer(str(uuid), sha256, Outcome.PURGED, code=PURGED)


def not_yet(envelope: Envelope, why: Waiting) -> Answer:
    return Answer(str(envelope.uuid), envelope.sha256, Outcome.WAIT, code=why)

"""A device's queue as an uploaded file; its envelopes go through the same reception."""

import json
from base64 import b64decode
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from werkzeug.datastructures import FileStorage

from webapp.kernel import journal
from webapp.kernel.access import Actor
from webapp.kernel.database import transaction
from webapp.kernel.errors import Refusal
from webapp.sync.rules import Outcome
from webapp.sync.service.answers import Answer
from webapp.sync.service.contact import remembered
from webapp.sync.service.delivery import accept_all
from webapp.sync.service.photos import accept_photo

FORMAT = ("frontline-queue", 1)
LARGEST_FILE = 50 * 1024 * 1024
MOST_PARTS = 200_000  # JSON values that the parser creates; thousands of envelopes have fewer
MOST_ENVELOPES = 2_000


@dataclass(frozen=True, slots=True)
class QueueFile:
    """The content of a file: `envelopes` as the device would send them, and sealed photos."""

    device: UUID
    envelopes: list[Any]
    photos: list[Any]


def read_file(file: FileStorage | None) -> QueueFile:
    """The queue in an uploaded file, limited in size before it is parsed; raises Refusal `file-…` (422)."""
    if file is None or not file.filename:
        raise Refusal("file-missing", 422)
    raw = file.stream.read(LARGEST_FILE + 1)
    if len(raw) > LARGEST_FILE or sum(map(raw.count, (b"{", b"[", b","))) > MOST_PARTS:
        raise Refusal("file-too-large", 422)
    try:
        content = json.loads(raw)
        queue = QueueFile(UUID(content["device"]), content["envelopes"], content["photos"])
        is_queue = (content["format"], content["v"]) == FORMAT
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Refusal("file-not-queue", 422) from None
    if not is_queue or not isinstance(queue.envelopes, list) or not isinstance(queue.photos, list):
        raise Refusal("file-not-queue", 422)
    if len(queue.envelopes) > MOST_ENVELOPES:
        raise Refusal("file-too-large", 422)
    return queue


def deliver_file(file: QueueFile, *, by: Actor, at: datetime) -> Counter[Outcome]:
    """Receive everything in the file; returns the number of each outcome. Idempotent."""
    contact, answers = remembered(file.device), {}
    for number, answer in enumerate(accept_all(file.envelopes, contact, by=by, at=at)):
        is_one = answer.outcome is not Outcome.MALFORMED
        answers[(answer.uuid, answer.sha256) if is_one else (str(number), "")] = answer.outcome
    lacking = {uuid for (uuid, _sha256), outcome in answers.items() if outcome is Outcome.PHOTOS}
    for photo in file.photos:
        done = _photo(photo, lacking, by=by, at=at)
        if done and answers.get((done.uuid, done.sha256)) is Outcome.PHOTOS:
            answers[done.uuid, done.sha256] = done.outcome
    counted = Counter(answers.values())
    with transaction():
        counts: dict[str, Any] = {outcome.value: n for outcome, n in counted.items()}
        journal.write("device.file", "device", file.device, by=by, at=at, **counts)
    return counted


def _photo(part: Any, lacking: Collection[str], *, by: Actor, at: datetime) -> Answer | None:
    """Receive one photo; None for a malformed or unexpected one, whose entry then still waits for its photos."""
    try:
        uuid, sha256, sealed = UUID(part["uuid"]), str(part["sha256"]), b64decode(part["ciphertext"], validate=True)
        return accept_photo(uuid, sha256, sealed, len(sealed), by=by, at=at) if str(uuid) in lacking else None
    except (Refusal, ValueError, TypeError, KeyError, AttributeError):
        return None

"""A device's queue as a file, handed in by whoever holds it: it goes through the very same post office."""

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
from webapp.sync.service.contact import remembered
from webapp.sync.service.delivery import Answer, accept
from webapp.sync.service.photos import accept_photo

FORMAT = ("frontline-queue", 1)
LARGEST_FILE = 50 * 1024 * 1024
MOST_PARTS = 200_000  # what a parser has to make something of; thousands of envelopes have fewer
MOST_ENVELOPES = 2_000


@dataclass(frozen=True, slots=True)
class QueueFile:
    """What a device saved: `envelopes` as it would send them, and sealed photos."""

    device: UUID
    envelopes: list[Any]
    photos: list[Any]


def read_file(file: FileStorage | None) -> QueueFile:
    """The queue in an uploaded file; raises Refusal `file-…` (422) for anything else, bounded before it is parsed."""
    if file is None or not file.filename:
        raise Refusal("file-missing", 422)
    raw = file.stream.read(LARGEST_FILE + 1)
    if len(raw) > LARGEST_FILE or sum(map(raw.count, (b"{", b"[", b","))) > MOST_PARTS:
        raise Refusal("file-too-large", 422)
    try:
        said = json.loads(raw)
        found = QueueFile(UUID(said["device"]), said["envelopes"], said["photos"])
        is_queue = (said["format"], said["v"]) == FORMAT
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Refusal("file-not-queue", 422) from None
    if not is_queue or not isinstance(found.envelopes, list) or not isinstance(found.photos, list):
        raise Refusal("file-not-queue", 422)
    if len(found.envelopes) > MOST_ENVELOPES:
        raise Refusal("file-too-large", 422)
    return found


def deliver_file(file: QueueFile, *, by: Actor, at: datetime) -> Counter[Outcome]:
    """Take everything in it, one transaction each; how many came to what. The same file again changes nothing."""
    contact, told = remembered(file.device), {}
    for number, raw in enumerate(file.envelopes):
        answer = accept(raw, contact, by=by, at=at)
        is_one = answer.outcome is not Outcome.MALFORMED
        told[(answer.uuid, answer.sha256) if is_one else (str(number), "")] = answer.outcome
    lacking = {uuid for (uuid, _sha256), outcome in told.items() if outcome is Outcome.PHOTOS}
    for photo in file.photos:
        done = _photo(photo, lacking, by=by, at=at)
        if done and told.get((done.uuid, done.sha256)) is Outcome.PHOTOS:
            told[done.uuid, done.sha256] = done.outcome
    counted = Counter(told.values())
    with transaction():
        counts: dict[str, Any] = {one.value: n for one, n in counted.items()}
        journal.write("device.file", "device", file.device, by=by, at=at, **counts)
    return counted


def _photo(said: Any, lacking: Collection[str], *, by: Actor, at: datetime) -> Answer | None:
    """Take one photo; None for what is none, or is not waited for: its entry goes on waiting, and is told so."""
    try:
        uuid, sha256, sealed = UUID(said["uuid"]), str(said["sha256"]), b64decode(said["ciphertext"], validate=True)
        return accept_photo(uuid, sha256, sealed, len(sealed), by=by, at=at) if str(uuid) in lacking else None
    except (Refusal, ValueError, TypeError, KeyError, AttributeError):
        return None

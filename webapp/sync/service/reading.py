"""Opening what is sealed: an envelope's payload and its photos. No transaction, no row."""

import hashlib
import json
import math
from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import asdict, dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from webapp.kernel.columns import canonical
from webapp.sync import keys
from webapp.sync.rules import Envelope, SealedPhoto


@dataclass(frozen=True, slots=True)
class Opened:
    """What an envelope holds. `key`: the entry's own key; `payload`: fields and photos; either is None when unreadable.

    `wanted` are the photos that belong to it; `kept` is what its row holds.
    """

    key: bytes | None
    payload: dict[str, Any] | None
    wanted: tuple[SealedPhoto, ...]
    kept: str


def read(envelope: Envelope) -> Opened:
    """Open an envelope, as far as that is possible."""
    key, payload = _payload(envelope)
    named = {photo.sha256: photo for photo in envelope.photos}
    if key is None or payload is None:
        return Opened(key, None, tuple(named.values()), canonical(envelope.as_plain()))
    wanted = tuple({photo["sha256"]: named[photo["sha256"]] for photo in payload["photos"]}.values())
    return Opened(key, payload, wanted, canonical({**payload, "key": key.hex()} if wanted else payload))


def open_sealed(key: bytes, nonce: str, ciphertext: bytes, about: str) -> bytes | None:
    """The bytes inside, or None when they were changed or cut."""
    try:
        return AESGCM(key).decrypt(b64decode(nonce, validate=True), ciphertext, about.encode())
    except (InvalidTag, ValueError):
        return None


def _payload(envelope: Envelope) -> tuple[bytes | None, dict[str, Any] | None]:
    """The entry's key and what it says, if this server can open it and it is what its hash says."""
    try:
        wrapped, sealed = (b64decode(part, validate=True) for part in (envelope.wrapped_key, envelope.ciphertext))
    except (ValueError, NotBase64):
        return None, None
    key = keys.unwrap(envelope.key_id, wrapped)
    try:
        raw = open_sealed(key, envelope.nonce, sealed, str(envelope.uuid)) if key else None
    except (OverflowError, MemoryError):
        raw = None
    if raw is None or hashlib.sha256(raw).hexdigest() != envelope.sha256:
        return key, None
    return key, _plain(raw, envelope)


def _plain(raw: bytes, envelope: Envelope) -> dict[str, Any] | None:
    """The payload as plain data of the right shape, or None."""
    try:
        said = json.loads(raw)
        fields = [[_text(name), _text(value)] for name, value in said["fields"]]
        sealed = {photo.sha256: asdict(photo) for photo in envelope.photos}
        photos = [{"field": _text(one["field"]), "sha256": _text(one["sha256"])} for one in said["photos"]]
        canonical([fields, photos]).encode()  # lone surrogates cannot be kept
        is_whole = said["kind"] == envelope.kind and {one["sha256"] for one in photos} <= set(sealed)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None
    return {"fields": fields, "photos": photos} if is_whole else None


def _text(value: Any) -> str:
    """Text as the device wrote it; numbers as text, null as a blank; nothing else is a field, NaN neither."""
    if value is None:
        return ""
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not is_number and not isinstance(value, str):
        raise TypeError("a field holds text")
    return str(value)

"""Decryption of an envelope's payload and its photos, without access to the database."""

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
    """The content of an envelope. `key` is the entry's AES key, `payload` has fields and photos; None if unreadable.

    `photos` are the photos that belong to it; `kept` is the text for its row.
    """

    key: bytes | None
    payload: dict[str, Any] | None
    photos: tuple[SealedPhoto, ...]
    kept: str


def read(envelope: Envelope) -> Opened:
    """Open an envelope as far as possible."""
    key, payload = _payload(envelope)
    named = {photo.sha256: photo for photo in envelope.photos}
    if key is None or payload is None:
        return Opened(key, None, tuple(named.values()), canonical(envelope.as_plain()))
    photos = tuple({photo["sha256"]: named[photo["sha256"]] for photo in payload["photos"]}.values())
    return Opened(key, payload, photos, canonical({**payload, "key": key.hex()} if photos else payload))


def open_sealed(key: bytes, nonce: str, ciphertext: bytes, about: str) -> bytes | None:
    """The decrypted bytes; None if they were changed or truncated."""
    try:
        return AESGCM(key).decrypt(b64decode(nonce, validate=True), ciphertext, about.encode())
    except (InvalidTag, ValueError):
        return None


def _payload(envelope: Envelope) -> tuple[bytes | None, dict[str, Any] | None]:
    """The entry's key and payload; the payload is None if it cannot be opened or does not match its hash."""
    try:
        wrapped, sealed = (b64decode(part, validate=True) for part in (envelope.wrapped_key, envelope.ciphertext))
    except (ValueError, NotBase64):
        return None, None
    key = keys.unwrap(envelope.key_id, envelope.v, wrapped, envelope.uuid)
    try:
        raw = open_sealed(key, envelope.nonce, sealed, str(envelope.uuid)) if key else None
    except (OverflowError, MemoryError):
        raw = None
    if raw is None or hashlib.sha256(raw).hexdigest() != envelope.sha256:
        return key, None
    return key, _plain(raw, envelope)


def _plain(raw: bytes, envelope: Envelope) -> dict[str, Any] | None:
    """The payload as plain data; None if it has the wrong shape."""
    try:
        payload = json.loads(raw)
        fields = [[_text(name), _text(value)] for name, value in payload["fields"]]
        sealed = {photo.sha256: asdict(photo) for photo in envelope.photos}
        photos = [{name: _text(photo[name]) for name in ("field", "sha256")} for photo in payload["photos"]]
        canonical([fields, photos]).encode()  # raises for lone surrogates, which cannot be stored
        is_whole = payload["kind"] == envelope.kind and {photo["sha256"] for photo in photos} <= set(sealed)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None
    return {"fields": fields, "photos": photos} if is_whole else None


def _text(value: Any) -> str:
    """A value as text: numbers as text, null as a blank. Raises TypeError for anything else and for NaN."""
    if value is None:
        return ""
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not is_number and not isinstance(value, str):
        raise TypeError("a field holds text")
    return str(value)

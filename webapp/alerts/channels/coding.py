"""The codings of web push: encryption for a browser (RFC 8291), our signature for its push service (RFC 8292).

Checked against the example of RFC 8291, appendix A.
"""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256
_RECORD = 4096  # bytes of a record; a notice is a single one
_LAST = b"\2"  # the mark of the last record


def written(raw: bytes) -> str:
    """Bytes as base64url without padding."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def unwritten(text: str) -> bytes:
    """The bytes of base64url text with or without padding. Raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def key_of(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """The key that is made of 32 secret bytes."""
    return ec.derive_private_key(int.from_bytes(secret, "big") % (_ORDER - 1) + 1, CURVE)


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public key as browsers take it: an uncompressed point of 65 bytes."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encrypted(
    content: bytes,
    receiver: bytes,
    auth: bytes,
    *,
    key: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body (`aes128gcm`) that only the browser with this public key and secret opens.

    `key` and `salt` are new for each message, save in a test. Raises ValueError for a receiver that is no point.
    """
    key, salt = key or ec.generate_private_key(CURVE), salt or os.urandom(16)
    own = point_of(key)
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, receiver))
    mixed = _derived(auth, shared, b"WebPush: info\0" + receiver + own, 32)
    cipher = AESGCM(_derived(salt, mixed, b"Content-Encoding: aes128gcm\0", 16))
    nonce = _derived(salt, mixed, b"Content-Encoding: nonce\0", 12)
    head = salt + _RECORD.to_bytes(4, "big") + bytes([len(own)]) + own
    return head + cipher.encrypt(nonce, content + _LAST, None)


def signed(claims: Mapping[str, Any], key: ec.EllipticCurvePrivateKey) -> str:
    """The value of the header `Authorization` with a signed token (JWT, ES256)."""
    parts = ({"typ": "JWT", "alg": "ES256"}, claims)
    token = ".".join(written(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    r, s = decode_dss_signature(key.sign(token.encode(), ec.ECDSA(SHA256())))
    return f"vapid t={token}.{written(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}, k={written(point_of(key))}"


def _derived(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)

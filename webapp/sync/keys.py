"""The server's key pairs for sealed entries. Private keys stay in the instance folder; old ones go on opening.

RSA-3072 with OAEP (SHA-256) wraps each entry's own AES key, because every browser's WebCrypto has it.
"""

import hashlib
import os
from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from flask import current_app

from webapp.config import kept_secret

_OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
_BITS = 3072


@dataclass(frozen=True, slots=True)
class PublicKey:
    """`id` is the start of the hash of `spki` (DER, SubjectPublicKeyInfo)."""

    id: str
    spki: bytes

    @property
    def text(self) -> str:
        return b64encode(self.spki).decode()


def current() -> PublicKey:
    """The key that devices seal with now; made on first use."""
    newest = max(_folder().glob("*.pem"), key=lambda path: path.stat().st_mtime_ns, default=None)
    return _public(_load(newest.read_bytes())) if newest else rotate()


def rotate() -> PublicKey:
    """Make a new key pair and use it from now on. The old ones stay: envelopes sealed with them still arrive."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    public = _public(private)
    raw = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    unfinished = _folder() / f"{public.id}.part"
    unfinished.touch(mode=0o600)
    with unfinished.open("wb") as file:  # devices seal with it from now on: it must outlive a power cut
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(_folder() / f"{public.id}.pem")
    return public


def unwrap(key_id: str, wrapped: bytes) -> bytes | None:
    """An entry's own key, or None when this server cannot open it."""
    path = _folder() / f"{key_id}.pem"
    if not key_id.isalnum() or not path.is_file():
        return None
    try:
        return _load(path.read_bytes()).decrypt(wrapped, _OAEP)
    except ValueError:
        return None


def ids() -> list[str]:
    """The ids of all key pairs kept here: a backup names them."""
    return sorted(path.stem for path in _folder().glob("*.pem"))


def epoch() -> str:
    """Which life of this server it is: delete the file after restoring a backup, and devices check their receipts."""
    return kept_secret(_folder().parent / "epoch")[:16]


def _folder() -> Path:
    folder = Path(current_app.config["INSTANCE"]) / "keys" / "envelopes"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


@lru_cache(maxsize=16)
def _load(pem: bytes) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("an envelope key is an RSA key")
    return key


def _public(private: rsa.RSAPrivateKey) -> PublicKey:
    spki = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return PublicKey(hashlib.sha256(spki).hexdigest()[:16], spki)

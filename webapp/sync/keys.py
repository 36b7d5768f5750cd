"""The server's key pairs for sealed entries. Private keys are files on every host; the database lists their ids.

RSA-3072 with OAEP (SHA-256), supported by every browser's WebCrypto, wraps the AES key of each entry. Keys are created
by `migrate` or `keys rotate`, never by a request: two hosts with keys of their own could not decrypt each other's.
"""

import hashlib
import os
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from flask import current_app
from sqlalchemy import select, update

from webapp.extensions import db
from webapp.kernel.database import changed_one, insert_ignoring, transaction
from webapp.sync.models import EnvelopeKey

_OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
_BITS = 3072


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key. `id` is the start of the hash of `spki` (DER, SubjectPublicKeyInfo)."""

    id: str
    spki: bytes

    @property
    def text(self) -> str:
        return b64encode(self.spki).decode()


def current() -> PublicKey:
    """The key for devices: the newest in the database whose private key is on this host.

    Raises LookupError if there is none.
    """
    listed = select(EnvelopeKey.id).where(EnvelopeKey.forgotten_at.is_(None)).order_by(EnvelopeKey.made_at.desc())
    for key_id in db.session.scalars(listed):
        if raw := _read(key_id):
            return _public(_load(raw))
    raise LookupError("this host has no envelope key that the database lists")


def is_here(key_id: str) -> bool:
    """Whether this host can decide on an entry that is sealed with this key.

    If the key is missing, the entry waits on its device, because the file may be on another host or in a backup. An
    entry does not wait for a forgotten key.
    """
    return key_id.isalnum() and (_path(key_id).is_file() or _is_forgotten(key_id))


def unwrap(key_id: str, wrapped: bytes) -> bytes | None:
    """The AES key of an entry; None if this server cannot unwrap it."""
    raw = _read(key_id) if key_id.isalnum() else None
    if raw is None:
        return None
    try:
        return _load(raw).decrypt(wrapped, _OAEP)
    except ValueError:
        return None


def rotate(at: datetime) -> PublicKey:
    """Create a new key pair for devices. The old ones stay, because envelopes sealed with them still arrive."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    public = _public(private)
    _write(
        public.id,
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )
    with transaction():
        insert_ignoring(EnvelopeKey, {"id": public.id, "made_at": at}, ["id"])
    return public


def adopt(at: datetime) -> None:
    """Register this host's key files in the database; create the first key pair of an installation without one."""
    listed = set(db.session.scalars(select(EnvelopeKey.id)))
    files = {path.stem: path.stat().st_mtime for path in _folder().glob("*.pem")}
    with transaction():
        for key_id in files.keys() - listed:
            made_at = min(at, datetime.fromtimestamp(files[key_id], UTC))
            insert_ignoring(EnvelopeKey, {"id": key_id, "made_at": made_at}, ["id"])
    if not files and not listed:
        rotate(at)


def missing() -> list[str]:
    """The ids of keys in the database without a file on this host."""
    listed = db.session.scalars(select(EnvelopeKey.id).where(EnvelopeKey.forgotten_at.is_(None)))
    return sorted(key_id for key_id in listed if not _path(key_id).is_file())


def are_here() -> bool:
    return not missing()


def forget(key_id: str, at: datetime) -> bool:
    """Give up a lost key: envelopes sealed with it go to the review tray unopened. False if there is no such key."""
    with transaction():
        statement = update(EnvelopeKey).where(EnvelopeKey.id == key_id, EnvelopeKey.forgotten_at.is_(None))
        return changed_one(statement.values(forgotten_at=at))


def _is_forgotten(key_id: str) -> bool:
    key = db.session.get(EnvelopeKey, key_id)
    return key is not None and key.forgotten_at is not None


def ids() -> list[str]:
    """The ids of all key pairs on this host, for the list of a backup."""
    return sorted(path.stem for path in _folder().glob("*.pem"))


def _folder() -> Path:
    folder = Path(current_app.config["INSTANCE"]) / "keys" / "envelopes"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _path(key_id: str) -> Path:
    return _folder() / f"{key_id}.pem"


def _read(key_id: str) -> bytes | None:
    path = _path(key_id)
    return path.read_bytes() if path.is_file() else None


def _write(key_id: str, raw: bytes) -> None:
    """Write a key file and sync it with its name to disk, since devices depend on it from now on."""
    folder = _folder()
    unfinished = folder / f"{key_id}.part"
    unfinished.touch(mode=0o600)
    with unfinished.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(_path(key_id))
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Sync the names in a folder to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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

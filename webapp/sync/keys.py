"""The server's key pairs for sealed entries. Private keys are files on every host; the database lists their ids.

There is a pair for each version of envelopes (wrapping.py), in one folder and one list. Keys are created by `migrate`
or `keys rotate`, never by a request: two hosts with keys of their own could not decrypt each other's.
"""

import hashlib
import os
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from flask import current_app
from sqlalchemy import select, update

from webapp.extensions import db
from webapp.kernel.database import changed_one, transaction
from webapp.kernel.insertions import insert_ignoring
from webapp.sync import wrapping
from webapp.sync.models import EnvelopeKey
from webapp.sync.wrapping import AGREEMENT, RSA


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key. `id` is the start of the hash of `spki` (DER, SubjectPublicKeyInfo)."""

    id: str
    spki: bytes

    def as_plain(self) -> dict[str, str]:
        return {"id": self.id, "spki": b64encode(self.spki).decode()}


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """The keys for devices, one for each version of envelopes; `agreement` is None on a host without that file."""

    rsa: PublicKey
    agreement: PublicKey | None


def current() -> PublicKeys:
    """The keys for devices: of each kind the newest in the database whose private key is on this host.

    Raises LookupError if there is none for version 1.
    """
    listed = select(EnvelopeKey.id).where(EnvelopeKey.forgotten_at.is_(None)).order_by(EnvelopeKey.made_at.desc())
    newest: dict[int, PublicKey] = {}
    for key_id in db.session.scalars(listed):
        if raw := _read(key_id):
            private = wrapping.load(raw)
            newest.setdefault(wrapping.version_of(private), _public(private))
    if RSA not in newest:
        raise LookupError("this host has no envelope key that the database lists")
    return PublicKeys(newest[RSA], newest.get(AGREEMENT))


def is_here(key_id: str) -> bool:
    """Whether this host can decide on an entry that is sealed with this key.

    If the key is missing, the entry waits on its device, because the file may be on another host or in a backup. An
    entry does not wait for a forgotten key.
    """
    return key_id.isalnum() and (_path(key_id).is_file() or _is_forgotten(key_id))


def unwrap(key_id: str, version: int, wrapped: bytes, uuid: UUID) -> bytes | None:
    """The AES key of an entry; None if this server cannot unwrap it."""
    raw = _read(key_id) if key_id.isalnum() else None
    return None if raw is None else wrapping.unwrap(wrapping.load(raw), version, wrapped, key_id, uuid)


def rotate(at: datetime) -> list[PublicKey]:
    """Create new key pairs for devices. The old ones stay, because envelopes sealed with them still arrive."""
    return [_make(version, at) for version in (RSA, AGREEMENT)]


def _make(version: int, at: datetime) -> PublicKey:
    private = wrapping.make(version)
    public = _public(private)
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    _write(public.id, private.private_bytes(*form))
    with transaction():
        insert_ignoring(EnvelopeKey, {"id": public.id, "made_at": at}, ["id"])
    return public


def adopt(at: datetime) -> None:
    """Register this host's key files in the database; create the first key pairs of an installation without any, and
    the first one for version 2 of an installation that is older than it.
    """
    listed = set(db.session.scalars(select(EnvelopeKey.id)))
    files = {path.stem: path.stat().st_mtime for path in _folder().glob("*.pem")}
    with transaction():
        for key_id in files.keys() - listed:
            made_at = min(at, datetime.fromtimestamp(files[key_id], UTC))
            insert_ignoring(EnvelopeKey, {"id": key_id, "made_at": made_at}, ["id"])
    if not files and not listed:
        rotate(at)
    elif not any(_opens(key_id, AGREEMENT) for key_id in files):
        _make(AGREEMENT, at)


def _opens(key_id: str, version: int) -> bool:
    """Whether a key file on this host opens envelopes of this version; a damaged file opens none."""
    try:
        return wrapping.version_of(wrapping.load(_read(key_id) or b"")) == version
    except (ValueError, TypeError):
        return False


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


def _public(private: wrapping.Private) -> PublicKey:
    spki = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return PublicKey(hashlib.sha256(spki).hexdigest()[:16], spki)

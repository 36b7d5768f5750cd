"""Photos: verified by length and hash, re-encoded (`pictures`), stored under a random key outside static.

A truncated upload can arrive as a complete-looking request, so a form that knows the original's length and SHA-256
sends them (`<field>-sha256`, `<field>-bytes`); a mismatch is refused before anything is written. Files are decoded and
stored before the transaction, which writes only their rows, so that no writer waits for a decoder or a disk sync.
"""

import hashlib
import os
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import FileStorage, MultiDict

from webapp.extensions import Model, db
from webapp.kernel.access import PERSON, Actor
from webapp.kernel.columns import UtcDateTime
from webapp.kernel.errors import Refusal
from webapp.kernel.pictures import MAX_BYTES, MAX_DECODED_OF_ENTRY, picture

T = TypeVar("T")
MOST_PHOTOS = 40  # per entry


class Photo(Model):
    """A stored photo. `key` is its random file name; `original_sha256` is the digest of the file as sent."""

    __tablename__ = "photo"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    entry_uuid: Mapped[UUID] = mapped_column(ForeignKey("entry.uuid"), index=True)
    field: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    original_sha256: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    kept_by: Mapped[UUID] = mapped_column(ForeignKey(PERSON))
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A photo that was checked and re-encoded, in memory."""

    field: str
    original_sha256: str
    jpeg: bytes
    width: int
    height: int
    decoded: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A photo whose file is on disk. It belongs to an entry once a row has its `key`."""

    field: str
    original_sha256: str
    key: str
    sha256: str
    width: int
    height: int


def prepare(files: MultiDict[str, FileStorage], earlier: Sequence[Prepared] = ()) -> list[Prepared]:
    """Check and re-encode the uploaded files; `earlier` are the photos that their entry has already.

    Raises Refusal `photos-too-many`, `photo-too-large`, `photo-unreadable` or `photos-busy`.
    """
    chosen = [(name, file) for name, file in files.items(multi=True) if file and file.filename]
    bounded([*earlier, *chosen])
    left = MAX_DECODED_OF_ENTRY - sum(photo.decoded for photo in earlier)
    return prepare_all(((name, file.stream.read(MAX_BYTES + 1)) for name, file in chosen), left)


def bounded(photos: Sequence[T]) -> Sequence[T]:
    """The photos of one entry as they are; raises Refusal `photos-too-many` if there are more than MOST_PHOTOS."""
    if len(photos) > MOST_PHOTOS:
        raise Refusal("photos-too-many", 422, most=MOST_PHOTOS)
    return photos


def prepare_all(photos: Iterable[tuple[str, bytes]], left: int = MAX_DECODED_OF_ENTRY) -> list[Prepared]:
    """Check and re-encode photos of one entry, given as (field, bytes); `left` is its remaining budget of pixels.

    Raises Refusal as `prepare`.
    """
    prepared = []
    for field, raw in photos:
        made = picture(field, raw, left)
        left -= made.decoded
        digest = hashlib.sha256(raw).hexdigest()
        prepared.append(Prepared(field, digest, made.jpeg, made.width, made.height, made.decoded))
    return prepared


def store(photos: Sequence[Prepared]) -> list[Stored]:
    """Write the files durably. Files that no transaction then refers to are deleted by `sweep`."""
    if not photos:
        return []
    keys = keep_bytes(folder(), [photo.jpeg for photo in photos])
    return [
        Stored(
            photo.field,
            photo.original_sha256,
            key,
            hashlib.sha256(photo.jpeg).hexdigest(),
            photo.width,
            photo.height,
        )
        for photo, key in zip(photos, keys, strict=True)
    ]


def discard(photos: Iterable[Stored]) -> None:
    """Delete the files of stored photos whose transaction failed."""
    for photo in photos:
        (folder() / photo.key).unlink(missing_ok=True)


def keep(photos: Sequence[Stored], entry_uuid: UUID, *, by: Actor, at: datetime) -> None:
    """Write the rows of stored photos in the open transaction."""
    for photo in photos:
        db.session.add(
            Photo(
                entry_uuid=entry_uuid,
                field=photo.field,
                key=photo.key,
                original_sha256=photo.original_sha256,
                sha256=photo.sha256,
                width=photo.width,
                height=photo.height,
                kept_by=by.id,
                kept_at=at,
            )
        )


def photos_of(entry_uuid: UUID) -> Sequence[Photo]:
    return db.session.scalars(select(Photo).where(Photo.entry_uuid == entry_uuid).order_by(Photo.field, Photo.id)).all()


def sweep(older_than: datetime) -> int:
    """Delete files without a row that are older than a moment; returns their number."""
    return sweep_folder(folder(), set(db.session.scalars(select(Photo.key))), older_than)


def sweep_folder(place: Path, known: Collection[str], older_than: datetime) -> int:
    """Delete files of a folder, also partial ones, that are not known and older than a moment; returns their number."""
    lost = [
        path
        for path in place.iterdir()
        if path.is_file() and path.name not in known and path.stat().st_mtime < older_than.timestamp()
    ]
    for path in lost:
        path.unlink(missing_ok=True)
    return len(lost)


def folder() -> Path:
    path = Path(current_app.config["INSTANCE"]) / "uploads"
    path.mkdir(exist_ok=True)
    return path


def keep_bytes(place: Path, contents: Sequence[bytes]) -> list[str]:
    """Write files durably under new random keys in a folder, with content and names synced; returns the keys."""
    keys = []
    for raw in contents:
        key = secrets.token_hex(24)
        temporary = place / f"{key}.part"
        with temporary.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(place / key)
        keys.append(key)
    _sync_folder(place)
    return keys


def _sync_folder(place: Path) -> None:
    """Sync a folder: without this, a power failure can lose the names of files whose content is on disk."""
    try:
        handle = os.open(place, os.O_RDONLY)
    except OSError:  # not every system opens a folder
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def verify_declared(photos: Sequence[Prepared], declared: MultiDict[str, str]) -> None:
    """Compare the photos with the hashes that the device declared; raises Refusal `photo-cut` for a mismatch."""
    for name in {photo.field for photo in photos}:
        hashes = {value for value in declared.getlist(f"{name}-sha256") if value}
        arrived = {photo.original_sha256 for photo in photos if photo.field == name}
        if hashes and hashes != arrived:
            raise Refusal("photo-cut", 422, field=name)


REFUSALS = {
    "photo-cut": _l("照片没有传完整。这次没有保存，请在信号好一些的地方再提交一次。"),
    "photos-too-many": _l("照片太多（一条记录最多 %(most)s 张）。这次没有保存，请去掉几张，或分几条登记。"),
}

"""Photos: length and hash verified, decoded and re-encoded, EXIF removed, kept under a random key outside static.

A cut upload can arrive as a complete-looking request, so a form that knows the original's length and SHA-256 sends
them (`<field>-sha256`, `<field>-bytes`); what does not match is refused before anything is written.
"""

import hashlib
import io
import logging
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from flask import current_app
from flask_babel import lazy_gettext as _l
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import FileStorage, MultiDict

from webapp.extensions import Model, db
from webapp.kernel.access import Actor
from webapp.kernel.columns import UtcDateTime
from webapp.kernel.errors import Refusal, register

log = logging.getLogger(__name__)
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
LONGEST_SIDE = 1600
_FORMATS = ("JPEG", "PNG", "WEBP")


class Photo(Model):
    """A kept photo. `key` is its random file name; `original_sha256` that of the file as it was sent."""

    __tablename__ = "photo"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    entry_uuid: Mapped[UUID] = mapped_column(ForeignKey("entry.uuid"), index=True)
    field: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    original_sha256: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    kept_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A photo that has been checked and re-encoded, still in memory only."""

    field: str
    original_sha256: str
    jpeg: bytes
    width: int
    height: int


def prepare(files: MultiDict[str, FileStorage]) -> list[Prepared]:
    """Check and re-encode every file that was chosen.

    Raises Refusal `photo-too-large`, `photo-cut` (not what the device said it sent) or `photo-unreadable`.
    """
    return [_prepare(name, file) for name, file in files.items(multi=True) if file and file.filename]


def keep(photos: Sequence[Prepared], entry_uuid: UUID, *, by: Actor, at: datetime) -> None:
    """Write the files, then the rows, in the open transaction. A rolled-back act leaves files for `sweep`."""
    for photo in photos:
        key = secrets.token_hex(24)
        _write(folder() / key, photo.jpeg)
        db.session.add(
            Photo(
                entry_uuid=entry_uuid,
                field=photo.field,
                key=key,
                original_sha256=photo.original_sha256,
                sha256=hashlib.sha256(photo.jpeg).hexdigest(),
                width=photo.width,
                height=photo.height,
                kept_by=by.id,
                kept_at=at,
            )
        )


def photos_of(entry_uuid: UUID) -> Sequence[Photo]:
    return db.session.scalars(select(Photo).where(Photo.entry_uuid == entry_uuid).order_by(Photo.field, Photo.id)).all()


def sweep(older_than: datetime) -> int:
    """Delete files that no row names and that are older than a moment; gives how many."""
    known = set(db.session.scalars(select(Photo.key)))
    lost = [
        p
        for p in folder().iterdir()
        if p.is_file() and p.name not in known and p.stat().st_mtime < older_than.timestamp()
    ]
    for path in lost:
        path.unlink()
    return len(lost)


def folder() -> Path:
    path = Path(current_app.config["INSTANCE"]) / "uploads"
    path.mkdir(exist_ok=True)
    return path


def keep_bytes(place: Path, raw: bytes) -> str:
    """Write bytes under a new random key in a folder, to stay; gives the key."""
    key = secrets.token_hex(24)
    _write(place / key, raw)
    return key


def _prepare(name: str, file: FileStorage) -> Prepared:
    return prepare_bytes(name, file.stream.read(MAX_BYTES + 1))


def prepare_bytes(name: str, raw: bytes) -> Prepared:
    """Check and re-encode one photo. Raises Refusal `photo-too-large` or `photo-unreadable`."""
    if len(raw) > MAX_BYTES:
        raise Refusal("photo-too-large", 413, field=name)
    digest = hashlib.sha256(raw).hexdigest()
    try:
        with Image.open(io.BytesIO(raw), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Refusal("photo-too-large", 413, field=name)
            upright = ImageOps.exif_transpose(image).convert("RGB")
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            out = io.BytesIO()
            upright.save(out, "JPEG", quality=82)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refusal("photo-unreadable", 422, field=name) from error
    return Prepared(name, digest, out.getvalue(), upright.width, upright.height)


def verify_declared(photos: Sequence[Prepared], declared: MultiDict[str, str]) -> None:
    """Compare what arrived with the hashes the device computed; raises Refusal `photo-cut`."""
    for name in {photo.field for photo in photos}:
        said = {value for value in declared.getlist(f"{name}-sha256") if value}
        arrived = {photo.original_sha256 for photo in photos if photo.field == name}
        if said and said != arrived:
            raise Refusal("photo-cut", 422, field=name)


def _write(path: Path, raw: bytes) -> None:
    temporary = path.with_suffix(".part")
    with temporary.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)


register(
    {
        "photo-too-large": _l("照片太大（最多 10 MB）。这次没有保存，请换一张小一些的照片再提交。"),
        "photo-unreadable": _l("这个文件不是能打开的照片（JPEG、PNG、WebP）。这次没有保存，请重新拍照再提交。"),
        "photo-cut": _l("照片没有传完整。这次没有保存，请在信号好一些的地方再提交一次。"),
    }
)

"""Decoding of untrusted pictures: limited in size before and during decoding, rotated upright, shrunk, re-encoded.

EXIF, comments and profiles are dropped; damaged EXIF loses only the orientation. A process decodes one picture at a
time, and only a few requests may wait for it, so that the other threads keep serving.
"""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from PIL import Image

from webapp.kernel.errors import Refusal

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 100_000_000  # declared by the file: more than any phone takes
MAX_DECODED = 16_000_000  # in memory, four bytes each; a JPEG is decoded at a fraction of its size
MAX_DECODED_OF_ENTRY = 200_000_000
LONGEST_SIDE = 1600
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
_FORMATS = ("JPEG", "PNG", "WEBP")
_SCAN, _EXIF = 0xDA, 0xE1  # JPEG markers: start of scan; EXIF
_BESIDE = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})  # EXIF, profiles, previews, comments; 0xEE defines the colours
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_PATIENCE = 20  # seconds until the decoder is free
_decoder = threading.BoundedSemaphore(1)
_waiting = threading.BoundedSemaphore(3)


@dataclass(frozen=True, slots=True)
class Picture:
    """A re-encoded picture; `decoded` is the number of pixels that were decoded for it."""

    jpeg: bytes
    width: int
    height: int
    decoded: int


def picture(field: str, raw: bytes, left: int = MAX_DECODED_OF_ENTRY) -> Picture:
    """Decode and re-encode one picture; `left` is the remaining budget of pixels of its entry.

    Raises Refusal `photo-too-large` (413), `photo-unreadable` (422) or `photos-busy` (503).
    """
    if len(raw) > MAX_BYTES:
        raise Refusal("photo-too-large", 413, field=field)
    with _turn(field):
        try:
            return _reencoded(raw, min(left, MAX_DECODED))
        except _TooManyPixels as error:
            raise Refusal("photo-too-large", 413, field=field) from error
        except Exception as error:  # decoders raise arbitrary exceptions for arbitrary data
            raise Refusal("photo-unreadable", 422, field=field) from error


class _TooManyPixels(Exception):
    pass


@contextmanager
def _turn(field: str) -> Iterator[None]:
    if not _waiting.acquire(blocking=False):
        raise Refusal("photos-busy", 503, field=field)
    try:
        if not _decoder.acquire(timeout=_PATIENCE):
            raise Refusal("photos-busy", 503, field=field)
        try:
            yield
        finally:
            _decoder.release()
    finally:
        _waiting.release()


def _reencoded(raw: bytes, most: int) -> Picture:
    bare, exif = _without_metadata(raw)
    with _opened(bare) as image:
        if image.width * image.height > MAX_PIXELS:
            raise _TooManyPixels
        longest = max(image.size)
        if longest > LONGEST_SIDE:  # JPEG only: the decoder skips data that the small picture does not need
            width, height = (max(1, side * LONGEST_SIDE // longest) for side in image.size)
            image.draft("RGB", (width, height))
        decoded = image.width * image.height
        if decoded > most:
            raise _TooManyPixels
        turn = _TURNS.get(_orientation(image, exif))
        plain = _in_colour(image)
        plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        opaque = _on_white(plain)
        upright = opaque.transpose(turn) if turn is not None else opaque
        upright.info = {}  # a comment would be written again
        out = io.BytesIO()
        upright.save(out, "JPEG", quality=82)
    return Picture(out.getvalue(), upright.width, upright.height, decoded)


def _in_colour(image: Image.Image) -> Image.Image:
    """Convert to eight bits per channel; a plain conversion turns 16-bit grey into white."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("RGB")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _on_white(image: Image.Image) -> Image.Image:
    """Draw on white: a plain conversion makes transparent areas black, mostly like the text on them."""
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _opened(raw: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(raw), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _TooManyPixels from error


def _without_metadata(raw: bytes) -> tuple[bytes, bytes | None]:
    """A JPEG without its metadata segments, so that no decoder parses them; and its EXIF segment.

    Other formats, and a JPEG with malformed segments, are returned as they are.
    """
    if not raw.startswith(b"\xff\xd8"):
        return raw, None
    segments, exif, at = [b"\xff\xd8"], None, 2
    while at + 4 <= len(raw) and raw[at] == 0xFF:
        marker, length = raw[at + 1], int.from_bytes(raw[at + 2 : at + 4], "big")
        if marker == _SCAN:
            return b"".join(segments) + raw[at:], exif
        segment = raw[at : at + 2 + length]
        if length < 2 or len(segment) < 2 + length:
            break
        if marker == _EXIF and segment[4:10] == b"Exif\0\0" and exif is None:
            exif = segment[4:]
        if marker not in _BESIDE:
            segments.append(segment)
        at += 2 + length
    return raw, None


def _orientation(image: Image.Image, exif: bytes | None) -> int:
    """The EXIF orientation (1 to 8); 1 if it cannot be read."""
    try:
        metadata = Image.Exif() if exif else image.getexif()
        if exif:
            metadata.load(exif)
        return int(metadata.get(_ORIENTATION, 1))
    except Exception:  # damaged EXIF raises arbitrary exceptions
        return 1


REFUSALS = {
    "photo-too-large": _l(
        "照片太大（最多 10 MB，长边不超过 4000 像素）。这次没有保存，请换一张小一些的照片，或分几条登记。"
    ),
    "photo-unreadable": _l("这个文件不是能打开的照片（JPEG、PNG、WebP）。这次没有保存，请重新拍照再提交。"),
    "photos-busy": _l("正在处理的照片太多。这次没有保存，请过几秒再提交一次，您填写的内容还在页面上。"),
}

__all__ = ["LONGEST_SIDE", "MAX_BYTES", "MAX_DECODED_OF_ENTRY", "MAX_PIXELS", "Picture", "picture"]

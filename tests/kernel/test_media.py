"""Photos: whole, harmless, without what the camera wrote about the place."""

import hashlib
import io
import os
from datetime import timedelta

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage, MultiDict

from webapp.kernel import clock, media
from webapp.kernel.errors import Refusal


def jpeg(width=64, height=48, **options):
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "JPEG", **options)
    return out.getvalue()


def sent(raw, name="现场.jpg"):
    return MultiDict({"photo": FileStorage(io.BytesIO(raw), filename=name)})


def test_a_photo_is_made_anew_without_its_exif():
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (27.0, 54.0, 0.0)}
    exif[0x010F] = "CameraMaker"
    raw = jpeg(3000, 100, exif=exif)
    (photo,) = media.prepare(sent(raw))
    assert photo.original_sha256 == hashlib.sha256(raw).hexdigest()
    assert (photo.width, photo.height) == (1600, 53)
    with Image.open(io.BytesIO(photo.jpeg)) as image:
        assert not image.getexif()
    assert b"CameraMaker" not in photo.jpeg


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html><script>alert(1)</script>",
        jpeg()[:200],
        b"GIF89a" + bytes(40),
    ],
)
def test_what_is_not_a_whole_photo_is_refused(raw):
    with pytest.raises(Refusal) as refused:
        media.prepare(sent(raw))
    assert refused.value.code == "photo-unreadable"


def test_a_photo_too_large_is_refused_before_it_is_decoded():
    with pytest.raises(Refusal) as refused:
        media.prepare(sent(b"\xff\xd8" + bytes(media.MAX_BYTES)))
    assert refused.value.code == "photo-too-large"


def test_an_image_bomb_is_refused():
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    with pytest.raises(Refusal) as refused:
        media.prepare(sent(out.getvalue()))
    assert refused.value.code in ("photo-too-large", "photo-unreadable")


def test_a_photo_that_differs_from_what_the_device_sent_is_refused():
    photos = media.prepare(sent(jpeg()))
    media.verify_declared(photos, MultiDict({"photo-sha256": photos[0].original_sha256}))
    with pytest.raises(Refusal) as refused:
        media.verify_declared(photos, MultiDict({"photo-sha256": "0" * 64}))
    assert refused.value.code == "photo-cut"


def test_files_nobody_names_are_swept_after_a_day(app):
    with app.app_context():
        old, fresh = media.folder() / "old", media.folder() / "fresh"
        for path in (old, fresh):
            path.write_bytes(b"x")
        os.utime(old, (1, 1))
        assert media.sweep(clock.now() - timedelta(days=1)) == 1
        assert not old.exists()
        assert fresh.exists()

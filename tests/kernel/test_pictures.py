"""Pictures from outside: damaged, enormous, many at once; what they carry besides the picture does not survive."""

import io
import random
import struct
import threading
import time

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage, MultiDict

from webapp.kernel import media, pictures
from webapp.kernel.errors import Refusal


@pytest.fixture(autouse=True)
def _context(app):
    with app.test_request_context():
        yield


def encoded(size=(64, 48), form="JPEG", mode="RGB", **more):
    out = io.BytesIO()
    Image.new(mode, size, "white" if mode != "1" else 1).save(out, form, **more)
    return out.getvalue()


def with_exif(body):
    """A JPEG with these bytes as its EXIF."""
    raw = encoded()
    segment = b"Exif\0\0" + body
    return raw[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + raw[2:]


def tags(*entries, endian="<"):
    """A TIFF directory of (tag, type, count, value) rows."""
    mark = b"II*\0" if endian == "<" else b"MM\0*"
    rows = b"".join(struct.pack(f"{endian}HHII", *entry) for entry in entries)
    return mark + struct.pack(f"{endian}IH", 8, len(entries)) + rows + struct.pack(f"{endian}I", 0)


DAMAGED = {
    "empty": b"",
    "no directory": b"II*\0\xff\xff\xff\x7f",
    "cut": tags((0x0112, 3, 1, 6))[:13],
    "orientation is text": tags((0x0112, 2, 9, 0xFFFF)),
    "orientation is a fraction": tags((0x0112, 5, 1, 8)),
    "unknown type": tags((0x0112, 99, 1, 6)),
    "count without end": tags((0x0112, 3, 0xFFFFFFFF, 8), (0x8769, 4, 1, 0xFFFFFFF0)),
    "resolution by zero": tags((0x011A, 5, 1, 8), (0x0128, 3, 1, 2)),
    "noise": bytes(random.Random(7).randbytes(200)),
}


@pytest.mark.parametrize("body", DAMAGED)
def test_damaged_exif_costs_a_photo_nothing_but_its_orientation(body):
    made = pictures.picture("photo", with_exif(DAMAGED[body]))
    assert (made.width, made.height) == (64, 48)


@pytest.mark.parametrize(("turn", "size"), [(1, (64, 48)), (3, (64, 48)), (6, (48, 64)), (8, (48, 64)), (99, (64, 48))])
@pytest.mark.parametrize("endian", ["<", ">"])
def test_a_photo_stands_upright(turn, size, endian):
    value = turn if endian == "<" else turn << 16
    made = pictures.picture("photo", with_exif(tags((0x0112, 3, 1, value), endian=endian)))
    assert (made.width, made.height) == size


def shades(raw):
    """The grey of the left and the right half of a picture as it is kept."""
    image = Image.open(io.BytesIO(pictures.picture("photo", raw).jpeg)).convert("L")
    return [image.getpixel((x, 16)) // 10 * 10 for x in (8, 24)]


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
@pytest.mark.parametrize("is_palette", [False, True], ids=["RGBA", "P"])
def test_what_is_transparent_is_white_and_its_ink_can_be_read(form, is_palette):
    image = Image.new("RGBA", (32, 32), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (16, 0, 32, 32))
    out = io.BytesIO()
    (image.quantize(4) if is_palette else image).save(out, form, **({"lossless": True} if form == "WEBP" else {}))
    assert shades(out.getvalue()) == [250, 0]


def test_grey_of_sixteen_bits_stays_as_dark_as_it_was():
    image = Image.new("I;16", (32, 32))
    image.putdata(([0x4000] * 16 + [0xC000] * 16) * 32)
    out = io.BytesIO()
    image.save(out, "PNG")
    assert shades(out.getvalue()) == [60, 190]


def test_mutated_pictures_are_taken_or_refused_in_words():
    dice, odd = random.Random(20261127), []
    seeds = [with_exif(tags((0x0112, 3, 1, 6), (0x010F, 2, 8, 26))), encoded(form="PNG"), encoded(form="WEBP")]
    for number in range(600):
        raw = bytearray(seeds[number % 3])
        for _ in range(dice.randint(1, 12)):
            raw[dice.randrange(len(raw))] = dice.randrange(256)
        try:
            pictures.picture("photo", bytes(raw))
        except Refusal as refusal:
            if refusal.code not in ("photo-unreadable", "photo-too-large"):
                odd.append(refusal.code)
    assert odd == []


@pytest.mark.parametrize(
    "raw",
    [
        encoded(comment=b"secret 13800138000"),
        with_exif(tags((0x010F, 2, 12, 26)) + b"secret 13800138000"),
        encoded(form="PNG", pnginfo=None, icc_profile=b"secret 13800138000"),
    ],
    ids=["comment", "exif", "profile"],
)
def test_nothing_survives_but_the_picture(raw):
    assert b"secret" not in pictures.picture("photo", raw).jpeg


@pytest.mark.parametrize(
    ("size", "form", "is_taken"),
    [
        ((4000, 4000), "PNG", True),
        ((4001, 4000), "PNG", False),
        ((6320, 6320), "PNG", False),
        ((9000, 7000), "JPEG", True),  # decoded at a quarter of each side
        ((20_000, 20_000), "PNG", False),
    ],
)
def test_a_picture_is_bounded_by_what_it_takes_to_decode(size, form, is_taken):
    raw = encoded(size, form, "L" if form == "JPEG" else "1")
    if not is_taken:
        with pytest.raises(Refusal) as refused:
            pictures.picture("photo", raw)
        assert refused.value.code == "photo-too-large"
        return
    made = pictures.picture("photo", raw)
    assert max(made.width, made.height) == pictures.LONGEST_SIDE
    assert made.decoded <= pictures.MAX_DECODED


def sent(count, raw):
    return MultiDict([("photo", FileStorage(io.BytesIO(raw), f"{number}.jpg")) for number in range(count)])


def test_an_entry_is_bounded_in_photos_and_in_pixels():
    assert len(media.prepare(sent(media.MOST_PHOTOS, encoded((8, 8))))) == media.MOST_PHOTOS
    with pytest.raises(Refusal, match="photos-too-many"):
        media.prepare(sent(media.MOST_PHOTOS + 1, encoded((8, 8))))
    photos = [("photo", encoded((8, 8)))] * 4
    assert len(media.prepare_all(photos[:3], 3 * 64)) == 3
    with pytest.raises(Refusal, match="photo-too-large"):
        media.prepare_all(photos, 3 * 64)


def test_of_many_at_once_one_is_decoded_three_wait_and_the_rest_is_told_to_come_again(monkeypatch):
    inside, released, told = threading.Semaphore(0), threading.Event(), []

    def slow(raw, most):
        inside.release()
        assert released.wait(30)
        return pictures.Picture(raw, 1, 1, 1)

    monkeypatch.setattr(pictures, "_reencoded", slow)

    def work():
        try:
            told.append(pictures.picture("photo", b"x").width)
        except Refusal as refusal:
            told.append(refusal.code)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert inside.acquire(timeout=30)
    ends = time.monotonic() + 30
    while pictures._waiting._value and time.monotonic() < ends:
        threading.Event().wait(0.01)
    assert not inside.acquire(blocking=False), "one at a time"
    with pytest.raises(Refusal, match="photos-busy"):
        pictures.picture("photo", b"x")
    released.set()
    for thread in threads:
        thread.join(30)
    assert told == [1, 1, 1]
    assert pictures.picture("photo", b"x").width == 1


def test_a_stored_file_and_its_name_are_on_the_disk_before_anybody_is_told(app, monkeypatch):
    synced = []
    real = media.os.fsync
    monkeypatch.setattr(media.os, "fsync", lambda handle: (synced.append(media.os.fstat(handle).st_ino), real(handle)))
    [key] = media.keep_bytes(media.folder(), [b"x"])
    assert synced == [(media.folder() / key).stat().st_ino, media.folder().stat().st_ino]

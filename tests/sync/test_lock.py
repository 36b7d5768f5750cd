"""What happens while the one write lock of SQLite is held: rows are written; no decoder and no file is waited for."""

import os
import threading
import time
from contextlib import contextmanager

import pytest
from flask import has_app_context
from PIL import Image, JpegImagePlugin
from sqlalchemy import event

from tests.sync.test_photos import jpeg
from webapp.extensions import db
from webapp.kernel import database
from webapp.kernel.database import PATIENCE, is_writing, transaction
from webapp.kernel.media import MOST_PHOTOS

HELD_S = 1.0  # on any machine; the longest measured was 0.2 s, at six times the load the machine has cores for
pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def inside(monkeypatch):
    """What was done inside a write transaction of all that must stand outside."""
    found = []

    def watch(holder, name):
        work = getattr(holder, name)

        def watched(*given, **named):
            if has_app_context() and is_writing():
                found.append(f"{holder.__name__}.{name}")
            return work(*given, **named)

        monkeypatch.setattr(holder, name, watched)

    watch(os, "fsync")
    watch(Image, "open")
    watch(JpegImagePlugin.JpegImageFile, "load")
    watch(Image.Image, "save")
    return found


@pytest.fixture
def held(app, monkeypatch):
    """Seconds for which each write transaction held the lock, its commit on the disk as in the field."""
    seconds, lock = [], database._file_lock

    @contextmanager
    def timed(patience):
        with lock(patience):
            began = time.monotonic()
            try:
                yield
            finally:
                seconds.append(time.monotonic() - began)

    def sync(connection, _record):
        connection.execute("PRAGMA synchronous=FULL")

    monkeypatch.setattr(database, "_file_lock", timed)
    with app.app_context():
        engine = db.engine
        engine.dispose()
    event.listen(engine, "connect", sync)
    yield seconds
    event.remove(engine, "connect", sync)


def test_forty_photos_are_decoded_sealed_and_synced_before_the_lock_is_taken(device, check, inside, held):
    colours = [(number * 6, 90, 255 - number * 6) for number in range(MOST_PHOTOS)]
    sealed = device.seal("inspection", check(), [("outlet__photo", jpeg(colour)) for colour in colours])
    [outcome] = device.send(sealed)
    answers = [device.send_photo(sealed["uuid"], sha256).json for sha256 in outcome["missing"]]
    assert len(answers) == MOST_PHOTOS
    assert [answer["outcome"] for answer in answers] == ["photos"] * (MOST_PHOTOS - 1) + ["receipt"]
    assert inside == []
    assert len(held) > MOST_PHOTOS
    assert max(held) < HELD_S, sorted(held)[-3:]


def test_the_watch_sees_what_is_done_under_the_lock(app, inside, held, tmp_path):
    with app.app_context(), transaction(), (tmp_path / "file").open("wb") as file:
        os.fsync(file.fileno())
    assert inside == ["os.fsync"]
    assert len(held) == 1


@pytest.fixture
def held_lock(app):
    """Somebody holds the write lock until the test is over."""
    is_held, is_over = threading.Event(), threading.Event()

    def hold():
        with app.app_context(), transaction():
            is_held.set()
            is_over.wait(120)

    holder = threading.Thread(target=hold)
    holder.start()
    assert is_held.wait(30)
    yield
    is_over.set()
    holder.join(30)


def test_no_page_waits_for_the_lock_and_a_post_is_told_that_the_server_is_busy(device, held_lock, monkeypatch):
    began = time.monotonic()
    pages = ("/today", "/inspections", "/inspections/new", "/tasks", "/places/", "/sync/reference")
    assert {device.client.get(page, follow_redirects=True).status_code for page in pages} == {200}
    assert time.monotonic() - began < PATIENCE, "one of them waited until it was told to give up"
    monkeypatch.setitem(transaction.__wrapped__.__kwdefaults__, "patience", 0.2)
    answer = device.client.post("/sign-out", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert "系统正忙" in answer.text

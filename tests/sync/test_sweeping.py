"""What nobody names any more goes: files of rolled-back acts, half-written ones, photos of corrected records, once."""

import os
from datetime import timedelta

from sqlalchemy import select

from tests.sync.test_photos import jpeg
from webapp.extensions import db
from webapp.kernel import clock, media
from webapp.sync import service
from webapp.sync.models import EnvelopePhoto, ReceivedEnvelope
from webapp.sync.service.pictures import folder


def aged(path, days):
    old = (clock.now() - timedelta(days=days)).timestamp()
    os.utime(path, (old, old))


def test_files_of_no_envelope_go_after_a_day_and_those_that_wait_stay(app, device, check):
    envelope = device.seal("inspection", check(), (("outlet__photo", jpeg("red")), ("outlet__photo", jpeg("blue"))))
    device.send_photo(envelope["uuid"], device.send(envelope)[0]["missing"][0])
    with app.app_context():
        [kept] = list(folder().iterdir())
        for name, days in (("orphan", 2), ("cut.part", 2), ("fresh", 0.5), ("fresh.part", 0.5)):
            (folder() / name).write_bytes(b"x")
            aged(folder() / name, days)
        aged(kept, 30)
        told = service.sweep(clock.now())
        assert "2 files of no envelope" in told
        assert {path.name for path in folder().iterdir()} == {kept.name, "fresh", "fresh.part"}
        for name, days in (("orphan", 2), ("cut.part", 2), ("fresh.part", 0.5)):
            (media.folder() / name).write_bytes(b"x")
            aged(media.folder() / name, days)
        assert media.sweep(clock.now() - timedelta(days=1)) == 2
        assert folder().is_dir()


def test_the_photos_of_a_corrected_record_go_once_and_it_is_still_answered(app, device, check, ward):
    fields = check(place=ward.there)
    envelope = device.seal("inspection", fields, (("outlet__photo", jpeg("red")),))
    [sha256] = device.send(envelope)[0]["missing"]
    assert device.send_photo(envelope["uuid"], sha256).json["outcome"] == "returned"
    with app.app_context():
        row_id = db.session.scalars(select(ReceivedEnvelope.id)).one()
    corrected = device.client.post(f"/sync/returned/{row_id}", data=fields | {"place": str(ward.here)})
    assert corrected.status_code == 303
    with app.app_context():
        first, second = (service.sweep(clock.now() + timedelta(days=days)) for days in (8, 9))
        assert (first.split(",")[0], second.split(",")[0]) == ("1 sealed photos", "0 sealed photos")
        assert list(folder().iterdir()) == []
        assert db.session.scalars(select(EnvelopePhoto.key)).one() == ""
        assert "fields" in db.session.scalars(select(ReceivedEnvelope.payload)).one()
    assert device.send(envelope)[0]["outcome"] == "same"
    assert device.send_photo(envelope["uuid"], sha256).json["outcome"] == "same"


def test_nothing_is_decoded_or_written_to_a_file_inside_a_transaction(app, device, check, monkeypatch):
    """The write lock is for rows: decoding one photo took seconds, and everybody waited."""
    from webapp.kernel.database import is_writing

    seen = []
    for name in ("prepare_all", "keep_bytes"):
        real = getattr(media, name)
        monkeypatch.setattr(media, name, lambda *a, real=real, **k: (seen.append(is_writing()), real(*a, **k))[1])
    photos = (("outlet__photo", jpeg("red")), ("outlet__photo", jpeg("blue")))
    envelope = device.seal("inspection", check(), photos)
    for sha256 in device.send(envelope)[0]["missing"]:
        device.send_photo(envelope["uuid"], sha256)
    doubted = device.seal("inspection", check(), photos) | {"mac": "AAAA"}
    for sha256 in device.send(doubted)[0]["missing"]:
        device.send_photo(doubted["uuid"], sha256)
    from tests.support import masters

    with app.app_context():
        wanted = select(ReceivedEnvelope.id).where(ReceivedEnvelope.sha256 == doubted["sha256"])
        row_id = db.session.scalars(wanted).one()
    done = masters.administrator(app).post(f"/sync/envelopes/{row_id}/release", data={"note": "核实"})
    assert done.status_code == 303
    assert len(seen) >= 8
    assert not any(seen)

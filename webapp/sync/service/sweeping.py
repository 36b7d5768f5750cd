"""Deletion of data that is no longer needed: payloads and sealed photos a week after they were applied, files without a
row, contacts that bound no missing entry.

A corrected envelope loses only its photos, since its first version is stored nowhere else.
"""

from datetime import datetime, timedelta

from sqlalchemy import Text, delete, func, select, type_coerce, update

from webapp.extensions import db
from webapp.kernel import media
from webapp.kernel.database import transaction
from webapp.sync import queries
from webapp.sync.models import Device, DeviceContact, EnvelopePhoto, ReceivedEnvelope
from webapp.sync.rules import MOST_GAPS, State, needed_contacts
from webapp.sync.service.pictures import folder

KEPT = timedelta(days=7)  # the time that a device keeps its copy
ORPHANED = timedelta(days=1)
EMPTY = "{}"
LONGEST_EMPTY = 60  # characters: a sealed EMPTY has fewer, any payload has more
SWEPT = ""  # the key of a photo whose sealed file was deleted


def sweep(at: datetime) -> str:
    """Empty old applied envelopes, whose entries stay. Envelopes that await a person are not changed."""
    photos = _old_photos(at)
    orphans = media.sweep_folder(folder(), set(db.session.scalars(select(EnvelopePhoto.key))), at - ORPHANED)
    return f"{photos} sealed photos, {orphans} files of no envelope, {_contacts()} contacts"


def _old_photos(at: datetime) -> int:
    state, length = ReceivedEnvelope.state, func.length(type_coerce(ReceivedEnvelope.payload, Text))
    is_old = ReceivedEnvelope.settled_at < at - KEPT
    old = select(ReceivedEnvelope.id).where(state.in_((State.APPLIED, State.CORRECTED)), is_old)
    named = (EnvelopePhoto.envelope_id.in_(old), EnvelopePhoto.key != SWEPT)
    files = db.session.scalars(select(EnvelopePhoto.key).where(*named)).all()
    for key in files:
        (folder() / str(key)).unlink(missing_ok=True)
    with transaction() as session:
        for done in (
            update(EnvelopePhoto).where(*named).values(key=SWEPT),
            update(ReceivedEnvelope)
            .where(state == State.APPLIED, is_old, length > LONGEST_EMPTY)
            .values(payload=EMPTY),
        ):
            session.execute(done, execution_options={"synchronize_session": False})
    return len(files)


def _contacts() -> int:
    """Delete contacts between which everything has arrived; returns their number."""
    several = select(DeviceContact.device_id).group_by(DeviceContact.device_id).having(func.count() > 1)
    unneeded: list[int] = []
    for device in db.session.scalars(select(Device).where(Device.id.in_(several))):
        gaps = queries.gaps_of(device)
        if len(gaps) < MOST_GAPS:
            mine = select(DeviceContact).where(DeviceContact.device_id == device.id).order_by(DeviceContact.last_at)
            rows = db.session.scalars(mine).all()
            kept = needed_contacts([row.last_seq for row in rows], gaps)
            unneeded += [row.id for place, row in enumerate(rows) if place not in kept]
    with transaction() as session:
        for first in range(0, len(unneeded), 500):
            session.execute(delete(DeviceContact).where(DeviceContact.id.in_(unneeded[first : first + 500])))
    return len(unneeded)

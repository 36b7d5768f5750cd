"""What need not be kept twice: an applied envelope's payload and sealed photos, a week after it was applied."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from webapp.extensions import db
from webapp.kernel.database import transaction
from webapp.sync.models import EnvelopePhoto, ReceivedEnvelope
from webapp.sync.rules import State
from webapp.sync.service.opening import folder

KEPT = timedelta(days=7)  # as long as a device keeps its copy
DONE = (State.APPLIED, State.CORRECTED)
EMPTY = "{}"


def sweep(at: datetime) -> str:
    """Empty old applied envelopes; the entries they became stay. What waits for a person is never touched."""
    is_old = (ReceivedEnvelope.state.in_(DONE), ReceivedEnvelope.settled_at < at - KEPT)
    old = select(ReceivedEnvelope.id).where(*is_old)
    files = db.session.scalars(select(EnvelopePhoto.key).where(EnvelopePhoto.envelope_id.in_(old))).all()
    for key in files:
        if key:
            (folder() / key).unlink(missing_ok=True)
    with transaction() as session:
        emptied = update(ReceivedEnvelope).where(*is_old).values(payload=EMPTY)
        session.execute(emptied, execution_options={"synchronize_session": False})
    return f"{len(files)} sealed photos"

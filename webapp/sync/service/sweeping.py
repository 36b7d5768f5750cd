"""What need not be kept twice: an applied envelope's payload and sealed photos, a week after it was applied.

Of a corrected one only the photos: what was typed first stands nowhere else.
"""

from datetime import datetime, timedelta

from sqlalchemy import Text, func, select, type_coerce, update

from webapp.extensions import db
from webapp.kernel.database import transaction
from webapp.sync.models import EnvelopePhoto, ReceivedEnvelope
from webapp.sync.rules import State
from webapp.sync.service.opening import folder

KEPT = timedelta(days=7)  # as long as a device keeps its copy
EMPTY = "{}"
LONGEST_EMPTY = 60  # characters: EMPTY once sealed has fewer, any payload has more


def sweep(at: datetime) -> str:
    """Empty old applied envelopes; the entries they became stay. What waits for a person is never touched."""
    state, length = ReceivedEnvelope.state, func.length(type_coerce(ReceivedEnvelope.payload, Text))
    is_old = (ReceivedEnvelope.settled_at < at - KEPT, length > LONGEST_EMPTY)
    old = select(ReceivedEnvelope.id).where(state.in_((State.APPLIED, State.CORRECTED)), *is_old)
    files = db.session.scalars(select(EnvelopePhoto.key).where(EnvelopePhoto.envelope_id.in_(old))).all()
    for key in files:
        if key:
            (folder() / key).unlink(missing_ok=True)
    with transaction() as session:
        emptied = update(ReceivedEnvelope).where(state == State.APPLIED, *is_old).values(payload=EMPTY)
        session.execute(emptied, execution_options={"synchronize_session": False})
    return f"{len(files)} sealed photos"

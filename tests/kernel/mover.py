"""Processes of the race for a state: each builds its own application, so that nothing is shared but the database."""

from webapp import create_app
from webapp.extensions import db
from webapp.inspections.models import InspectionFinding
from webapp.inspections.rules import FindingState
from webapp.kernel import clock, states
from webapp.kernel.database import transaction
from webapp.kernel.errors import Refusal


def close(settings, actor, finding_id, gate, done):
    """Close a finding at the same moment as the others; report what came of it."""
    app = create_app(settings)
    with app.app_context():
        gate.wait(60)
        try:
            with transaction():
                open_, closed = FindingState.OPEN, FindingState.CLOSED
                states.move(InspectionFinding, finding_id, (open_,), closed, act="x.close", by=actor, at=clock.now())
            done.put("done")
        except Refusal as refusal:
            done.put(f"{refusal.code} {refusal.values['state']['state']}")
        db.session.remove()
        db.engine.dispose()

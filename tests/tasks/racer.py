"""A process that acts on assignments: it builds its own application, so that nothing is shared but the database."""

from uuid import uuid4

from werkzeug.datastructures import MultiDict

from webapp import create_app
from webapp.extensions import db
from webapp.kernel import clock, entries
from webapp.kernel.errors import Refusal
from webapp.tasks.kinds import STEPS


def run(settings, acts, gate, done):
    """Perform each (actor, act, fields) at the same moment as the other processes; report what came of each."""
    app = create_app(settings)
    outcomes = []
    with app.app_context():
        for by, act, fields in acts:
            form = MultiDict(fields | {"note": "已办", "uuid": str(uuid4())})
            gate.wait(60)
            try:
                entries.deliver(STEPS[act], form, by=by, at=clock.now())
                outcomes.append("done")
            except Refusal as refusal:
                outcomes.append(refusal.code)
            db.session.rollback()
        db.session.remove()
        db.engine.dispose()
    done.put((acts[0][0].username, outcomes))

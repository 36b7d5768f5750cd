"""A clerk in a process of its own, who signs while the records go on."""

from tests.reports import office
from webapp import create_app
from webapp.extensions import db
from webapp.kernel.errors import Refusal
from webapp.reports.kinds import SIGNING


def sign_at_last(settings, clerk, due_id, gate, done):
    """Sign what the records count, again and again until nothing came between; report the id and the tries."""
    app = create_app(settings)
    with app.app_context():
        gate.wait(60)
        for tries in range(1, 1000):
            try:
                done.put((office.sign(SIGNING, office.filled(due_id), clerk).uuid, tries))
                break
            except Refusal:  # report-moved
                db.session.rollback()
        db.engine.dispose()

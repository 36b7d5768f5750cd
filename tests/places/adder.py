"""Processes of the race for a place: each builds its own application, so that nothing is shared but the database."""

from uuid import uuid4

from webapp import create_app
from webapp.extensions import db
from webapp.kernel.database import transaction
from webapp.kernel.insertions import insert_ignoring
from webapp.places.models import Place
from webapp.places.rules import PlaceKind


def add(settings, rounds, gate, done):
    """Add the place of each round, unless another process has; report what came of each."""
    app, came = create_app(settings), []
    with app.app_context():
        for number in range(rounds):
            values = {
                "id": uuid4(),
                "code": f"R-{number}",
                "name": "库",
                "kind": PlaceKind.WAREHOUSE,
                "is_closed": False,
            }
            gate.wait(60)
            try:
                with transaction():
                    came.append(insert_ignoring(Place, values))
            except Exception as error:
                came.append(type(error).__name__)
        db.engine.dispose()
    done.put(came)

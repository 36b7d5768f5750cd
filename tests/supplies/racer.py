"""Processes of the races: each builds its own application, so that nothing is shared but the database."""

from uuid import uuid4

from werkzeug.datastructures import MultiDict

from webapp import create_app
from webapp.extensions import db
from webapp.kernel import clock, entries
from webapp.kernel.errors import Refusal
from webapp.kernel.kinds import kinds


def race(settings, keeper, kind, fields, tries, gate, done):
    """Deliver the same act so many times, each as an entry of its own; report what came of it, code by code."""
    app = create_app(settings)
    came = []
    with app.app_context():
        gate.wait(60)
        for _ in range(tries):
            try:
                form = MultiDict(fields | {"uuid": str(uuid4())})
                given = entries.deliver(kinds()[kind], form, by=keeper, at=clock.now()).receipt
                came.append("done" if given else "invalid")
            except Refusal as refusal:
                came.append(refusal.code)
        db.engine.dispose()
    done.put(came)


def swap(settings, keeper, kind, fields, rounds, gate, done):
    """Deliver an act at the same moment as the others, round by round; `{round}` in its fields is the round."""
    app = create_app(settings)
    came = []
    with app.app_context():
        for number in range(rounds):
            form = MultiDict({name: value.replace("{round}", str(number)) for name, value in fields.items()})
            form["uuid"] = str(uuid4())
            gate.wait(60)
            try:
                given = entries.deliver(kinds()[kind], form, by=keeper, at=clock.now()).receipt
                came.append("done" if given else "invalid")
            except Refusal as refusal:
                came.append(refusal.code)
            except Exception as error:
                came.append(type(getattr(error, "orig", error)).__name__)
        db.engine.dispose()
    done.put(came)

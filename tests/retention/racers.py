"""Processes of the races against purging: each builds its own application, nothing is shared but the database."""

import json
from uuid import UUID

from werkzeug.datastructures import MultiDict

from webapp import create_app
from webapp.accounts import queries as accounts
from webapp.extensions import db
from webapp.kernel import clock, entries, purging
from webapp.kernel.errors import Refusal
from webapp.kernel.records import correction_of
from webapp.publicity.kinds import PUBLICITY
from webapp.sync.service.contact import remembered
from webapp.sync.service.delivery import accept


def purge(settings, uuid, run_id, gate, done):
    """Purge one record at the same moment as the others do something with it."""
    _run(settings, gate, done, lambda: purging.purge([UUID(uuid)], UUID(run_id), by=None, at=clock.now()) and "purged")


def correct(settings, person_id, fields, gate, done):
    """Correct a record of publicity."""

    def act():
        by = accounts.actor_of(accounts.find_person(UUID(person_id)))
        delivery = entries.deliver(correction_of(PUBLICITY), MultiDict(fields), by=by, at=clock.now())
        return "corrected" if delivery.receipt else json.dumps(delivery.form.errors)

    _run(settings, gate, done, act)


def send(settings, person_id, envelope, gate, done):
    """Hand in an envelope."""

    def act():
        by = accounts.actor_of(accounts.find_person(UUID(person_id)))
        return accept(envelope, remembered(UUID(envelope["device"])), by=by, at=clock.now()).outcome.value

    _run(settings, gate, done, act)


def _run(settings, gate, done, act):
    app = create_app(settings)
    with app.app_context():
        gate.wait(60)
        try:
            done.put(act())
        except Refusal as refusal:
            done.put(refusal.code)
        except Exception as error:  # told to the test, which would wait for it otherwise
            done.put(repr(error))
        db.session.remove()
        db.engine.dispose()

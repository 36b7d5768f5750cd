"""A live server with a small district, clients that call it over HTTP, and the ledger of its acknowledgements."""

import hashlib
import http.client
import json
import os
import signal
import threading
from types import SimpleNamespace
from uuid import UUID

from sqlalchemy import func, select

from tests.inspections.conftest import INFECTIOUS
from tests.support import masters, poster
from tests.support.browser import Server
from tests.support.device import Device
from webapp.extensions import db
from webapp.kernel import clock, journal
from webapp.kernel.access import Role
from webapp.kernel.entries import Entry
from webapp.kernel.journal import JournalRow
from webapp.places.rules import PlaceKind
from webapp.sync.models import ReceivedEnvelope


def district(app):
    """Add a gate, a hospital and the persons who work there."""
    gate = masters.place(app, "G-01", PlaceKind.CHECKPOINT)
    hospital = masters.place(app, "H-01", PlaceKind.HOSPITAL, **INFECTIOUS)
    masters.person(app, "gatekeeper", Role.GATEKEEPER, place_id=gate)
    masters.person(app, "inspector", Role.INSPECTOR, place_id=hospital)
    masters.person(app, "administrator", Role.ADMINISTRATOR)
    return SimpleNamespace(app=app, gate=gate, hospital=hospital)


class Killable(Server):
    """A server whose whole process group can be killed and started again at the same port."""

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)


class Caller:
    """A signed-in person over HTTP, with a new connection for each request; a client for `Device`.

    Raises OSError or HTTPException for an incomplete answer.
    """

    def __init__(self, port, username, password=masters.PASSWORD):
        self.port = port
        self.cookie = poster.sign_in(port, username, password)

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, {"Cookie": self.cookie} | (headers or {}))
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        is_json = "json" in (answer.headers.get("Content-Type") or "")
        given = json.loads(text) if is_json else None
        return SimpleNamespace(status_code=answer.status, headers=answer.headers, text=text, json=given)

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, json=None, headers=None, data=None):
        if isinstance(data, bytes):
            return self.ask("POST", path, data, headers)
        if data is not None:
            return self.ask("POST", path, poster.urlencode(data), poster.FORM | (headers or {}))
        return self.ask("POST", path, _json(json), {"Content-Type": "application/json"} | (headers or {}))

    def put(self, path, data, headers):
        return self.ask("PUT", path, data, headers)

    def token(self):
        """The CSRF token of this person's forms."""
        return self.token_of(self.get("/me"))

    def token_of(self, page):
        self.cookie = poster.cookie_of(page.headers) or self.cookie
        return poster.token_in(page.text)


def _json(body):
    return json.dumps(body).encode()


def device(port, username="inspector"):
    return Device(Caller(port, username))


class Ledger:
    """The acknowledgements: uuid -> (hash or None, receipt number); `differing` has the uuids with several."""

    def __init__(self):
        self.receipts, self.differing, self.given_up = {}, [], []
        self.news = threading.Condition()

    def note(self, uuid, sha256, seq):
        with self.news:
            before = self.receipts.setdefault(uuid, (sha256, seq))
            if before != (sha256, seq):
                self.differing.append(uuid)
            self.news.notify_all()

    def give_up(self, why):
        """A client that writes here gives up."""
        with self.news:
            self.given_up.append(why)
            self.news.notify_all()

    def wait_for(self, count, seconds=60):
        """Block until that many entries are acknowledged."""
        with self.news:
            self.news.wait_for(lambda: len(self.receipts) >= count or self.given_up, seconds)
            assert len(self.receipts) >= count, (len(self.receipts), self.given_up)


def assert_kept_once(app, ledger):
    """Assert that each acknowledged uuid is stored once with its hash and number, and that the journal verifies."""
    assert ledger.differing == []
    with app.app_context():
        entries = {str(entry.uuid): entry for entry in db.session.scalars(select(Entry))}
        hashes = {(str(row.uuid), row.sha256) for row in db.session.scalars(select(ReceivedEnvelope))}
        assert set(entries) == set(ledger.receipts)
        for uuid, (sha256, seq) in ledger.receipts.items():
            assert entries[uuid].seq == seq, uuid
            assert sha256 is None or (uuid, sha256) in hashes, uuid
        assert len(hashes) == sum(sha256 is not None for sha256, _seq in ledger.receipts.values())
        recorded = JournalRow.action == "entry.recorded"
        counts = db.session.execute(select(JournalRow.subject_id, func.count()).where(recorded).group_by("subject_id"))
        assert dict(counts.all()) == dict.fromkeys(ledger.receipts, 1)
        journal.seal(at=clock.now())
        assert journal.verify() == []
        assert journal.unsealed() == 0


def entry_seq(app, uuid):
    """The receipt number of an entry; None if there is no such entry."""
    with app.app_context():
        return db.session.scalar(select(Entry.seq).where(Entry.uuid == UUID(uuid)))


def sealed_files(app):
    """The hashes of the sealed photos on disk, including unfinished ones."""
    folder = app.config["INSTANCE"] / "uploads" / "sealed"
    return sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*")) if folder.is_dir() else []

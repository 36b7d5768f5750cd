"""F01, F02: the server is killed under load and dies before it answers; nothing acknowledged is lost or doubled."""

import itertools
import random
import sys
import threading
import time
from http.client import HTTPException
from uuid import uuid4

import pytest

from tests.checkpoints.conftest import ARRIVAL
from tests.faults import live
from tests.inspections.conftest import filled

CLIENTS, BATCH = 6, 3
READY_WITHIN = 5.0
PATIENCE_S = 300  # until the next kill is due
UNHEARD = (OSError, HTTPException)


@pytest.fixture
def site(app):
    """A district with its server; `site.server` can be killed and started again."""
    here = live.district(app)
    here.server = live.Killable.beside(app).start("serve")
    yield here
    here.server.kill()


class Load:
    """Clients that go on until each of their items is acknowledged; an unheard call is made again as it was."""

    def __init__(self, site, ledger, each, deaf):
        self.site, self.ledger, self.faults, self.unheard = site, ledger, [], 0
        self.each, self.deaf, self.luck = each, deaf, random.Random(20261127)
        self.lost = 0  # answers that came, and were not heard
        self.is_up = threading.Event()
        self.is_up.set()
        self.numbers = itertools.count(1)

    def again_until_told(self, call):
        while True:
            self.is_up.wait(60)
            try:
                answer = call()
            except UNHEARD:
                self.unheard += 1
                continue
            if self.luck.random() < self.deaf:
                self.lost += 1
                continue
            assert answer.status_code != 500, answer.text[:300]
            if answer.status_code != 503:
                return answer

    def envelopes(self, device):
        sealed = [device.seal("inspection", filled(self.site.hospital, no_bypass="no")) for _ in range(self.each)]
        for start in range(0, self.each, BATCH):
            body = {"device": device.id, "last_seq": self.each, "envelopes": sealed[start : start + BATCH]}
            answer = self.again_until_told(lambda body=body: device.call("/sync/envelopes", body))
            assert answer.status_code == 200, answer.text
            for one in answer.json["outcomes"]:
                assert one["outcome"] in ("receipt", "same"), one
                self.ledger.note(one["uuid"], one["sha256"], one["seq"])

    def forms(self, person):
        token = person.token_of(self.again_until_told(lambda: person.get("/me")))
        for _ in range(self.each):
            number = next(self.numbers)
            who = {"name": f"来人{number}", "phone": "", "id_type": "passport", "id_number": f"P{number:07d}"}
            uuid = str(uuid4())
            fields = ARRIVAL | who | {"place": str(self.site.gate), "uuid": uuid, "plate": "", "csrf_token": token}
            path = f"/checkpoints/{self.site.gate}/visits"
            answer = self.again_until_told(lambda path=path, fields=fields: person.post(path, data=fields))
            assert answer.status_code == 303, answer.text
            told, seq = answer.headers["Frontline-Receipt"].split()
            assert told == uuid
            self.ledger.note(uuid, None, int(seq))

    def run(self, work, caller):
        try:
            work(caller)
        except BaseException as fault:
            self.faults.append(fault)
            self.ledger.give_up(f"{type(fault).__name__}: {fault}")
            raise


@pytest.mark.parametrize(
    ("each", "kills", "deaf"), [(24, 3, 0), pytest.param(1_668, 25, 0.1, marks=pytest.mark.long)], ids=["few", "many"]
)
def test_f01_the_whole_server_is_killed_again_and_again_under_load(site, each, kills, deaf):
    """With --long 10,000 entries, of whose answers one in ten is not heard."""
    ledger = live.Ledger()
    load = Load(site, ledger, each, deaf)
    port = site.server.port
    works = [(load.envelopes, live.device(port)) for _ in range(CLIENTS // 2)]
    works += [(load.forms, live.Caller(port, "gatekeeper")) for _ in range(CLIENTS // 2)]
    threads = [threading.Thread(target=load.run, args=work, daemon=True) for work in works]
    for thread in threads:
        thread.start()
    total, until_told = CLIENTS * each, []
    for number in range(1, kills + 1):
        ledger.wait_for(number * total // (kills + 2), PATIENCE_S)
        load.is_up.clear()
        site.server.kill()
        told = len(ledger.receipts)
        site.server.start("serve")
        since = time.monotonic()  # what a start takes is the machine's matter
        load.is_up.set()
        ledger.wait_for(told + 1)
        until_told.append(time.monotonic() - since)
    for thread in threads:
        thread.join(total * 0.5)
    assert load.faults == []
    assert len(ledger.receipts) == total
    live.assert_kept_once(site.app, ledger)
    assert load.unheard >= kills
    assert load.lost >= total * deaf / BATCH / 2
    assert max(until_told) < READY_WITHIN, until_told


@pytest.fixture
def dying(app):
    """The same district behind a server that ends when a request asks for it."""
    here = live.district(app)
    here.server = live.Killable.beside(app)
    here.server.program = [sys.executable, "-m", "tests.faults.dying"]
    here.server.start("serve")
    yield here
    here.server.kill()


LAST_WORDS = {"End-Before-Answer": "yes"}


def heard(dying, call, most=20):
    """The answer of a call made again while the worker that would have taken it is being replaced."""
    for _ in range(most):
        dying.server.wait_until_healthy()
        try:
            return call()
        except UNHEARD:
            continue
    return call()


def test_f02_an_answer_lost_after_the_commit_is_given_again(dying):
    """Every item is written, its answer lost with the process; asked again, the receipt is the one that was written."""
    ledger, port = live.Ledger(), dying.server.port
    device, gatekeeper = live.device(port), live.Caller(port, "gatekeeper")
    token = gatekeeper.token()
    for number in range(6):
        envelope = device.seal("inspection", filled(dying.hospital, no_bypass="no"))
        body = {"device": device.id, "last_seq": device.seq, "envelopes": [envelope]}
        with pytest.raises(UNHEARD):
            device.client.post("/sync/envelopes", json=body, headers={"X-Frontline-Sync": "1"} | LAST_WORDS)
        seq = live.entry_seq(dying.app, envelope["uuid"])
        [again] = heard(dying, lambda envelope=envelope: device.send(envelope))
        assert (again["outcome"], again["sha256"], again["seq"]) == ("same", envelope["sha256"], seq)
        ledger.note(envelope["uuid"], envelope["sha256"], seq)

        uuid = str(uuid4())
        who = {"name": f"来人{number}", "phone": "", "id_type": "passport", "id_number": f"P{number:07d}", "plate": ""}
        fields = ARRIVAL | who | {"place": str(dying.gate), "uuid": uuid, "csrf_token": token}
        path = f"/checkpoints/{dying.gate}/visits"
        with pytest.raises(UNHEARD):
            gatekeeper.post(path, data=fields, headers=LAST_WORDS)
        seq = live.entry_seq(dying.app, uuid)
        again = heard(dying, lambda path=path, fields=fields: gatekeeper.post(path, data=fields))
        assert (again.status_code, again.headers["Frontline-Receipt"]) == (303, f"{uuid} {seq}")
        ledger.note(uuid, None, seq)
    live.assert_kept_once(dying.app, ledger)


def test_f02_a_photo_whose_answer_was_lost_is_not_kept_twice(dying):
    from tests.sync.test_photos import jpeg

    device = live.device(dying.server.port)
    envelope = device.seal("inspection", filled(dying.hospital), (("outlet__photo", jpeg("red")),))
    [outcome] = device.send(envelope)
    [sha256] = outcome["missing"]
    sealed = device.photos[sha256]
    headers = {"X-Frontline-Sync": "1", "X-Frontline-Bytes": str(len(sealed))} | LAST_WORDS
    with pytest.raises(UNHEARD):
        device.client.put(f"/sync/photos/{envelope['uuid']}/{sha256}", sealed, headers)
    seq = live.entry_seq(dying.app, envelope["uuid"])
    again = heard(dying, lambda: device.send_photo(envelope["uuid"], sha256)).json
    assert (again["outcome"], again["seq"]) == ("same", seq)
    assert len(live.sealed_files(dying.app)) == 1
    ledger = live.Ledger()
    ledger.note(envelope["uuid"], envelope["sha256"], seq)
    live.assert_kept_once(dying.app, ledger)

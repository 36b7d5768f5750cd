"""F03, F04, F26, F28 to F30, F59: what devices deliver over HTTP, twice, in two versions, in pieces, in silence."""

import hashlib
import json
import re
import socket
from itertools import product
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from tests.checkpoints.conftest import ARRIVAL, WANG
from tests.faults import live
from tests.inspections.conftest import filled
from tests.support import poster
from tests.support.device import HEADERS
from tests.support.processes import REAL
from tests.sync.test_photos import jpeg
from webapp.extensions import db
from webapp.inspections.models import Inspection, InspectionAnswer, InspectionFinding
from webapp.kernel.entries import ENVELOPE, Entry, EntryConflict
from webapp.kernel.journal import JournalRow
from webapp.kernel.media import Photo
from webapp.sync.models import EnvelopePhoto, ReceivedEnvelope
from webapp.sync.rules import VERSIONS

AT_ONCE = 5
PAYLOADS = Path(__file__).parent / "payloads"


@pytest.fixture
def site(app, premises, standing):
    here = live.district(app)
    here.server = standing(premises)
    return here


@pytest.fixture
def device(site):
    return live.device(site.server.port)


@pytest.fixture
def boss(site):
    return live.Caller(site.server.port, "administrator")


def at_once(device, calls):
    """Make every (method, path, body, headers) from a process of its own at the same moment; gives (status, JSON)."""
    gate, done = REAL.Barrier(len(calls)), REAL.Queue()
    common = HEADERS | {"Cookie": device.client.cookie}
    racers = [
        REAL.Process(target=poster.send, args=(device.client.port, *call, common | more, gate, done))
        for *call, more in calls
    ]
    for racer in racers:
        racer.start()
    answers = [done.get(timeout=120) for _ in racers]
    for racer in racers:
        racer.join(30)
    return answers


def batch(device, *envelopes):
    body = {"device": device.id, "last_seq": device.seq, "envelopes": list(envelopes)}
    return ("POST", "/sync/envelopes", json.dumps(body).encode(), {"Content-Type": "application/json"})


def counts(site, *models):
    with site.app.app_context():
        return [db.session.scalar(select(func.count()).select_from(model)) for model in models]


def recorded(site):
    with site.app.app_context():
        where = JournalRow.action == "entry.recorded"
        return db.session.scalar(select(func.count()).select_from(JournalRow).where(where))


def states(site):
    with site.app.app_context():
        return sorted(one.value for one in db.session.scalars(select(ReceivedEnvelope.state)))


def test_f03_one_envelope_and_its_photo_from_five_processes_are_one_entry(site, device):
    photo = jpeg("red")
    envelope = device.seal("inspection", filled(site.hospital, no_bypass="no"), (("outlet__photo", photo),))
    answers = at_once(device, [batch(device, envelope)] * AT_ONCE)
    [sha256] = answers[0][1]["outcomes"][0]["missing"]
    assert [(status, said["outcomes"][0]["outcome"]) for status, said in answers] == [(200, "photos")] * AT_ONCE
    sealed = device.photos[sha256]
    path, headers = f"/sync/photos/{envelope['uuid']}/{sha256}", {"X-Frontline-Bytes": str(len(sealed))}
    upload = ("PUT", path, sealed, headers)
    answers = at_once(device, [upload] * AT_ONCE)
    while busy := [status for status, _said in answers if status == 503]:  # a device sends it again
        answers = [one for one in answers if one[0] != 503] + at_once(device, [upload] * len(busy))
    assert {status for status, _said in answers} == {200}
    assert sorted(said["outcome"] for _status, said in answers) == ["receipt"] + ["same"] * (AT_ONCE - 1)
    assert len({said["seq"] for _status, said in answers}) == 1
    tables = (Entry, Inspection, EntryConflict, ReceivedEnvelope, EnvelopePhoto, Photo)
    assert counts(site, *tables) == [1, 1, 0, 1, 1, 1]
    assert recorded(site) == 1
    assert live.sealed_files(site.app) == [hashlib.sha256(sealed).hexdigest()]
    kept = [path for path in (site.app.config["INSTANCE"] / "uploads").iterdir() if path.is_file()]
    assert len(kept) == 1
    with site.app.app_context():
        assert db.session.scalars(select(Photo.original_sha256)).one() == hashlib.sha256(photo).hexdigest()


def test_f04_other_contents_under_one_uuid_are_all_kept_and_shown(site, device, boss):
    fields = filled(site.hospital)
    versions = [device.seal("inspection", fields | {"witness": f"证人{number}"}) for number in range(AT_ONCE)]
    answers = at_once(device, [batch(device, one) for one in versions])
    told = {said["outcomes"][0]["sha256"]: said["outcomes"][0]["outcome"] for _status, said in answers}
    assert sorted(told.values()) == ["conflict"] * (AT_ONCE - 1) + ["receipt"]
    assert counts(site, Entry, Inspection, EntryConflict) == [1, 1, AT_ONCE - 1]
    assert recorded(site) == 1
    first = next(sha256 for sha256, outcome in told.items() if outcome == "receipt")
    witness = {one["sha256"]: f"证人{number}" for number, one in enumerate(versions)}
    with site.app.app_context():
        entry = db.session.scalars(select(Entry)).one()
        assert json.loads(entry.content)["witness"] == [witness[first]]
        second = sorted(json.loads(one.content)["witness"][0] for one in db.session.scalars(select(EntryConflict)))
        assert second == sorted(name for sha256, name in witness.items() if sha256 != first)
        rows = {one.sha256: (one.id, one.state.value) for one in db.session.scalars(select(ReceivedEnvelope))}
    tray = boss.get("/sync/tray?state=conflict").text
    for sha256, (row_id, state) in rows.items():
        assert (str(row_id) in tray) is (state == "conflict") is (sha256 != first)
        if sha256 != first:
            assert f'href="/inspections/{entry.uuid}"' in boss.get(f"/sync/envelopes/{row_id}").text


def test_f04_two_contents_that_name_the_same_photo_each_get_it(site, device):
    """The copy that waited first must not be left waiting because a second one names the same picture."""
    fields, photos = filled(site.hospital), (("outlet__photo", jpeg("red")),)
    first = device.seal("inspection", fields, photos)
    [sha256] = device.send(first)[0]["missing"]
    for_first = device.photos[sha256]
    second = device.seal("inspection", fields | {"witness": "程丽"}, photos)
    device.send(second)
    done = device.send_photo(first["uuid"], sha256, for_first).json
    assert (done["outcome"], done["sha256"]) == ("receipt", first["sha256"])
    done = device.send_photo(second["uuid"], sha256).json
    assert (done["outcome"], done["sha256"]) == ("conflict", second["sha256"])
    assert device.send_photo(first["uuid"], sha256, for_first).json["sha256"] == first["sha256"]
    assert counts(site, Entry, EntryConflict, Photo) == [1, 1, 1]


@pytest.mark.parametrize("version", sorted(VERSIONS))
def test_f26_an_entry_of_every_version_that_devices_may_still_have_is_taken(site, device, version):
    """The fixtures are what that version of the app made; nobody changes them afterwards."""
    was = json.loads((PAYLOADS / f"v{version}.json").read_text(encoding="utf-8"))
    uuid = str(uuid4())
    fields = {name: value.format(place=site.hospital, uuid=uuid) for name, value in was["fields"]}
    envelope = device.seal(was["kind"], fields, version=version)
    assert set(was["envelope"]) <= set(envelope)
    said = {name: value for name, value in envelope.items() if name in was["envelope"]}
    assert said["v"] == version
    [outcome] = device.send(said)
    assert outcome["outcome"] == "receipt", outcome
    kept = stored(site, uuid)
    assert {name: value for name, value in fields.items() if name not in ENVELOPE and kept.get(name) != value} == {}
    [again] = device.send(said | {"app": "newer"})
    assert (again["outcome"], again["seq"]) == ("same", outcome["seq"])


def test_f26_three_versions_are_taken_and_each_has_its_fixture():
    newest = max(VERSIONS)
    assert {number for number in (newest - 2, newest - 1, newest) if number > 0} == VERSIONS
    assert sorted(path.stem for path in PAYLOADS.glob("*.json")) == [f"v{number}" for number in range(1, newest + 1)]


@pytest.mark.parametrize("version", [min(VERSIONS) - 1, max(VERSIONS) + 1])
def test_f26_a_version_that_nobody_here_knows_is_not_taken_for_one_of_ours(site, device, version):
    [outcome] = device.send(device.seal("inspection", filled(site.hospital)) | {"v": version})
    assert outcome["outcome"] == "malformed"
    assert counts(site, Entry, ReceivedEnvelope) == [0, 0]


def stored(site, uuid):
    """What stands in the tables of a check, under the names its form has."""
    with site.app.app_context():
        check = db.session.get(Inspection, UUID(uuid))
        answers = db.session.scalars(select(InspectionAnswer).where(InspectionAnswer.inspection_id == check.id))
        findings = db.session.scalars(select(InspectionFinding).where(InspectionFinding.inspection_id == check.id))
        return {
            "place": str(check.place_id),
            "checklist": f"{check.checklist_code}.v{check.checklist_version}",
            "witness": check.witness,
            "confirmed": "y",  # without it nothing is taken
            **{answer.item: answer.text for answer in answers},
            **{f"{finding.item}__note": finding.note for finding in findings if finding.note},
        }


def cut_in_half(device, path, body, chunked):
    """PUT half of a body through a raw socket, then close our direction: the status, 0 when none came."""
    head = [f"PUT {path} HTTP/1.1", f"Host: 127.0.0.1:{device.client.port}", f"Cookie: {device.client.cookie}"]
    head += ["X-Frontline-Sync: 1", f"X-Frontline-Bytes: {len(body)}", "Connection: close"]
    head += ["Transfer-Encoding: chunked"] if chunked else [f"Content-Length: {len(body)}"]
    half = body[: len(body) // 2]
    sent = f"{len(body):x}\r\n".encode() + half if chunked else half
    with socket.create_connection(("127.0.0.1", device.client.port), timeout=30) as line:
        line.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + sent)
        line.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    return int(answer.split()[1]) if answer else 0


CHUNKS = (
    b"xyz\r\n{}\r\n0\r\n\r\n",
    b"-5\r\n{}\r\n0\r\n\r\n",
    b"f" * 40 + b"\r\n{}\r\n0\r\n\r\n",
    b"2\r\n{}XX0\r\n\r\n",
    b"\r\n",
)


def test_f27_a_body_in_bad_chunks_is_a_bad_request(site, device):
    head = [f"Host: 127.0.0.1:{device.client.port}", f"Cookie: {device.client.cookie}", "X-Frontline-Sync: 1"]
    head += ["Content-Type: application/json", "Transfer-Encoding: chunked", "Connection: close"]
    told = {}
    for path, body in product(("/sync/envelopes", "/sync/check"), CHUNKS):
        with socket.create_connection(("127.0.0.1", device.client.port), timeout=30) as line:
            line.sendall("\r\n".join([f"POST {path} HTTP/1.1", *head]).encode() + b"\r\n\r\n" + body)
            line.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda line=line: line.recv(65536), b""))
        told[path, body[:9]] = int(answer.split()[1])
    assert set(told.values()) == {400}, told


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_f28_half_a_photo_is_none_and_the_whole_one_follows(site, device, chunked):
    photo = jpeg("red") + b"\0" * 200_000
    envelope = device.seal("inspection", filled(site.hospital), (("outlet__photo", photo),))
    [sha256] = device.send(envelope)[0]["missing"]
    path = f"/sync/photos/{envelope['uuid']}/{sha256}"
    assert cut_in_half(device, path, device.photos[sha256], chunked) == 400
    assert live.sealed_files(site.app) == []
    assert states(site) == ["photos"]
    assert device.send(envelope)[0]["missing"] == [sha256]
    assert device.send_photo(envelope["uuid"], sha256).json["outcome"] == "receipt"
    with site.app.app_context():
        assert db.session.scalars(select(Photo.original_sha256)).one() == sha256
    assert live.sealed_files(site.app) == [hashlib.sha256(device.photos[sha256]).hexdigest()]


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_f28_a_photo_put_whole_through_the_same_socket_is_taken(site, device, chunked):
    """So that the test above cannot pass because of how it speaks."""
    envelope = device.seal("inspection", filled(site.hospital), (("outlet__photo", jpeg("red")),))
    [sha256] = device.send(envelope)[0]["missing"]
    sealed = device.photos[sha256]
    headers = HEADERS | {"X-Frontline-Bytes": str(len(sealed))}
    body = iter([sealed]) if chunked else sealed
    assert device.client.put(f"/sync/photos/{envelope['uuid']}/{sha256}", body, headers).json["outcome"] == "receipt"


def test_f29_photos_before_after_and_never(site, device, boss):
    pictures = [("outlet__photo", jpeg(colour)) for colour in ("red", "blue")]
    envelope = device.seal("inspection", filled(site.hospital), pictures)
    first, second = (one["sha256"] for one in envelope["photos"])
    before = device.send_photo(envelope["uuid"], first)
    assert (before.status_code, before.json["code"]) == (404, "photo-not-asked")
    assert live.sealed_files(site.app) == []
    assert device.send(envelope)[0]["missing"] == [first, second]
    assert device.send_photo(envelope["uuid"], second).json["missing"] == [first]
    assert counts(site, Entry, Photo) == [0, 0]
    with site.app.app_context():
        row_id = db.session.scalars(select(ReceivedEnvelope.id)).one()
    assert str(row_id) in boss.get("/sync/tray?state=photos").text
    page = boss.get(f"/sync/envelopes/{row_id}").text
    assert re.search(r"还差\s*1\s*张照片", page)
    assert device.send_photo(envelope["uuid"], first).json["outcome"] == "receipt"
    assert counts(site, Entry, Photo) == [1, 2]
    assert str(row_id) not in boss.get("/sync/tray?state=photos").text


def test_f30_a_poisoned_head_holds_nobody_up_and_comes_back_with_its_reason(site, device):
    poison = device.seal("inspection", filled(site.hospital, confirmed=None, witness="程丽"))
    others = [device.seal("inspection", filled(site.hospital)) for _ in range(4)]
    outcomes = device.send(poison, *others)
    assert [one["outcome"] for one in outcomes] == ["returned"] + ["receipt"] * 4
    assert outcomes[0]["code"] == "form-invalid"
    assert outcomes[0]["sentence"]
    with site.app.app_context():
        row_id = db.session.scalars(select(ReceivedEnvelope.id).where(ReceivedEnvelope.state == "returned")).one()
    page = device.client.get(f"/sync/returned/{row_id}").text
    assert "程丽" in page
    assert outcomes[0]["sentence"] in page


SAID = (WANG["name"], WANG["phone"], WANG["id_number"], "%E7%8E%8B%E7%A7%80%E8%8B%B1", "程秀丽")


def test_f59_no_personal_datum_reaches_an_address_a_header_or_the_log(site):
    port, asked = site.server.port, []
    gatekeeper, device = live.Caller(port, "gatekeeper"), live.device(port)
    token, gate = gatekeeper.token(), f"/checkpoints/{site.gate}"
    uuid = str(uuid4())
    posted = {
        f"{gate}/visits": ARRIVAL | {"place": str(site.gate), "uuid": uuid},
        f"{gate}/look": {"q": WANG["id_number"]},
        "/checkpoints/visits": {"q": WANG["id_number"]},
        f"/checkpoints/visits/{uuid}/reveal": {"reason": "核对身份"},
        f"{gate}/departures": {"visit": uuid, "uuid": str(uuid4())},
    }
    for path, fields in posted.items():
        asked.append((path, gatekeeper.post(path, data=fields | {"csrf_token": token})))
        assert asked[-1][1].status_code in (200, 303), (path, asked[-1][1].text)
    revealed = asked[3][1].text
    assert WANG["id_number"] in revealed  # the canary was really there to leak
    for path in ("/checkpoints/visits", f"/checkpoints/visits/{uuid}", f"{gate}/gate", f"{gate}/live"):
        asked.append((path, gatekeeper.get(path)))
    good = device.seal("inspection", filled(site.hospital, witness="程秀丽"))
    bad = device.seal("inspection", filled(site.hospital, confirmed=None, witness="程秀丽"))
    body = {"device": device.id, "envelopes": [good, bad, {"v": 1, "uuid": WANG["id_number"]}]}
    asked.append(("/sync/envelopes", device.call("/sync/envelopes", body)))
    assert [one["outcome"] for one in asked[-1][1].json["outcomes"]] == ["receipt", "returned", "malformed"]
    asked += [(path, device.client.get(path)) for path in ("/sync/returned", "/sync/reference", "/")]
    for path, answer in asked:
        told = str(answer.headers) + " ".join(
            re.findall(r"""(?:href|action|src|hx-\w+)=["'](?!tel:)([^"']*)""", answer.text)
        )
        assert [one for one in SAID if one in told] == [], path
        assert answer.headers["Cache-Control"] == "no-store", path
    logs = list(site.server.instance.rglob("*.log"))
    assert site.server.instance / "server.log" in logs
    for log in logs:
        assert [one for one in SAID if one.encode() in log.read_bytes()] == [], log.name

"""What no honest device sends: every envelope beside it still arrives, nothing ends in a 500, on both databases."""

import json
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.support import masters
from tests.support.device import HEADERS, Device, stamp
from tests.sync.test_photos import jpeg
from webapp.extensions import db
from webapp.inspections.models import Inspection
from webapp.sync.models import ReceivedEnvelope
from webapp.sync.rules import LARGEST_COUNT
from webapp.sync.service import reception


def test_the_call_survives_every_envelope_that_is_none(device, check):
    good = device.seal("inspection", check())
    bad = [
        {"v": []},
        {"v": {}},
        good | {"seq": LARGEST_COUNT},
        good | {"photos": [{"sha256": "a" * 64, "bytes": LARGEST_COUNT, "nonce": "AAAA"}]},
        good | {"tz": "\ud800"},
        good | {"app": "a\0b"},
    ]
    answers = device.send(*bad, good)
    assert [one["outcome"] for one in answers] == ["malformed"] * len(bad) + ["receipt"]


@pytest.mark.parametrize("changes", [{"seq": LARGEST_COUNT - 1}], ids=str)
def test_the_largest_number_is_one(device, check, changes):
    assert device.send(device.seal("inspection", check(), **changes))[0]["outcome"] == "receipt"


def test_a_photo_of_the_largest_size_is_waited_for(device, check):
    envelope = device.seal("inspection", check(), (("outlet__photo", b"x"),))
    envelope["photos"][0]["bytes"] = LARGEST_COUNT - 1
    assert device.send(envelope)[0]["outcome"] == "photos"


@pytest.mark.parametrize(
    "payload",
    [
        b"[" * 100_000,
        b'{"kind":"inspection","fields":[["a","\\ud800"]],"photos":[]}',
        b'{"kind":"inspection","fields":[["a"]],"photos":[]}',
        b'{"kind":"inspection","fields":' + b"9" * 10_000 + b',"photos":[]}',
        b"\xff",
    ],
    ids=["deep", "surrogate", "no pair", "huge number", "not UTF-8"],
)
def test_an_envelope_that_holds_no_entry_is_kept_for_review_and_holds_nobody_up(device, check, monkeypatch, payload):
    with monkeypatch.context() as patched:
        patched.setattr("tests.support.device.json.dumps", lambda *_a, **_k: Raw(payload))
        poison = device.seal("inspection", check())
    answers = device.send(poison, device.seal("inspection", check()))
    assert [one["outcome"] for one in answers] == ["review", "receipt"]


@pytest.mark.parametrize(
    ("value", "witness", "outcome"),
    [(None, None, "receipt"), (7, "7", "receipt"), ("null", "null", "receipt")]
    + [(value, None, "review") for value in (float("nan"), float("inf"), True, False, [], {}, 10**400)],
    ids=lambda value: repr(value)[:12],
)
def test_a_field_holds_text_and_what_is_none_is_not_made_a_word(app, device, check, value, witness, outcome):
    answers = device.send(device.seal("inspection", check() | {"witness": value}), device.seal("inspection", check()))
    assert [told["outcome"] for told in answers] == [outcome, "receipt"]
    if outcome == "receipt":
        with app.app_context():
            assert db.session.get_one(Inspection, UUID(answers[0]["uuid"])).witness == witness


class Raw:
    """Text that encodes to bytes of one's choice."""

    def __init__(self, raw):
        self.raw = raw

    def encode(self):
        return self.raw


@pytest.mark.parametrize("version", ["a\0b", "\ud800", 7, [], "x" * 999], ids=repr)
def test_what_a_device_says_of_its_app_is_kept_as_far_as_it_can_be(device, version):
    assert device.call("/sync/envelopes", {"device": device.id, "app": version}).status_code == 200


@pytest.mark.parametrize("path", ["/sync/envelopes", "/sync/grants", "/sync/check"])
def test_a_body_too_deep_to_read_is_malformed(device, path):
    body = b'{"device":' + b"[" * 200_000
    answer = device.client.post(path, data=body, content_type="application/json", headers=HEADERS)
    assert (answer.status_code, answer.json) == (400, {"code": "sync-malformed"})


BLANKS = [" ", "\t", "\u3000", "\u00a0", "\u200b", ""]


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("kind", ["stock.in", "stock.out", "stock.count"])
def test_a_blank_quantity_goes_back_to_its_author_and_the_others_go_on(app, stocked, line, kind, blank):
    device = Device(masters.signed_in(app, "keeper"))
    head = {"place": str(stocked.here), "reason": "issue" if kind == "stock.out" else "purchase", "counterparty": "王"}
    good = head | {f"lines-0-{name}": str(value) for name, value in line(1).items()} | {"reason": "purchase"}
    bad = good | {"lines-0-quantity": blank, "reason": head["reason"]}
    if kind == "stock.count":
        bad = {name: value for name, value in bad.items() if name not in ("reason", "counterparty")}
    sent = [device.seal("stock.in", good), device.seal(kind, bad), device.seal("stock.in", good)]
    assert [one["outcome"] for one in device.send(*sent)] == ["receipt", "returned", "receipt"]
    assert [one["outcome"] for one in device.send(*sent)] == ["same", "returned", "same"]


EXTRAS = {
    "surrogate": '"\\ud800"',
    "NaN": "NaN",
    "infinity": "-Infinity",
    "huge": "1e999",
    "deep": "[" * 400 + "]" * 400,
    "object": '{"a": {"b": [null, true]}}',
    "long": f'"{"x" * 100_000}"',
}


@pytest.mark.parametrize("extra", EXTRAS)
def test_what_else_an_envelope_carries_is_neither_kept_nor_in_the_way(app, device, check, extra):
    sealed = [device.seal("inspection", check()) for _ in range(3)]
    sealed[1] |= {"mac": "AAAA"}
    body = {"device": device.id, "now": stamp(), "last_seq": 3, "envelopes": sealed}
    raw = json.dumps(body)
    for envelope in sealed:
        raw = raw.replace(f'"uuid": "{envelope["uuid"]}"', f'"uuid": "{envelope["uuid"]}", "extra": {EXTRAS[extra]}')
    headers = HEADERS | {"Content-Type": "application/json"}
    answer = device.client.post("/sync/envelopes", data=raw.encode(), headers=headers)
    assert answer.status_code == 200, answer.text
    assert [one["outcome"] for one in answer.json["outcomes"]] == ["receipt", "review", "receipt"]
    with app.app_context():
        kept = db.session.scalars(select(ReceivedEnvelope.payload)).all()
    assert not any("extra" in payload for payload in kept)


SAID = {"app": [[]], "now": {"a": 1}, "oldest": [1], "waiting": "many", "last_seq": [], "withdrawn": {"a": 1}}
SAID |= {"persisted": 7, "usage": -1, "quota": "x", "clock": {"skew_ms": "NaN"}, "grant": {"a": []}}


@pytest.mark.parametrize("name", SAID)
def test_whatever_a_device_says_of_itself_its_envelopes_are_taken(device, check, name):
    body = {"device": device.id, "last_seq": 1, "envelopes": [device.seal("inspection", check())]}
    answer = device.call("/sync/envelopes", body | {name: SAID[name]})
    assert answer.json["outcomes"][0]["outcome"] == "receipt"


@pytest.fixture
def broken(app, monkeypatch):
    """A check that cannot be applied for an error of ours, and is mended by calling what this gives."""
    kinds = app.extensions["frontline.kinds"]
    real = kinds["inspection"]

    def fail(_entry, data, _photos, **_how):
        db.session.scalar(select(ReceivedEnvelope.id))
        raise RuntimeError(f"cannot cope with {data['witness']}")

    monkeypatch.setitem(kinds, "inspection", replace(real, apply=fail))
    return lambda: monkeypatch.setitem(kinds, "inspection", real)


def test_an_error_of_ours_sends_that_one_to_review_and_the_others_go_on(app, device, check, broken, caplog):
    bad = device.seal("inspection", check(witness="程丽"))
    other = device.seal("unheard-of", {"a": "b"})
    with caplog.at_level("ERROR"):
        outcomes = device.send(bad, other)
    assert [one["outcome"] for one in outcomes] == ["review", "returned"]
    assert outcomes[0]["code"] == "failed"
    assert "in fail" in caplog.text
    assert "RuntimeError" in caplog.text
    assert "程丽" not in caplog.text
    boss = masters.administrator(app)
    with app.app_context():
        wanted = select(ReceivedEnvelope.id).where(ReceivedEnvelope.kind == "inspection")
        row_id = db.session.scalars(wanted).one()
    release = f"/sync/envelopes/{row_id}/release"
    assert boss.post(release, data={"note": "再试"}).status_code == 409
    assert device.send(bad)[0]["outcome"] == "review"
    broken()
    assert boss.post(release, data={"note": "已修好"}).status_code == 303
    assert device.send(bad)[0]["outcome"] == "same"


def test_an_error_of_ours_with_the_last_photo_sends_the_entry_to_review(app, device, check, broken):
    envelope = device.seal("inspection", check(), (("outlet__photo", jpeg("red")),))
    [sha256] = device.send(envelope)[0]["missing"]
    done = device.send_photo(envelope["uuid"], sha256)
    assert (done.status_code, done.json["outcome"], done.json["code"]) == (200, "review", "failed")
    assert [path for path in (app.config["INSTANCE"] / "uploads").iterdir() if path.is_file()] == []
    broken()
    with app.app_context():
        row_id = db.session.scalars(select(ReceivedEnvelope.id)).one()
    note = {"note": "已修好"}
    assert masters.administrator(app).post(f"/sync/envelopes/{row_id}/release", data=note).status_code == 303
    assert device.send(envelope)[0]["outcome"] == "same"


def test_the_review_tray_is_bounded_for_each_deliverer_and_what_has_no_room_waits(app, device, check, monkeypatch):
    monkeypatch.setattr(reception, "MOST_IN_REVIEW", 3)
    bad = [device.seal("inspection", check()) | {"mac": "AAAA"} for _ in range(4)]
    good = device.seal("inspection", check())
    outcomes = device.send(*bad, good)
    assert [one["outcome"] for one in outcomes] == ["review"] * 3 + ["wait", "receipt"]
    assert outcomes[3]["code"] == "wait-tray"
    assert device.send(bad[0])[0]["outcome"] == "review"  # it is there already
    boss = masters.administrator(app)
    assert device.send(bad[3], client=boss)[0]["outcome"] == "review"  # somebody else has room


@pytest.mark.parametrize("receipts", [[], [7], [[]], [["x"]], [[None, None]], [[{}, []]], ["ab"], [[["a"], 1]]])
def test_a_receipt_that_is_none_is_nobodys(device, receipts):
    answer = device.call("/sync/check", {"receipts": receipts})
    assert (answer.status_code, answer.json) == (200, {"missing": [], "purged": []})


@pytest.mark.parametrize("receipts", [None, 7, {}, "ab", [{"0": 1}], [{}], [["x", "y"]] * 5001])
def test_a_check_of_another_shape_is_refused_in_json(device, receipts):
    answer = device.call("/sync/check", {"receipts": receipts})
    assert (answer.status_code, answer.json) == (400, {"code": "sync-malformed"})
    assert device.call("/sync/check", {}).status_code == 400

"""What no honest device sends: every envelope beside it still arrives, nothing ends in a 500, on both databases."""

import pytest

from tests.support.device import HEADERS
from webapp.sync.rules import LARGEST_COUNT


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

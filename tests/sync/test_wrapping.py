"""The key of an envelope in both versions: what one table of cases says, and what a whole envelope shows."""

import json
from base64 import b64decode
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives import serialization
from sqlalchemy import select

from tests.support.device import text
from webapp.extensions import db
from webapp.sync import keys, wrapping
from webapp.sync.models import ReceivedEnvelope

CASES = json.loads((Path(__file__).parent / "wrapped_keys.json").read_text(encoding="utf-8"))
KEY_ID = CASES["server"]["key_id"]


@pytest.fixture(scope="module")
def server():
    return serialization.load_der_private_key(b64decode(CASES["server"]["private"]), password=None)


@pytest.mark.parametrize("case", CASES["wrapped"], ids=lambda case: case["uuid"])
def test_the_server_opens_what_a_browser_wrapped(server, case):
    wrapped, uuid = b64decode(case["wrapped_key"]), UUID(case["uuid"])
    assert wrapping.binding(KEY_ID, wrapped[:65], uuid).decode() == case["binding"]
    assert wrapping.unwrap(server, 2, wrapped, KEY_ID, uuid).hex() == case["key"]


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["name"])
def test_what_was_not_wrapped_for_this_key_and_entry_is_not_opened(server, case):
    wrapped = b64decode(case["wrapped_key"])
    assert wrapping.unwrap(server, case["v"], wrapped, case["key_id"], UUID(case["uuid"])) is None


def test_only_keys_of_the_two_kinds_are_keys_of_envelopes():
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    for version in (wrapping.RSA, wrapping.AGREEMENT):
        assert wrapping.version_of(wrapping.load(wrapping.make(version).private_bytes(*form))) == version
    with pytest.raises(TypeError):
        wrapping.load(wrapping.ec.generate_private_key(wrapping.ec.SECP384R1()).private_bytes(*form))


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["name"])
def test_a_refused_key_sends_its_envelope_to_review_and_holds_nobody_up(device, check, case):
    envelope = device.seal("inspection", check())
    answers = device.send(envelope | {"wrapped_key": case["wrapped_key"] or "AAAA"}, device.seal("inspection", check()))
    assert [answer["outcome"] for answer in answers] == ["review", "receipt"]


@pytest.mark.parametrize("version", [1, 2])
def test_a_key_of_the_other_version_opens_nothing(device, check, version):
    mine, other = (device.seal("inspection", check(), version=number) for number in (version, 3 - version))
    mixed = [mine | {"v": other["v"]}, mine | {"key_id": other["key_id"]}, mine | {"wrapped_key": other["wrapped_key"]}]
    for part in mixed:
        assert device.send(part, device.seal("inspection", check()))[-1]["outcome"] == "receipt"
        assert device.send(part)[0]["outcome"] in {"review", "wait"}
    assert device.send(mine)[0]["outcome"] == "receipt"


@pytest.mark.parametrize("version", [True, 2.0, "2", None, 0, 3])
def test_a_version_is_one_of_the_two_numbers(device, check, version):
    assert device.send(device.seal("inspection", check()) | {"v": version})[0]["outcome"] == "malformed"


def test_a_damaged_copy_of_version_1_is_kept_in_the_same_text_as_before_there_was_another(app, device, check):
    damaged = [device.seal("inspection", check(), version=version) | {"wrapped_key": text(b"x")} for version in (1, 2)]
    assert [answer["outcome"] for answer in device.send(*damaged)] == ["review", "review"]
    with app.app_context():
        kept = [json.loads(row.payload) for row in db.session.scalars(select(ReceivedEnvelope)).all()]
    assert sorted(row.get("v", 0) for row in kept) == [0, 2]


def test_a_grant_brings_a_key_of_each_kind_and_a_host_without_the_second_only_the_first(app, device):
    with app.app_context():
        known = keys.current()
    assert device.granted["server_key"] == known.rsa.as_plain()
    assert device.granted["agreement_key"] == known.agreement.as_plain()
    (app.config["INSTANCE"] / "keys" / "envelopes" / f"{known.agreement.id}.pem").unlink()
    granted = device.renew()
    assert (granted["server_key"], granted["agreement_key"]) == (known.rsa.as_plain(), None)

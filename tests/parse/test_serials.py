"""Digests of serial numbers; the same cases run in tests/js/parse-serials.test.js."""

import json
from pathlib import Path

import pytest

from webapp.supplies.counter.serials import Serials
from webapp.supplies.rules.serials import digest_of

CASES = json.loads((Path(__file__).parent / "serials.json").read_text(encoding="utf-8"))["digests"]
ITEM = "3f0b7a52-0000-4000-8000-000000000001"


@pytest.mark.parametrize(("key", "digest"), CASES)
def test_a_serial_has_its_digest(key, digest):
    assert digest_of(key) == digest


@pytest.mark.parametrize("key", ["S1100", "ABC123456789", "123456789012345678"])
def test_a_piece_is_known_again_from_a_page_and_from_a_device(key):
    for posted in (f"{ITEM}:{digest_of(key)}", f"{ITEM}:{digest_of('OTHER')}.{digest_of(key)}", f"{ITEM}:{key}"):
        assert Serials([posted]).has(ITEM, key)
        assert not Serials([posted]).has(ITEM, f"{key}X")

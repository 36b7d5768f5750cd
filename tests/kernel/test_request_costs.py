"""What every request pays before its view: counts that need no clock."""

import cProfile
import pstats
from collections import Counter

import pytest

from tests.support import masters
from webapp.kernel.access import Role

# Each is the same from one request of a person to the next.
DONE_ONCE = ("_value", "_derived", "is_known_host", "content_security_policy")


@pytest.fixture
def client(app):
    masters.person(app, "gatekeeper", Role.GATEKEEPER)
    client = masters.signed_in(app, "gatekeeper")
    assert client.get("/checkpoints").status_code == 200
    return client


def test_a_request_derives_no_key_and_checks_no_host_that_the_one_before_it_did(client):
    watch = cProfile.Profile()
    watch.runcall(client.get, "/checkpoints")
    calls = Counter({name: row[0] for (_file, _line, name), row in pstats.Stats(watch).stats.items()})
    assert {name: calls[name] for name in DONE_ONCE} == dict.fromkeys(DONE_ONCE, 0)
    assert calls["find_session"] == 1

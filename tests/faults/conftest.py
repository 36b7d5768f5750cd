"""One server for all tests of a module, because starting one takes longer than most of them."""

import pytest

from tests.support.browser import Server


@pytest.fixture(scope="module")
def standing():
    """standing(premises): a server on their database, started by the first test that uses it."""
    servers = {}

    def standing(premises):
        if premises not in servers:
            servers[premises] = Server.beside(premises.app).start("serve")
            premises.is_served = True
        return servers[premises]

    yield standing
    for premises, server in servers.items():
        server.stop()
        premises.is_served = False

"""What browsers do with connections, over real ones."""

import http.client
import os
import signal
import socket

import pytest

from tests.support.browser import Server

# Browsers open spare connections; a thread used to wait 5 s for each, and there are 8 threads.
SILENT, PATIENCE = 16, 4


@pytest.fixture
def serving(tmp_path):
    server = Server(tmp_path).start("serve")
    yield server
    if server.process.poll() is None:
        server.stop()


def asked(server, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    connection.request("GET", "/health", headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_connections_that_say_nothing_hold_up_neither_others_nor_the_stop(serving):
    silent = [socket.create_connection(("127.0.0.1", serving.port), PATIENCE) for _ in range(SILENT)]
    assert [asked(serving).status for _ in range(6)] == [200] * 6
    os.kill(serving.process.pid, signal.SIGTERM)
    assert [connection.recv(1) for connection in silent] == [b""] * SILENT
    for connection in silent:
        connection.close()
    assert serving.process.wait(20) == 0


def test_a_connection_that_speaks_late_is_answered(serving):
    late = socket.create_connection(("127.0.0.1", serving.port), PATIENCE)
    assert asked(serving).status == 200
    late.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert late.recv(12) == b"HTTP/1.1 200"
    late.close()


def test_what_nobody_vouches_for_is_not_believed(serving):
    """TRUSTED_PROXIES=0: gunicorn itself would take a neighbour's word for HTTPS."""
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "Forwarded": "proto=https"}
    assert "Strict-Transport-Security" not in asked(serving, **headers).headers


def test_a_host_that_is_none_is_told_so(serving):
    assert {host: asked(serving, Host=host).status for host in ("..", "xn--", "a b")} == {
        "..": 400,
        "xn--": 400,
        "a b": 400,
    }

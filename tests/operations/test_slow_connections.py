"""Slow and silent senders hold up nobody but themselves, also without a proxy in front."""

import http.client
import io
import socket
import threading
import time
from contextlib import closing
from uuid import uuid4

import pytest
from PIL import Image

from tests.faults import live
from tests.inspections.conftest import filled
from webapp.operations import connections
from webapp.places.views import MOST_LABELS

HALF_SENT = {
    "headers": b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nX-Half: ",
    "body": b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 1000\r\n\r\nusername=half",
    "chunks": b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nusern\r\n",
}
ATTACKERS, PATIENCE = 24, 4


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    from tests.support.browser import Server

    server = Server(tmp_path_factory.mktemp("slow")).start("serve")
    yield server.port
    server.stop()


def status(port, path="/health"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


@pytest.mark.parametrize("half", HALF_SENT.values(), ids=HALF_SENT)
def test_half_sent_requests_stop_nobody(port, half):
    held = [socket.create_connection(("127.0.0.1", port), PATIENCE) for _ in range(ATTACKERS)]
    for connection in held:
        connection.sendall(half)
    try:
        assert [status(port) for _ in range(6)] == [200] * 6
    finally:
        for connection in held:
            connection.close()


def test_a_request_that_comes_byte_by_byte_is_answered(port):
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as slow:
        for byte in b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n":
            slow.send(bytes([byte]))
        assert slow.recv(12) == b"HTTP/1.1 200"


def test_the_address_of_all_chosen_labels_is_answered(port):
    chosen = "&".join(f"place={uuid4()}" for _label in range(MOST_LABELS))
    assert status(port, f"/places/labels/print?{chosen}") == 401  # not 414


def test_two_requests_at_once_on_one_connection_are_both_answered(port):
    request = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as eager:
        eager.sendall(2 * request)
        answers = b""
        while answers.count(b"HTTP/1.1 200") < 2:
            piece = eager.recv(65536)
            assert piece, answers
            answers += piece


def test_headers_without_end_are_refused(port):
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as endless:
        endless.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"x" * connections.LARGEST_HEADER * 2)
        assert endless.recv(12) == b"HTTP/1.1 431"


def test_a_body_announced_too_large_is_refused_before_it_is_sent(port):
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as large:
        length = connections.LARGEST_BODY + 1
        large.sendall(b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % length)
        assert large.recv(9) == b"HTTP/1.1 "


def test_a_client_that_waits_to_be_told_to_continue_is_told(port):
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as polite:
        polite.sendall(b"POST /sign-in HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert polite.recv(21) == b"HTTP/1.1 100 Continue"


def test_headers_and_bodies_have_time_limits():
    """The clock of the limits is the worker's own; here without waiting for it."""
    with closing(connections.Request()) as request:
        assert_limits(request)


def assert_limits(request):
    begun = time.monotonic()
    assert connections.HEADER_SECONDS - 1 < request.ends - begun <= connections.HEADER_SECONDS + 1
    request.add(HALF_SENT["body"])
    assert request.ends - begun > connections.BODY_SECONDS
    assert not request.is_ready
    request.add(b"x" * 987)
    assert request.is_ready


def test_the_time_for_a_body_lets_a_large_photo_pass_at_50_kbit_a_second():
    """10 MB take 28 minutes at 6,250 bytes a second."""
    size = 10 * 1024 * 1024
    with closing(connections.Request()) as request:
        request.add(b"PUT /sync/photos/x HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % size)
        assert request.ends - time.monotonic() > size / 6_250


@pytest.mark.only_on("sqlite")  # it is about connections
def test_large_slow_uploads_pass_and_hold_no_thread(app):
    """More of them than there are threads, each at 50 kbit/s; meanwhile pages are answered."""
    here = live.district(app)
    server = live.Killable.beside(app).start("serve")
    try:
        device = live.device(server.port)
        sent = []
        for number in range(10):
            raw = photo(200 + number)
            envelope = device.seal("inspection", filled(here.hospital), (("outlet__photo", raw),))
            [outcome] = device.send(envelope)
            sent.append((envelope["uuid"], outcome["missing"][0]))
        answers = {}
        threads = [
            threading.Thread(target=lambda one=one: answers.update({one: upload(server.port, device, *one)}))
            for one in sent
        ]
        for thread in threads:
            thread.start()
        assert [status(server.port) for _ in range(4)] == [200] * 4
        for thread in threads:
            thread.join(60)
        for one in sent:  # more pictures at the same moment than may wait: a device sends those again
            if answers[one].startswith(b"HTTP/1.1 503"):
                answers[one] = upload(server.port, device, *one, rate=1_000_000)
        assert [answers[one].startswith(b"HTTP/1.1 200") for one in sent] == [True] * len(sent)
    finally:
        server.kill()


def photo(width):
    """About 20 kB: 3 s on the wire."""
    out = io.BytesIO()
    Image.effect_noise((width, 200), 90).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def upload(port, device, uuid, sha256, rate=6_250):
    sealed = device.photos[sha256]
    head = (
        f"PUT /sync/photos/{uuid}/{sha256} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Frontline-Sync: 1\r\n"
    )
    head += (
        f"Cookie: {device.client.cookie}\r\nX-Frontline-Bytes: {len(sealed)}\r\nContent-Length: {len(sealed)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), 60) as slow:
        slow.sendall(head.encode())
        for start in range(0, len(sealed), rate // 5):
            slow.sendall(sealed[start : start + rate // 5])
            time.sleep(0.2)  # the line's speed, not a wait for something
        return slow.recv(65536)

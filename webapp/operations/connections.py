"""gunicorn's threaded worker, with requests collected before they get a thread.

A thread that reads from the network waits as long as the sender likes: 24 half-sent requests held all of them. Here the
event loop reads headers and body, in memory first and then in a file, within limits of time and size, as a buffering
proxy would. A connection costs a thread only once its request is complete.
"""

import re
import selectors
import socket
import ssl
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from gunicorn import sock as gunicorn_sock
from gunicorn.http.parser import RequestParser
from gunicorn.http.unreader import Unreader
from gunicorn.workers import gthread

SILENT_SECONDS = 5  # that a new connection may take to send its first byte
HEADER_SECONDS = 15  # for all headers
BODY_SECONDS, BODY_RATE = 30, 1_000  # a body has this long, and longer by its size at this many bytes a second
LARGEST_HEADER = 64 * 1024
LARGEST_BODY = 64 * 1024 * 1024  # beyond it the application refuses without reading
IN_MEMORY = 256 * 1024  # of a body; the rest is in a file
ALL_COLLECTED = 1024 * 1024 * 1024  # bytes of all unfinished requests of a worker
READ_SECONDS = 5  # that a thread waits for bytes of a request
SEND_SECONDS = 60  # for a client to take a piece of an answer
PIECE = 64 * 1024
PIECES_A_TURN = 32  # then other connections have their turn
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r\n]*chunked", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)
_END_OF_CHUNKS = b"0\r\n\r\n"
_OVERLOADED = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: 5\r\n\r\n"
_HEAD_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Collected(Unreader):
    """What gunicorn's parser reads: first the bytes that were collected, then the socket."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__()
        self.sock = sock
        self.stored: Any = None

    def chunk(self, size_hint: int | None = None) -> bytes:
        if self.stored is not None:
            if piece := self.stored.read(PIECE):
                return bytes(piece)
            self.stored.close()
            self.stored = None
        self.sock.settimeout(READ_SECONDS)  # only for what was not understood as this parser does
        return self.sock.recv(8192)

    def take_all(self) -> bytes:
        """What was collected beyond the request before: the beginning of the next one."""
        rest = self.stored.read() if self.stored is not None else b""
        self.stored = None
        return bytes(self.take_buffered()) + rest


class Request:
    """A request as far as it has arrived."""

    def __init__(self) -> None:
        self.file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed with the connection
        self.head = b""
        self.tail = b""
        self.size = 0
        self.body_at: int | None = None  # where the body begins, once the headers are complete
        self.length: int | None = None  # of the body, unless it comes in chunks
        self.ends = time.monotonic() + HEADER_SECONDS

    def add(self, data: bytes) -> None:
        """Take what arrived; `ends` is moved once the headers say how much there is to come."""
        self.file.write(data)
        self.size += len(data)
        self.tail = (self.tail + data)[-len(_END_OF_CHUNKS) :]
        if self.body_at is None:
            self.head += data
            if (end := self.head.find(b"\r\n\r\n")) >= 0:
                self._read_head(end + 4)

    def _read_head(self, body_at: int) -> None:
        self.body_at, head = body_at, self.head[:body_at]
        if not _CHUNKED.search(head):
            found = _LENGTH.search(head)
            self.length = int(found[1]) if found else 0
        self.ends = time.monotonic() + BODY_SECONDS + (self.length or LARGEST_BODY) / BODY_RATE

    def close(self) -> None:
        self.file.close()

    @property
    def is_ready(self) -> bool:
        """Complete, or to be refused as it is: a thread will not wait for it."""
        if self.body_at is None:
            return False
        arrived = self.size - self.body_at
        if self.length is None:
            return self.tail == _END_OF_CHUNKS or arrived > LARGEST_BODY
        return arrived >= self.length or self.length > LARGEST_BODY

    @property
    def has_endless_head(self) -> bool:
        return self.body_at is None and len(self.head) > LARGEST_HEADER

    @property
    def expects_continue(self) -> bool:
        return self.body_at is not None and not self.is_ready and bool(_EXPECTS.search(self.head[: self.body_at]))


class Worker(gthread.ThreadWorker):
    """Connections wait in the event loop until their request is complete."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.collecting: dict[Any, Request] = {}
        self.tls = gunicorn_sock.ssl_context(self.cfg) if self.cfg.is_ssl else None

    def enqueue_req(self, conn: Any) -> None:
        """Called for a new connection, a kept one that became readable, and one with bytes of its next request."""
        try:
            self._prepare(conn)
            self._collect(conn)
        except OSError:
            self._drop(conn)

    def _prepare(self, conn: Any) -> None:
        conn.sock.setblocking(False)
        if conn.parser is None:
            if self.tls is not None:
                conn.sock = self.tls.wrap_socket(conn.sock, server_side=True, do_handshake_on_connect=False)
            conn.parser = RequestParser(conn.cfg, [], conn.client)
            conn.parser.unreader = Collected(conn.sock)
            conn.initialized = conn.data_ready = True
            conn.init = partial(_let_send, conn)  # the base class calls it in the thread, with a blocking socket
            conn.timeout = time.monotonic() + SILENT_SECONDS
        request = self.collecting[conn] = Request()
        if early := conn.parser.unreader.take_all():
            request.add(early)

    def _collect(self, conn: Any) -> None:
        """Read what is there; hand the request over, or wait for more."""
        request, data, events = self.collecting[conn], b"-", selectors.EVENT_READ
        for _piece in range(PIECES_A_TURN):
            if request.is_ready or request.has_endless_head or not data:
                break
            received, events = self._receive(conn)
            if received is None:
                break
            data = received
            request.add(data)
            if request.expects_continue and request.size == len(request.head):
                conn.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._decide(conn, request, events, is_over=not data)

    @staticmethod
    def _receive(conn: Any) -> tuple[bytes | None, int]:
        """Bytes, none at the end, or None when there are none yet; and what to wait for then."""
        try:
            return conn.sock.recv(PIECE), selectors.EVENT_READ
        except (BlockingIOError, ssl.SSLWantReadError):
            return None, selectors.EVENT_READ
        except ssl.SSLWantWriteError:
            return None, selectors.EVENT_WRITE

    def _decide(self, conn: Any, request: Request, events: int, *, is_over: bool) -> None:
        if request.has_endless_head:
            self._answer(conn, _HEAD_TOO_LARGE)
        elif request.is_ready or (is_over and request.size):
            self._hand_over(conn)
        elif is_over:
            self._drop(conn)
        else:
            self._wait(conn, request, events)

    def _wait(self, conn: Any, request: Request, events: int) -> None:
        if sum(one.size for one in self.collecting.values()) > ALL_COLLECTED:
            self._answer(conn, _OVERLOADED)
            return
        if request.size:
            conn.timeout = request.ends
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, events, partial(self.on_pending_socket_readable, conn))

    def on_pending_socket_readable(self, conn: Any, client: Any) -> None:
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        try:
            self._collect(conn)
        except OSError:
            self._drop(conn)

    def _hand_over(self, conn: Any) -> None:
        request = self.collecting.pop(conn)
        request.file.seek(0)
        conn.parser.unreader.stored = request.file
        super().enqueue_req(conn)

    def murder_pending(self) -> None:
        """Close what did not become a request in time, in whatever order the times end."""
        now = time.monotonic()
        for conn in [one for one in self.pending_conns if one.timeout <= now]:
            self.pending_conns.remove(conn)
            self.poller.unregister(conn.sock)
            self._answer(conn, _TOO_SLOW if self.collecting[conn].size else b"")

    def _cap_keepalive(self, deadline: float) -> None:
        """At the stop an unfinished request is waited for no longer than a kept connection."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

    def _answer(self, conn: Any, answer: bytes) -> None:
        try:
            if answer:
                conn.sock.send(answer)
        except OSError:
            pass
        self._drop(conn)

    def _drop(self, conn: Any) -> None:
        if request := self.collecting.pop(conn, None):
            request.close()
        self.nr_conns -= 1
        conn.close()


def _let_send(conn: Any) -> None:
    """A client that takes no answer must not hold a thread for ever."""
    conn.sock.settimeout(SEND_SECONDS)


def in_pieces(wsgi: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Send answers piece by piece: the time limit of sending is one for each piece, so that slow lines finish."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        parts = wsgi(environ, start_response)
        return parts if isinstance(parts, environ["wsgi.file_wrapper"]) else _Pieces(parts)

    return answer


class _Pieces:
    def __init__(self, parts: Iterable[bytes]) -> None:
        self.parts = parts

    def __iter__(self) -> Iterator[bytes]:
        for part in self.parts:
            for start in range(0, len(part), PIECE):
                yield part[start : start + PIECE]

    def close(self) -> None:
        getattr(self.parts, "close", lambda: None)()

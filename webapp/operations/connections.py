"""gunicorn's threaded worker, with complete requests buffered before they are given a thread.

A thread that reads from the network waits as long as the sender likes: 24 half-sent requests would occupy all threads.
Here the event loop reads headers and body into memory and then a file, within limits of time and size, like a buffering
proxy. A connection is given a thread only once its request is complete.
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

SILENT_SECONDS = 5  # for the first byte of a new connection
HEADER_SECONDS = 15  # for all headers
BODY_SECONDS, BODY_RATE = 30, 1_000  # for a body: this time plus its size at this rate (bytes per second)
LARGEST_HEADER = 64 * 1024
LARGEST_BODY = 64 * 1024 * 1024  # bytes; the application refuses larger bodies without reading them
IN_MEMORY = 256 * 1024  # bytes of a body; the rest goes to a file
ALL_COLLECTED = 1024 * 1024 * 1024  # bytes of all incomplete requests of a worker
READ_SECONDS = 5  # that a thread waits for further bytes of a request
SEND_SECONDS = 60  # for a client to receive a piece of an answer
PIECE = 64 * 1024
PIECES_A_TURN = 32  # before other connections are served
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r\n]*chunked", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)
_END_OF_CHUNKS = b"0\r\n\r\n"
_OVERLOADED = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: 5\r\n\r\n"
_HEAD_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Collected(Unreader):
    """The input of gunicorn's parser: first the buffered bytes, then the socket."""

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
        self.sock.settimeout(READ_SECONDS)  # only if this module delimited the request differently from gunicorn
        return self.sock.recv(8192)

    def take_all(self) -> bytes:
        """The buffered bytes after the request: the beginning of the next one."""
        rest = self.stored.read() if self.stored is not None else b""
        self.stored = None
        return bytes(self.take_buffered()) + rest


class Request:
    """The bytes of a request that have arrived so far."""

    def __init__(self) -> None:
        self.file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed with the connection
        self.head = b""
        self.tail = b""
        self.size = 0
        self.body_at: int | None = None  # offset of the body, once the headers are complete
        self.length: int | None = None  # of the body, unless it is chunked
        self.ends = time.monotonic() + HEADER_SECONDS

    def add(self, data: bytes) -> None:
        """Append bytes; extends the deadline `ends` once the headers give the length of the body."""
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
            match = _LENGTH.search(head)
            self.length = int(match[1]) if match else 0
        self.ends = time.monotonic() + BODY_SECONDS + (self.length or LARGEST_BODY) / BODY_RATE

    def close(self) -> None:
        self.file.close()

    @property
    def is_ready(self) -> bool:
        """Whether the request is complete, or can be refused without the rest, so that no thread waits for it."""
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
        """Called for a new connection, a readable keep-alive connection, and one with bytes of its next request."""
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
        """Read the available bytes; hand the request over to a thread, or wait for more."""
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
        """The available bytes (empty at the end, None if there are none yet) and the event to wait for."""
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
        if sum(pending.size for pending in self.collecting.values()) > ALL_COLLECTED:
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
        """Close connections whose request was not complete before its deadline."""
        now = time.monotonic()
        for conn in [pending for pending in self.pending_conns if pending.timeout <= now]:
            self.pending_conns.remove(conn)
            self.poller.unregister(conn.sock)
            self._answer(conn, _TOO_SLOW if self.collecting[conn].size else b"")

    def _cap_keepalive(self, deadline: float) -> None:
        """On shutdown, limit the wait for incomplete requests to that of keep-alive connections."""
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
    """Limit the time for sending, so that a client that does not read its answer cannot occupy a thread for ever."""
    conn.sock.settimeout(SEND_SECONDS)


def in_pieces(wsgi: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Send answers in pieces: the time limit for sending applies to each piece, so that slow connections finish."""

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

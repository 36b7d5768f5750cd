"""A load of HTTP requests over kept-alive connections, from one thread: it costs little beside its server."""

import re
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

PATIENCE_S = 30.0  # for answers that are under way when the time is over
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a load. `times` are milliseconds, sorted; `wrong` are the first lines of unexpected answers."""

    seconds: float
    times: tuple[float, ...]
    wrong: tuple[str, ...]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the answers came."""
        return self.times[min(int(len(self.times) * share), len(self.times) - 1)]


class _Connection:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answer = b""
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.answer, self.sent_at = b"", time.perf_counter()
        self.socket.sendall(request)

    def is_answered(self) -> bool:
        """Read what has come. Raises ConnectionError when the server hung up."""
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError(self.answer[:200])
        self.answer += part
        head, separator, body = self.answer.partition(b"\r\n\r\n")
        if not separator:
            return False
        length = _LENGTH.search(head)
        if length:
            return len(body) >= int(length[1])
        return b"chunked" not in head or body.endswith(b"0\r\n\r\n")


def load(port: int, ask: Callable[[int], bytes], *, clients: int = 8, seconds: float = 5.0) -> Load:
    """Send `ask(number)`, whole requests, from so many clients at once until the time is over."""
    selector = selectors.DefaultSelector()
    times: list[float] = []
    wrong: list[str] = []
    began = time.perf_counter()
    for number in range(clients):
        connection = _Connection(port)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(ask(number))
    number, last = clients, began
    while selector.get_map():
        for key, _events in selector.select(PATIENCE_S) or _stuck():
            connection = key.data
            if not connection.is_answered():
                continue
            last = time.perf_counter()
            times.append((last - connection.sent_at) * 1000)
            if connection.answer[9:12] not in (b"200", b"204", b"303"):
                wrong.append(connection.answer[:300].decode(errors="replace"))
            if last - began < seconds:
                connection.send(ask(number))
                number += 1
            else:
                selector.unregister(connection.socket)
                connection.socket.close()
    selector.close()
    return Load(last - began, tuple(sorted(times)), tuple(wrong))


def ask(port: int, wanted: bytes) -> bytes:
    """The answer to one whole request on a connection of its own."""
    connection = _Connection(port)
    connection.send(wanted)
    while not connection.is_answered():
        pass
    connection.socket.close()
    return connection.answer


def _stuck() -> list[tuple[selectors.SelectorKey, int]]:
    raise TimeoutError(f"no answer within {PATIENCE_S} s")


def request(method: str, path: str, *, cookie: str = "", body: bytes = b"", headers: str = "") -> bytes:
    """A whole request; a body is a form unless `headers` say otherwise."""
    kind = "" if "Content-Type" in headers or not body else "Content-Type: application/x-www-form-urlencoded\r\n"
    lines = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n{kind}{headers}"
    lines += f"Cookie: {cookie}\r\n" if cookie else ""
    return f"{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body

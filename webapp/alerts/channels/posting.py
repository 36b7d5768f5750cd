"""Posts to a robot: to the address that was checked, without following redirects, within a time and a size."""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlsplit

from webapp.alerts.channels.addresses import Undelivered, resolve

T = TypeVar("T")
SECONDS = 5.0  # for a whole exchange, names included
MOST_BYTES = 64 * 1024  # of an answer


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was checked, under the name it was given for."""

    def __init__(self, host: str, port: int, address: str, *, is_secure: bool) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self.default_port = 443 if is_secure else 80
        self._address, self._is_secure = address, is_secure

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._is_secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def within(work: Callable[[list[Callable[[], None]]], T], seconds: float = SECONDS) -> T:
    """The result of `work(closers)`, which adds what ends it early. Raises Undelivered `timeout` when it takes longer:
    a time limit of a socket starts again with every byte, and looking up a name has none.
    """
    results: list[T] = []
    errors: list[BaseException] = []
    closers: list[Callable[[], None]] = []

    def run() -> None:
        try:
            results.append(work(closers))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        for close in closers:
            close()
        raise Undelivered("timeout")
    if errors:
        raise errors[0]
    return results[0]


def post(url: str, body: bytes, headers: Mapping[str, str], *, may_be_inside: bool) -> tuple[int, bytes]:
    """The status and the beginning of the answer. Raises Undelivered for anything but an answer."""
    parts = urlsplit(url)
    is_secure, host = parts.scheme == "https", parts.hostname or ""
    if not is_secure and not may_be_inside:
        raise Undelivered("insecure")
    port = parts.port or (443 if is_secure else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def exchange(closers: list[Callable[[], None]]) -> tuple[int, bytes]:
        connection = _Pinned(host, port, resolve(host, port, may_be_inside=may_be_inside), is_secure=is_secure)
        closers.append(lambda: _end(connection))
        try:
            connection.request("POST", path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read(MOST_BYTES)
        finally:
            connection.close()

    try:
        return within(exchange)
    except TimeoutError as error:
        raise Undelivered("timeout") from error
    except ssl.SSLError as error:
        raise Undelivered("tls") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Undelivered("unreachable") from error


def _end(connection: http.client.HTTPConnection) -> None:
    """End the exchange of another thread; closing the socket alone would not wake it."""
    if connection.sock is not None:
        with contextlib.suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)

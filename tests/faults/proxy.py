"""A bad network: a relay on loopback between browser and server that loses, cuts, slows and replaces requests."""

import http.client
import re
import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

VERSION = re.compile(r"^/static/([0-9a-f]{12}/)?")
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Line:
    """`decide(method, path)` returns the fate of a request: None (passes), "before" (lost before the server), "after"
    (processed, its answer lost), "half" (half of its body arrives), "hang" (accepted and not answered until `mend`), or
    (status, content type, bytes) as a replacement of the answer.
    `slow(method, path)` delays a request by some seconds.
    `rate` limits the bytes per second of all requests together, in each direction; 0 is unlimited.
    `before` are bytes to insert before the content of a static file, by its path without version: a script, where a
    driver cannot inject one.
    """

    def __init__(self, port):
        self.upstream, self.decide, self.log = port, lambda method, path: None, []
        self.slow = lambda method, path: 0
        self.before: dict[str, bytes] = {}
        self.delay, self.rate, self.up, self.down = 0, 0, threading.Lock(), threading.Lock()
        self.mended = threading.Event()
        handler = type("Relay", (_Relay,), {"line": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def cut(self):
        """Lose every request."""
        self.decide = lambda method, path: "before"

    def hang(self):
        """Accept every request and answer none, so that requests of a page neither succeed nor fail."""
        self.mended.clear()
        self.decide = lambda method, path: "hang"

    def mend(self):
        self.mended.set()
        self.decide = lambda method, path: None

    def lost(self, path=""):
        """The number of requests to paths with this start that did not pass normally."""
        return sum(what is not None for _method, asked, what in self.log if asked.startswith(path))

    def carry(self, way, size):
        """Wait as long as these bytes take on the line, after those of other requests."""
        if self.rate:
            with way:
                time.sleep(size / self.rate)  # how slow the line is

    def close(self):
        self.mended.set()
        self.server.shutdown()
        self.server.server_close()


class _Relay(BaseHTTPRequestHandler):
    line: Line

    def relay(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        what = self.line.decide(self.command, self.path)
        self.line.log.append((self.command, self.path, what))
        time.sleep(self.line.delay + self.line.slow(self.command, self.path))  # how long its way is
        self.line.carry(self.line.up, len(str(self.headers)) + len(body) // (2 if what == "half" else 1))
        self.close_connection = True
        if isinstance(what, tuple):
            self._answer(what[0], [("Content-Type", what[1]), ("Cache-Control", "no-store")], what[2])
        elif what == "hang":
            self.line.mended.wait()
        elif what == "half":
            self._half(body)
        elif what != "before":
            before = self.line.before.get(VERSION.sub("", urlsplit(self.path).path), b"")
            if before:
                del self.headers["Accept-Encoding"]  # nothing can be put before what is compressed
            answer, content = self._ask(body)
            if what is None:
                self.line.carry(self.line.down, len(str(answer.headers)) + len(before + content))
                self._answer(answer.status, answer.getheaders(), before + content)

    do_GET = do_POST = do_PUT = do_HEAD = relay  # noqa: N815  the names that http.server looks for

    def _ask(self, body):
        upstream = http.client.HTTPConnection("127.0.0.1", self.line.upstream, timeout=30)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
            upstream.request(self.command, self.path, body or None, headers)
            answer = upstream.getresponse()
            return answer, answer.read()
        finally:
            upstream.close()

    def _half(self, body):
        head = [f"{self.command} {self.path} HTTP/1.1", f"Content-Length: {len(body)}", "Connection: close"]
        head += [f"{name}: {value}" for name, value in self.headers.items() if name.lower() not in HOP]
        with socket.create_connection(("127.0.0.1", self.line.upstream), timeout=30) as upstream:
            upstream.sendall("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body[: len(body) // 2])
            upstream.shutdown(socket.SHUT_WR)
            while upstream.recv(65536):
                pass

    def _answer(self, status, headers, body):
        with suppress(OSError):  # the browser has gone in the meantime
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body if self.command != "HEAD" else b"")

    def handle(self):
        with suppress(OSError):  # a server that is down for now, or a browser that closed
            super().handle()

    def log_message(self, *args):
        """Log nothing here; `Line.log` has every request."""

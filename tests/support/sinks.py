"""A robot and a mail server on loopback that keep what they are sent."""

import contextlib
import json
import socketserver
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Robot(BaseHTTPRequestHandler):
    def do_POST(self):
        sink = self.server.sink
        body = self.rfile.read(int(self.headers["Content-Length"]))
        is_sealed = self.headers["Content-Encoding"] == "aes128gcm"  # a push
        sink.posts.append((self.path, body if is_sealed else json.loads(body), dict(self.headers)))
        sink.arrived.set()
        sink.answer(self)

    def reply(self, status, body=b'{"errcode": 0, "code": 0}', **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


class Sink:
    """`answer(handler)` answers each post; `posts` are (path, JSON or the bytes of a push, headers)."""

    def __init__(self):
        self.posts, self.arrived, self.released = [], threading.Event(), threading.Event()
        self.answer = lambda handler: handler.reply(200)

    def hang(self, handler):
        """Take the message and say nothing until the test is over."""
        self.released.wait(30)

    def drip(self, handler):
        """Send a byte of a header now and then, each within the time limit of a socket."""
        with contextlib.suppress(OSError):
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self.released.wait(0.3):
                handler.wfile.write(b"x")
                handler.wfile.flush()


@contextlib.contextmanager
def robot():
    """Yield (address, sink)."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Robot)
    server.daemon_threads = True
    server.block_on_close = False
    server.sink = Sink()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", server.sink
    finally:
        server.sink.released.set()
        server.shutdown()
        server.server_close()


class _Mailbox(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as smtplib speaks."""

    def handle(self):
        self.say("220 sink")
        mail, to = [], []
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "DATA":
                self.say("354 go on")
                while (part := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                    mail.append(part)
                self.server.mails.append((to, "\n".join(mail)))
                mail, to = [], []
            if verb == "RCPT":
                to.append(line)
            refused = verb == "RCPT" and self.server.refuses
            self.say("221 bye" if verb == "QUIT" else "550 no such box" if refused else "250 ok")
            if verb == "QUIT":
                return

    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())


class _MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextlib.contextmanager
def mailbox():
    """Yield the server: `server_address`, `mails` as (recipients, text), `refuses`."""
    with _MailServer(("127.0.0.1", 0), _Mailbox) as server:
        server.mails, server.refuses = [], False
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


def elapsed(work):
    """How many seconds it takes."""
    began = time.monotonic()
    work()
    return time.monotonic() - began

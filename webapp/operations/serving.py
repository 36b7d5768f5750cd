"""gunicorn and, beside it, the periodic work: two kinds of processes that end together.

Measured (README, decisions): threads, two workers, and a port each so that keep-alive spreads. The application is
loaded once and forked, so that the workers answer at once; the workers and the worker of the jobs each notice when
their parent is gone, so that nothing is left behind whatever ends it.
"""

import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from webapp.config import Settings
from webapp.extensions import db
from webapp.operations import certificates
from webapp.operations.connections import Worker, in_pieces
from webapp.operations.working import Crew

JOBS_EVERY_SECONDS = 60
log = logging.getLogger(__name__)


def serve(app: Flask, settings: Settings, *, when_ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or Ctrl+C; `when_ready` is called, in a process of its own, once requests are taken.

    Raises RuntimeError when a session is still open: its read transaction would last as long as the server, keep
    SQLite's WAL from being checkpointed and PostgreSQL from vacuuming.
    """
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    with app.app_context():
        if in_use := db.engine.pool.checkedout():  # type: ignore[attr-defined]
            raise RuntimeError(f"{in_use} database connections are in use by the process that would only wait")
        db.engine.dispose()  # a connection must not be shared by processes
    with _beside(lambda alive: _work_while(alive, app, settings, when_ready)):
        _Server(app, settings).run()


class _Server(BaseApplication):
    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app = app
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        self.options: dict[str, Any] = {
            "bind": f"{host}:{settings.port}",
            "worker_class": Worker,
            "workers": 2,
            "threads": 4,
            "reuse_port": True,
            "preload_app": True,
            "limit_request_line": 8190,  # for the addresses of many chosen labels
            "loglevel": "warning",
            "graceful_timeout": 10,
            "control_socket_disable": True,
            "forwarded_allow_ips": "",  # what a proxy says is believed by TRUSTED_PROXIES alone
        }
        if settings.https:
            issued = certificates.files(settings.instance)
            self.options |= {"certfile": str(issued.certificate), "keyfile": str(issued.key)}
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Iterable[bytes]]:
        return in_pieces(self.app)


@contextmanager
def _beside(work: Callable[[Callable[[], bool]], None]) -> Iterator[None]:
    """A child process that does `work(is_parent_alive)`; it ends with this block, and when this process is killed."""
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # whoever works ends what it began
        with suppress(SystemExit):
            work(lambda: os.getppid() == parent)
        os._exit(0)
    try:
        yield
    finally:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(child, signal.SIGTERM)
            os.waitpid(child, 0)


def _work_while(alive: Callable[[], bool], app: Flask, settings: Settings, when_ready: Callable[[], None]) -> None:
    """Say that the server answers, then begin what is due once a minute."""
    while alive() and not answers(settings.host, settings.port):
        time.sleep(0.05)
    when_ready()
    crew, due_at = Crew(app), 0.0
    with closing(crew):
        while alive():
            is_due = time.monotonic() >= due_at
            due_at = time.monotonic() + JOBS_EVERY_SECONDS if is_due else due_at
            _work(crew, is_due)
            time.sleep(1)


def answers(host: str, port: int) -> bool:
    """Does somebody take connections there?"""
    with suppress(OSError), socket.create_connection(({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port), 2):
        return True
    return False


def _work(crew: Crew, is_due: bool) -> None:
    try:
        crew.look()
        if is_due:
            crew.begin()
    except Exception:
        log.exception("the periodic work failed; it is tried again in a minute")

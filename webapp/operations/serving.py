"""Runs gunicorn and, in another process, the periodic jobs; all processes end together.

Measured (README, decisions): two workers with threads, and a listening socket each so that keep-alive connections are
distributed. The application is loaded once and forked, so that workers answer at once. Every child notices the end of
its parent, so that no process is left behind.
"""

import gc
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
from webapp.kernel import assets
from webapp.operations import certificates
from webapp.operations.connections import Worker, in_pieces
from webapp.operations.working import Crew

JOBS_EVERY_SECONDS = 60
_OBJECTS = 50_000  # new ones before the collector looks for cycles: a page makes some 20,000, of which few remain
SWITCH_SECONDS = 0.0005  # a writer asks for the interpreter after each statement, beside threads that draw pages
log = logging.getLogger(__name__)


def serve(app: Flask, settings: Settings, *, when_ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or Ctrl+C; `when_ready` is called in a child process once the server accepts connections.

    Raises RuntimeError if a session is still open: its read transaction would last as long as the server and prevent
    SQLite from checkpointing its WAL and PostgreSQL from vacuuming.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    with app.app_context():
        if in_use := db.engine.pool.checkedout():  # type: ignore[attr-defined]
            raise RuntimeError(f"{in_use} database connections are in use by the process that would only wait")
        db.engine.dispose()  # processes must not share a connection
    assets.prepare()
    settle_memory()
    with _beside(lambda alive: _work_while(alive, app, settings, when_ready)):
        _Server(app, settings).run()


def settle_memory() -> None:
    """Take what was loaded out of garbage collection: no worker looks through it again, and its pages stay shared."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS)


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
            "limit_request_line": 8190,  # for addresses with many chosen labels
            "loglevel": "warning",
            "graceful_timeout": 10,
            "control_socket_disable": True,
            "forwarded_allow_ips": "",  # only TRUSTED_PROXIES decides which proxy headers are trusted
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
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        work(lambda: os.getppid() == parent)
        os._exit(0)
    try:
        yield
    finally:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(child, signal.SIGTERM)
            os.waitpid(child, 0)


def _work_while(alive: Callable[[], bool], app: Flask, settings: Settings, when_ready: Callable[[], None]) -> None:
    """Call `when_ready` once the server answers, then start the jobs that are due once a minute."""
    while alive() and not answers(settings.host, settings.port):
        time.sleep(0.05)
    when_ready()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # it waits until no job is just being started
    crew, due_at = Crew(app), 0.0
    with closing(crew):
        while alive() and not signal.sigtimedwait({signal.SIGTERM}, 1):
            is_due = time.monotonic() >= due_at
            due_at = time.monotonic() + JOBS_EVERY_SECONDS if is_due else due_at
            _work(crew, is_due)


def answers(host: str, port: int) -> bool:
    """Whether a server accepts connections at this address."""
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

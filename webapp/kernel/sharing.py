"""Entries that threads of a process record at the same moment share one durable transaction.

A commit waits for the disk, and everybody waits for the commit. So the thread that gets the turn writes for those that
queue behind it, each within a savepoint, for at most HELD_S; then the next one gets the turn. Nobody is answered before
the commit. PostgreSQL joins commits itself; there only entries that wait for each other's rows share a transaction.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app
from sqlalchemy.exc import IntegrityError

from webapp.extensions import db
from webapp.kernel.database import PATIENCE, asking_once, is_sqlite, savepoint, transaction, wait_briefly
from webapp.kernel.errors import Refusal
from webapp.kernel.unavailable import WriteBusy

T = TypeVar("T")
Work = Callable[[], Any]
HELD_S = 0.012  # after which no further work is taken: one more and the commit fit into 20 ms
_EXPECTED = (Refusal, IntegrityError)  # they take back their own work and nothing else


class _Turn:
    """A work that waits, and then its result or its error; `is_alone`: its thread is to do it itself."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.ends = time.monotonic() + PATIENCE
        self.called = threading.Event()
        self.leads = self.is_alone = False
        self.result: Any = None
        self.error: BaseException | None = None


class _Queue:
    """The works of an application's process that wait, and whether somebody writes."""

    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.waiting: deque[_Turn] = deque()
        self.is_led = False

    def join(self, turn: _Turn) -> None:
        """Wait for the turn to be done or to lead; raises WriteBusy if neither comes within PATIENCE."""
        with self.guard:
            if not self.is_led:
                self.is_led = turn.leads = True
                return
            self.waiting.append(turn)
        if turn.called.wait(turn.ends - time.monotonic()):
            return
        with self.guard:
            if turn in self.waiting:
                self.waiting.remove(turn)
                raise WriteBusy(PATIENCE)
        turn.called.wait()  # somebody does it

    def take(self) -> _Turn | None:
        with self.guard:
            return self.waiting.popleft() if self.waiting else None

    def hand_over(self) -> None:
        """The first that waits gets the turn."""
        with self.guard:
            self.is_led = bool(self.waiting)
            if self.waiting:
                following = self.waiting.popleft()
                following.leads = True
                following.called.set()


def in_shared_transaction(work: Callable[[], T], *, contends: bool) -> T:
    """What `work` returns, which writes in the open transaction, once that is committed; `contends` as in `Kind`.

    Another thread may call it, more than once if a transaction was taken back: it depends on nothing of its request but
    what it was made with. Raises what it raises, and what `transaction` does.
    """
    if not (contends or is_sqlite()):
        with transaction():
            return work()
    db.session.rollback()  # what was read before the commit is not what stands after it
    queue, turn = _queue(), _Turn(work)
    queue.join(turn)
    if turn.leads:
        try:
            _lead(queue, turn)
        finally:
            queue.hand_over()
    if turn.is_alone:
        with transaction():
            return work()
    if turn.error:
        raise turn.error
    result: T = turn.result
    return result


def _lead(queue: _Queue, turn: _Turn) -> None:
    """Do a work and those that wait in one transaction; if that fails, each is left to its own thread."""
    others: list[_Turn] = []
    is_committed = False
    try:
        with transaction(patience=max(0.0, turn.ends - time.monotonic())), asking_once():
            ends = time.monotonic() + HELD_S
            turn.result = turn.work()
            db.session.flush()
            while time.monotonic() < ends and (other := queue.take()):
                if not others:
                    wait_briefly()  # locks of two processes may cross from here on
                others.append(other)
                _do(other)
        is_committed = True
    except Exception:
        if not others:
            raise
        turn.is_alone = True
    finally:
        for other in others:
            other.is_alone = not is_committed
            other.called.set()


def _do(other: _Turn) -> None:
    try:
        with savepoint():
            other.result = other.work()
    except _EXPECTED as error:
        db.session.expire_all()
        other.error = error


def _queue() -> _Queue:
    queue: _Queue = current_app.extensions["frontline_sharing"]
    return queue


def init_app(app: Flask) -> None:
    app.extensions["frontline_sharing"] = _Queue()

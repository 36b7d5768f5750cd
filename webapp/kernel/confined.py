"""Programs that read files of strangers: each run is a process of its own, with limits, and only a few run at once.

A program (such as `spreadsheets/reader.py`) imports nothing of the application and limits its own memory and processor
time before it reads anything; here is its limit of wall-clock time. It is given no environment, so no keys.
"""

import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType


class Busy(Exception):
    """One run is going on in this process and another one waits: nobody else is let in."""


class Ended(Exception):
    """The program was ended at a limit of time or memory; the argument says how."""


class Gate:
    """One run at a time in each worker process, and one that waits, so that the other threads stay free.

    `with gate:` raises Busy for everybody else.
    """

    def __init__(self) -> None:
        self._running, self._waiting = threading.Lock(), threading.BoundedSemaphore(2)

    def __enter__(self) -> None:
        if not self._waiting.acquire(blocking=False):
            raise Busy
        self._running.acquire()

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self._running.release()
        self._waiting.release()


def run(program: Path, given: bytes, *arguments: object, wait: float) -> bytes:
    """The standard output of a program for these bytes and arguments; `wait` is in seconds of wall-clock time.

    Raises Ended.
    """
    command = [sys.executable, "-I", str(program), *map(str, arguments)]
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=wait, check=False, env={})
    except subprocess.TimeoutExpired as error:
        raise Ended("timeout") from error
    if done.returncode != 0:  # ended by a signal at its limit of time or memory
        raise Ended(f"exit {done.returncode}")
    return done.stdout

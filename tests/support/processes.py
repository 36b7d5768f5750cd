"""Separate processes, forked from a server that has no connection open.

That server has imported the application already, because the import takes longer than most races and commands.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

REAL = multiprocessing.get_context("forkserver")
REAL.set_forkserver_preload(
    [
        *("webapp", "webapp.operations.cli", "tests.supplies.racer", "tests.kernel.mover", "tests.alerts.sender"),
        "tests.tasks.racer",
        "tests.reports.racer",
    ]
)


class Command:
    """`./frontline ARGUMENTS` in a process and a session of its own, with this environment; used like a Popen.

    What it prints is added to the file `output`; it reads `typed`.
    """

    def __init__(self, arguments: list[str], environ: Mapping[str, str], output: Path, typed: str = "") -> None:
        output.touch()
        self.process = REAL.Process(target=_become, args=(arguments, dict(environ), output, typed))
        self.process.start()
        self.pid = self.process.pid

    def poll(self) -> int | None:
        return self.process.exitcode

    def wait(self, timeout: float) -> int:
        """The exit code, negative for a signal; raises TimeoutExpired."""
        self.process.join(timeout)
        if self.process.exitcode is None:
            raise subprocess.TimeoutExpired(self.process.name, timeout)
        return self.process.exitcode


def _become(arguments: list[str], environ: dict[str, str], output: Path, typed: str) -> None:
    from webapp.operations.cli import main

    os.setsid()
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    written = os.open(output, os.O_WRONLY | os.O_APPEND)
    for standard in (1, 2):
        os.dup2(written, standard)
    reading, writing = os.pipe()
    os.write(writing, typed.encode())
    os.close(writing)
    os.dup2(reading, 0)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    main(arguments, prog_name="./frontline")

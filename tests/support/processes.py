"""Processes of their own for the races, forked from one that has nothing open.

To import the application takes each of them longer than the race does; the one they come from has done it.
"""

import multiprocessing

REAL = multiprocessing.get_context("forkserver")
REAL.set_forkserver_preload(["webapp", "tests.supplies.racer", "tests.kernel.mover"])

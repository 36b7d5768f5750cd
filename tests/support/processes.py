"""Separate processes for the tests of races, forked from a server that has no connection open.

That server has imported the application already, because the import takes longer than the race.
"""

import multiprocessing

REAL = multiprocessing.get_context("forkserver")
REAL.set_forkserver_preload(["webapp", "tests.supplies.racer", "tests.kernel.mover"])

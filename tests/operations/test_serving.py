"""`run` and `serve`: what they print is true, and nothing of them stays behind."""

import gc
import os
import select
import shutil
import signal
import subprocess
import sys
import urllib.request
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.support import poster
from tests.support.browser import PASSWORD, ROOT
from webapp.demo.cast import CAST
from webapp.operations import serving

ENDS_WITHIN = 20


def keys(said):
    """What stands before the colon of each line."""
    return [line.partition(":")[0] for line in said.splitlines()]


@pytest.fixture
def starting(environ):
    """starting("serve", HOST=...): a server that answers, with what it said until then in `.output`."""
    running = []

    def starting(command, **settings):
        process = subprocess.Popen(
            [sys.executable, "-m", "webapp", command],
            cwd=ROOT,
            env=environ | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        running.append(process)
        process.output = ""
        for line in process.stdout:
            process.output += line
            if line.startswith("Frontline is at"):
                return process
        raise AssertionError(process.output)

    yield starting
    for process in running:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(ENDS_WITHIN)
        process.stdout.close()


def everybody_of(process):
    """The process ids of a session that are not zombies."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:  # it ended while we looked
            continue
        if int(fields[3]) == process.pid and fields[0] != "Z":
            found.append(int(status.parent.name))
    return found


def wait_for_the_end_of(pids):
    """Blocks until each has ended; raises TimeoutError."""
    for pid in pids:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        ended, _, _ = select.select([handle], [], [], ENDS_WITHIN)
        os.close(handle)
        if not ended:
            raise TimeoutError(f"{pid} is still there")


def health(environ):
    with urllib.request.urlopen(f"http://127.0.0.1:{environ['PORT']}/health", timeout=10) as answer:
        return answer.status, answer.read().decode()


def test_it_answers_when_it_says_so_and_asks_for_a_first_person(starting, environ):
    server = starting("serve")
    status, told = health(environ)
    assert status == 200
    assert '"migration":' in told
    assert '"database":"sqlite"' in told
    assert f"Frontline is at http://127.0.0.1:{environ['PORT']} (Ctrl+C stops it)" in server.output
    assert "create-administrator USERNAME NAME" in server.output
    assert "Demonstration" not in server.output
    assert "Warning" not in server.output


def test_an_address_that_others_reach_is_warned_of(starting, environ):
    server = starting("serve", HOST="0.0.0.0")
    assert "Warning: HOST=0.0.0.0 opens this server to other machines, without encryption." in server.output
    assert f"Frontline is at http://127.0.0.1:{environ['PORT']}" in server.output


@pytest.mark.parametrize(("number", "to_all"), [(signal.SIGTERM, False), (signal.SIGINT, True)])
def test_it_ends_clean_and_whole(starting, environ, number, to_all):
    """Ctrl+C reaches all processes of a terminal, SIGTERM the first one. Both workers have answered before."""
    server = starting("serve")
    for _connection in range(16):  # each goes to either worker; one that is just being forked takes 10 s to end
        health(environ)
    assert len(everybody_of(server)) >= 3  # the server, the worker that answered, and the worker of the jobs
    (os.killpg if to_all else os.kill)(server.pid, number)
    assert server.wait(ENDS_WITHIN) == 0
    assert everybody_of(server) == []
    assert "Traceback" not in server.stdout.read()


def test_nothing_stays_behind_a_server_that_was_killed(starting):
    server = starting("serve")
    os.kill(server.pid, signal.SIGKILL)
    left = everybody_of(server)
    assert len(left) >= 2
    wait_for_the_end_of(left)


def test_a_second_server_on_the_port_is_refused_not_let_in(starting, refused):
    starting("serve")
    assert "Address already in use" in refused("serve")


@pytest.fixture
def signs_in(environ):
    def signs_in(username, password):
        try:
            poster.sign_in(int(environ["PORT"]), username, password)
        except AssertionError:
            return False
        return True

    return signs_in


def stop(server):
    server.terminate()
    assert server.wait(ENDS_WITHIN) == 0


@pytest.mark.xdist_group("filled")  # the other worker does not wait for it
def test_run_fills_an_empty_district_and_introduces_its_persons(demo_template):
    said = (demo_template / "server.log").read_text()
    target, *rest = keys(said)
    assert target.startswith("Instance ")
    assert rest[:2] == [
        "Filling the demonstration district (half a minute) ...",
        "Demonstration persons (password",
    ]
    assert f"(password: {PASSWORD})" in said
    assert all(f"  {member.username} " in said for member in CAST)


@pytest.mark.long
@pytest.mark.xdist_group("filled")  # the other worker does not wait for it
def test_the_password_that_is_printed_is_the_one_that_works(starting, environ, signs_in, demo_template):
    """Made and kept when none is, shown again, replaced by a DEMO_PASSWORD, which is then kept."""
    instance = Path(environ["FRONTLINE_INSTANCE"])
    kept = instance / "keys" / "demo.password"
    shutil.copytree(demo_template, instance)
    kept.unlink()
    first = starting("run")
    password = kept.read_text()
    assert password != PASSWORD
    assert kept.stat().st_mode & 0o777 == 0o600
    assert f"Demonstration persons (password: {password})" in first.output
    assert signs_in("inspector", password)
    assert not signs_in("inspector", PASSWORD)
    stop(first)

    second = starting("run")
    assert f"(password: {password})" in second.output
    assert "Filling" not in second.output
    stop(second)

    third = starting("run", DEMO_PASSWORD="given later 77")
    assert "(password: given later 77)" in third.output
    assert signs_in("keeper", "given later 77")
    assert not signs_in("keeper", password)
    assert kept.read_text() == "given later 77"
    stop(third)


def test_threads_take_turns_and_the_collector_looks_at_what_is_new_only(app, monkeypatch):
    """Measured (README, decisions): a writer asks for the interpreter after each statement, and whoever draws has it;
    the collector went through all that was loaded again and again.
    """
    settled, before = [], (sys.getswitchinterval(), gc.get_threshold())

    class Server:
        def __init__(self, *_given):
            self.run = lambda: settled.append((sys.getswitchinterval(), gc.get_threshold()[0], gc.get_freeze_count()))

    monkeypatch.setattr(serving, "_Server", Server)
    monkeypatch.setattr(serving, "_beside", lambda _work: nullcontext())
    try:
        serving.serve(app, app.config["SETTINGS"], when_ready=lambda: None)
    finally:
        gc.unfreeze()
        sys.setswitchinterval(before[0])
        gc.set_threshold(*before[1])
    [(interval, threshold, frozen)] = settled
    assert interval == pytest.approx(0.0005)
    assert threshold == 50_000
    assert frozen > 100_000

"""`./frontline bench`: the floor and the product in one run, on every size and database that is asked for."""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import click
from sqlalchemy import create_engine

from tests.bench import client, device, pages, report, sizes, viewers, work
from tests.bench.report import Figure
from tests.support import postgresql
from tests.support.browser import Server

HERE = Path(__file__).parent
PROCESSES, THREADS = "2", "4"  # as the product is served


def main() -> None:
    parser = argparse.ArgumentParser(prog="./frontline bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the smallest size on SQLite, a second for each job")
    parser.add_argument("--sizes", nargs="+", default=["1k", "100k", "1M"], choices=["1k", "100k", "1M"])
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--seconds", type=float, default=5.0, help="for each job")
    parser.add_argument("--write", type=Path, help="write the figures here as well, e.g. docs/performance.json")
    options = parser.parse_args()
    if options.quick:
        options.sizes, options.databases, options.seconds = ["1k"], ["sqlite"], 1.0
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="frontline-bench-") as folder, floor(Path(folder)) as floor_port:
        click.echo(" · ".join(map(str, report.about().values())))
        click.echo(report.HEAD)
        for figure in measured(Path(folder), floor_port, options):
            figures.append(figure)
            click.echo(report.line(figure))
    for lost in report.fallen(figures):
        click.echo(f"worse than the last release: {lost}")
    if options.write:
        report.write(figures, options.write)


def measured(folder: Path, floor_port: int, options: argparse.Namespace) -> Iterator[Figure]:
    demonstration = folder / "demonstration"
    demonstration.mkdir()
    Server(demonstration).start("run").stop()
    for database in options.databases:
        with address(database, folder) as url_of:
            for size in options.sizes:
                instance = folder / f"{database}-{size}"
                shutil.copytree(demonstration, instance)
                url = url_of(instance)
                began = time.perf_counter()
                engine = create_engine(url or f"sqlite:///{instance}/frontline.db")
                sizes.grow(engine, **sizes.sizes(size))
                engine.dispose()
                click.echo(f"{size} on {database}: grown in {time.perf_counter() - began:.0f} s", err=True)
                yield from of_server(Server(instance, url), floor_port, size, database, options.seconds)
                if size == "1k" and database == "sqlite":
                    yield from pages.measured(instance)
                    yield from device.measured(demonstration, folder, options.quick)
                shutil.rmtree(instance)


def of_server(server: Server, floor_port: int, size: str, database: str, seconds: float) -> Iterator[Figure]:
    server.program = [sys.executable, "-m", "webapp"]  # its start is measured too
    began = time.perf_counter()
    server.start("serve")
    try:
        yield Figure("first answer", size, database, time.perf_counter() - began, "s", "less", goal="<= 2 s")
        yield Figure("memory when idle", size, database, memory(server.process.pid), "MiB", "less", goal="<= 200 MiB")
        settle(server.process.pid)
        for job in work.jobs(server.port):
            yield of_job(job, server.port, floor_port, size, database, seconds)
        yield from viewers.measured(server, size, database, seconds)
        yield from exports(server, size, database)
    finally:
        server.stop()


def settle(group: int, seconds: float = 120) -> None:
    """Wait for the jobs that a server catches up on when it starts: until three seconds took no processor time."""
    ends = time.monotonic() + seconds
    used, quiet = viewers.cpu_s(group), 0
    while quiet < 3 and time.monotonic() < ends:
        time.sleep(1)
        before, used = used, viewers.cpu_s(group)
        quiet = quiet + 1 if used - before < 0.05 else 0


def of_job(job: work.Job, port: int, floor_port: int, size: str, database: str, seconds: float) -> Figure:
    """A job and, right before it, the floor it is held against."""
    floor_rate = None
    if job.floor:
        asked = floor_arrival if "list" not in job.name and job.goal else floor_page
        floor_rate = client.load(floor_port, asked, clients=job.clients, seconds=min(seconds, 3)).rate
    result = client.load(port, job.ask, clients=job.clients, seconds=seconds)
    assert not result.wrong, (job.name, result.wrong[:2])
    rate, p95 = result.rate * job.each, result.percentile(0.95)
    ratio = rate / floor_rate if floor_rate else None
    goals = [
        (f">= {job.goal:.0%} of the floor", ratio >= job.goal) if job.goal and ratio else None,
        (f">= {job.rate:.0f}/s", rate >= job.rate) if job.rate else None,
        (f"p95 <= {job.p95:.0f} ms", p95 <= job.p95) if job.p95 else None,
    ]
    asked_for = [goal for goal in goals if goal]
    holds = all(is_reached for _words, is_reached in asked_for) if asked_for else None
    name = f"{job.name} ({job.clients} at once)"
    words = ", ".join(word for word, _ in asked_for)
    return Figure(name, size, database, rate, "/s", "more", p95, ratio, words, holds)


def floor_arrival(number: int) -> bytes:
    uuid = work.uuid4()
    return client.request("POST", "/arrivals", body=f"uuid={uuid}&name=abc&phone=138{number:08d}".encode())


def floor_page(_number: int) -> bytes:
    return client.request("GET", "/arrivals")


def exports(server: Server, size: str, database: str) -> Iterator[Figure]:
    auditor = work.Person(server.port, "auditor")
    for path, kind in (("/checkpoints/visits", "csv"), ("/supplies/slips", "csv"), ("/checkpoints/visits", "xlsx")):
        before, began = memory(server.process.pid), time.perf_counter()
        asked = urllib.request.Request(f"{server.url}{path}?format={kind}", headers={"Cookie": auditor.cookie})
        with server.opener.open(asked, timeout=900) as answer:
            bytes_read = sum(len(part) for part in iter(lambda: answer.read(65_536), b""))
        took = time.perf_counter() - began
        yield Figure(f"export {path} {kind}", size, database, took, "s", "less", goal=f"{bytes_read / 1e6:.1f} MB")
        more = max(0.0, memory(server.process.pid) - before)
        yield Figure(f"memory of that export ({kind})", size, database, more, "MiB", "less", goal="<= 50 MiB")


def memory(group: int) -> float:
    """MiB of a process group, pages they share counted once."""
    listed = subprocess.run(["ps", "-eo", "pid=,pgid="], capture_output=True, text=True, check=True).stdout
    total = 0
    for pid, pgid in (line.split() for line in listed.splitlines()):
        if int(pgid) == group:
            with contextlib.suppress(OSError):
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
                total += next(int(row.split()[1]) for row in rollup.splitlines() if row.startswith("Pss:"))
    return total / 1024


@contextlib.contextmanager
def floor(folder: Path) -> Iterator[int]:
    """The port of the bare application."""
    port = postgresql.free_port()
    options = ["-w", PROCESSES, "--threads", THREADS, "-k", "gthread", "--reuse-port", "-b", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *options, "--log-level", "warning", "floor:app"],
        cwd=HERE,
        env=os.environ | {"FLOOR_DATABASE": str(folder / "floor.db")},
        start_new_session=True,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/arrivals")
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _wait_for(url: str, seconds: float = 30) -> None:
    ends = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).read()
            return
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)  # between two questions, not instead of one


@contextlib.contextmanager
def address(database: str, folder: Path) -> Iterator:
    """Gives url_of(instance): a new database for each instance folder, filled like its own; "" is its SQLite file."""
    if database == "sqlite":
        yield lambda _instance: ""
        return
    with postgresql.server(is_durable=True) as url:

        def url_of(instance: Path) -> str:
            name = instance.name.replace("-", "_")
            postgresql.run(url, f"CREATE DATABASE {name}")
            (instance / "frontline.db").unlink()
            shutil.rmtree(instance)
            instance.mkdir()
            Server(instance, f"{url}/{name}").start("run").stop()
            return f"{url}/{name}"

        yield url_of


if __name__ == "__main__":
    main()

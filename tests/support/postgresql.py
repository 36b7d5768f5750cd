"""A PostgreSQL server on loopback in a temporary folder, stopped after the tests."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

# In tests no data has to survive a power cut.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "60"}
DURABLE = {"max_connections": "60"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(*, is_durable: bool = False) -> Iterator[str]:
    """The address of the server without a database name: `postgresql+psycopg://postgres@127.0.0.1:port`.

    With `is_durable` it waits for the disk as PostgreSQL does by default.
    """
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    folder = Path(tempfile.mkdtemp(prefix="frontline-pg-"))
    port = free_port()
    as_owner = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres")
        as_owner = ["runuser", "-u", "postgres", "--"]
    data = folder / "data"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    initdb = [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run([*as_owner, *initdb], check=True, **quiet)
    options = [part for name, value in (DURABLE if is_durable else FAST).items() for part in ("-c", f"{name}={value}")]
    listen = ["-h", "127.0.0.1", "-p", str(port), "-k", folder]
    process = subprocess.Popen([*as_owner, binaries / "postgres", "-D", data, *listen, *options], **quiet)
    try:
        _wait_until_ready(port, process)
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}"
    finally:
        subprocess.run([*as_owner, binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"], check=False, **quiet)
        process.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def run(url: str, statement: str) -> None:
    """Run a statement outside any transaction, on the server's default database."""
    with psycopg.connect(url.replace("+psycopg", "") + "/postgres", autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def connect(url: str) -> "psycopg.Connection[Any]":
    return psycopg.connect(url.replace("+psycopg", ""))


def empty(connection: "psycopg.Connection[Any]") -> None:
    """Delete every row of a database (5 ms; creating and dropping a database takes 80 ms).

    The migrations fill no table; a first start fills those of the installation and its keys, which are kept. One
    connection serves the whole run, because a new one needs 40 ms to read the catalogue.
    """
    with connection.transaction():
        connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {_OTHERS}")
        connection.execute("SET LOCAL session_replication_role = replica")  # past foreign keys and guarding triggers
        tables = [name for (name,) in connection.execute(_TABLES)]
        filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)
        for (name,) in connection.execute(filled).fetchall():  # type: ignore[call-overload]
            connection.execute(f"DELETE FROM {name}")  # type: ignore[call-overload]
        connection.execute(_OTHER_KEYS)
        connection.execute(_RESTART)


_OTHERS = "datname = current_database() AND pid <> pg_backend_pid()"
_KEPT = "'alembic_version', 'installation', 'envelope_key'"  # as the first start left them, like the key files
_TABLES = f"SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ({_KEPT})"
_OTHER_KEYS = "DELETE FROM envelope_key WHERE made_at > (SELECT min(made_at) FROM envelope_key)"
_RESTART = "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence"


def _wait_until_ready(port: int, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres", connect_timeout=5).close()
            return
        except psycopg.OperationalError:
            continue
    raise RuntimeError("PostgreSQL did not start")

"""Dump and restore of a PostgreSQL database, by PostgreSQL's own programs."""

import os
import subprocess
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL, make_url

from webapp.config import Settings
from webapp.operations.refusals import Unfit

NAME = "frontline.dump"


def save(settings: Settings, target: Path) -> None:
    """Dump the database into a file. Raises Unfit."""
    _run(settings, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def restore(settings: Settings, source: Path) -> None:
    """Restore a dump into a database without tables. Raises Unfit."""
    refuse_used(settings)
    _run(settings, "pg_restore", "--no-owner", "--no-privileges", "--single-transaction", str(source))


def refuse_used(settings: Settings) -> None:
    """Raises Unfit if the database has tables or cannot be opened."""
    url = make_url(settings.database_url)
    try:
        with psycopg.connect(_address(url), password=url.password, connect_timeout=10) as connection:
            tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    except psycopg.Error as error:
        raise Unfit(f"The database cannot be opened: {str(error).strip().splitlines()[0]}.") from error
    if tables and tables[0]:
        raise Unfit("The database of DATABASE_URL holds tables, which restoring would destroy. Name an empty one.")


def _run(settings: Settings, program: str, *arguments: str) -> None:
    """Run a program with the password in its environment, because every user can read the arguments of a process."""
    url = make_url(settings.database_url)
    environ = os.environ | ({"PGPASSWORD": url.password} if url.password else {})
    command = [program, f"--dbname={_address(url)}", *arguments]
    try:
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Unfit(
            f"{program} is not installed here. On Debian: apt-get install postgresql-client; or copy the database "
            "yourself and say --without-database."
        ) from None
    if done.returncode:
        cause = (done.stderr.strip().splitlines() or ["no message"])[0]
        raise Unfit(f"{program} failed: {cause}")


def _address(url: URL) -> str:
    """The connection string for libpq, with the query parameters (a socket's folder, sslmode), without the password."""
    return url.set(drivername="postgresql", password="").render_as_string(hide_password=False).replace(":@", "@", 1)

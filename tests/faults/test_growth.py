"""Nothing that serves holds a read transaction: the WAL is checkpointed and PostgreSQL may vacuum."""

import sqlite3
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import func, select

from tests.faults import live
from tests.inspections.conftest import filled
from tests.support import masters
from tests.support.shares import usual_and_long
from webapp.extensions import db
from webapp.kernel.entries import Entry

ENTRIES, BATCH, LARGEST_WAL = 1_000, 20, 16 * 1024 * 1024


@pytest.fixture(params=usual_and_long(["serve"], ["run"]))
def site(request, app):
    here = live.district(app)
    here.server = live.Killable.beside(app)
    here.server.environ["DEMO_PASSWORD"] = masters.PASSWORD  # `run` gives it to the demonstration's usernames
    here.server.start(request.param)
    yield here
    here.server.kill()


def deliver(site, count):
    device = live.device(site.server.port)
    for _ in range(count // BATCH):
        batch = [device.seal("inspection", filled(site.hospital, no_bypass="no")) for _ in range(BATCH)]
        assert {answer["outcome"] for answer in device.send(*batch)} == {"receipt"}


@pytest.mark.only_on("sqlite")
def test_a_thousand_entries_leave_a_small_wal(site, request):
    """With --long a thousand under `serve`; the WAL is checkpointed after about 1,000 pages, a few dozen entries."""
    is_long = "serve" in request.node.name and request.config.getoption("--long")
    entries = ENTRIES if is_long else 15 * BATCH
    deliver(site, entries)
    database = site.server.instance / "frontline.db"
    assert database.with_name("frontline.db-wal").stat().st_size < LARGEST_WAL
    with closing(sqlite3.connect(database)) as connection:
        _busy, written, moved = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    assert written == moved, "somebody holds a read transaction"
    with site.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Entry)) == entries


@pytest.mark.only_on("postgresql")
def test_no_transaction_stays_open_on_postgresql(site):
    deliver(site, BATCH)
    url = site.app.config["SETTINGS"].database_url.replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        idle = "SELECT query FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
        assert connection.execute(idle).fetchall() == []

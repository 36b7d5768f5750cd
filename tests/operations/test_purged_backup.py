"""A backup of before a purge, restored: whoever was purged is purged again before anybody is served."""

import shutil
from dataclasses import replace

import pytest
import sqlalchemy as sa

from tests.checkpoints.conftest import ARRIVAL
from tests.operations.test_backup_under_load import emptied  # noqa: F401  a fixture
from tests.retention.conftest import NAME, purge, world  # noqa: F401  fixtures
from tests.retention.test_purge import raw
from webapp import create_app
from webapp.checkpoints.models import Visit
from webapp.extensions import db
from webapp.kernel import clock, journal, purge_list
from webapp.kernel.entries import Entry
from webapp.kernel.tombstones import PurgedEntry, PurgeRun
from webapp.operations import backup, installation
from webapp.retention import queries
from webapp.supplies.queries import verify_ledger


@pytest.fixture
def copied(app, world, purge, database, tmp_path):  # noqa: F811
    """A backup that holds a visit that is purged afterwards, and the list of a record that was purged before."""
    if database == "postgresql" and not shutil.which("pg_dump"):
        pytest.skip("pg_dump is not installed")
    settings = app.config["SETTINGS"]
    purge(world.ids["publicity"]["record_id"])
    backup.save(settings, tmp_path / "copies" / "monday", clock.now())
    return settings


def restored(copied, emptied, tmp_path, **more):  # noqa: F811
    settings = replace(copied, **emptied)
    settings.instance.mkdir(exist_ok=True)
    backup.restore(tmp_path / "copies" / "monday", settings, **more)
    return settings


def started(settings):
    """What the first start does before it serves."""
    app = create_app(settings)
    with app.app_context():
        installation.settle(settings, clock.now())
    return app


def names_in(app, visit):
    with app.app_context():
        [row] = raw(Visit, Visit.id == visit)
        assert verify_ledger() == []
        journal.seal(at=clock.now())
        assert journal.verify() == []
        return {row[name] for name in ("name", "host", "phone_blind", "id_blind") if row[name]}


def closed(app):
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("how", ["named", "left", "beside"])
def test_whoever_was_purged_stays_purged(copied, emptied, purge, world, tmp_path, how):  # noqa: F811
    """The list is named on the command line, was left in the folder, or is in a newer copy beside this one."""
    visit = world.values["visit_id"]
    purge(visit)
    newest, more = copied.instance / purge_list.NAME, {}
    if how == "named":
        more = {"lists": [newest]}
    elif how == "left":
        (emptied["instance"] / "seals").mkdir(parents=True)
        shutil.copy(newest, emptied["instance"] / purge_list.NAME)
    else:
        backup.save(copied, tmp_path / "copies" / "tuesday", clock.now())
    other = started(restored(copied, emptied, tmp_path, **more))
    assert names_in(other, visit) == set()
    with other.app_context():
        run = db.session.scalars(sa.select(PurgeRun).where(PurgeRun.rule == "restore")).one()
        assert run.counts == {"visit.in": 1}
        assert queries.is_whole(run)
        assert not (other.config["INSTANCE"] / installation.RESTORED).exists()
    again = ARRIVAL | {"place": str(world.gate), "uuid": str(visit), "name": NAME}
    other.config["WTF_CSRF_ENABLED"] = False
    client = other.test_client()
    assert client.post("/sign-in", data={"username": "gatekeeper", "password": "correct horse 9"}).status_code == 303
    assert client.post(f"/checkpoints/{world.gate}/visits", data=again).status_code == 409
    closed(other)


def test_without_any_list_the_copy_is_as_it_was(copied, emptied, purge, world, tmp_path):  # noqa: F811
    """What the tests above rest on: it is the list that purges again."""
    purge(world.values["visit_id"])
    other = started(restored(copied, emptied, tmp_path))
    assert len(names_in(other, world.values["visit_id"])) >= 3
    closed(other)


def test_what_the_copy_never_knew_is_not_taken_either(copied, emptied, purge, world, tmp_path, app):  # noqa: F811
    """Recorded after the copy was made, then purged: a device may still have it."""
    from uuid import uuid4

    from tests.faults.world import deliver
    from webapp.checkpoints.kinds import VISIT_IN

    later = uuid4()
    with app.app_context():
        fields = ARRIVAL | {"place": str(world.gate), "uuid": str(later), "name": "后来的", "phone": "13800138001"}
        deliver(VISIT_IN, fields | {"id_number": ""}, world.by["gatekeeper"])
    purge(later)
    other = started(restored(copied, emptied, tmp_path, lists=[copied.instance / purge_list.NAME]))
    with other.app_context():
        assert db.session.get(PurgedEntry, later) is not None
        assert db.session.scalars(sa.select(Entry).where(Entry.uuid == later)).one_or_none() is None
    closed(other)

"""Purging takes everything personal out of a record, wherever it lies, and leaves what counts."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from tests.checkpoints.conftest import ARRIVAL
from tests.faults.world import deliver
from tests.retention.conftest import NAME, uuid_of
from webapp.checkpoints import queries as checkpoints
from webapp.checkpoints.kinds import VISIT_IN, VISIT_OUT, VISIT_UNDO
from webapp.checkpoints.models import Visit
from webapp.extensions import Base, db
from webapp.kernel import clock, entries, journal, purge_list
from webapp.kernel.columns import Blind, Sealed
from webapp.kernel.entries import Entry, EntryConflict
from webapp.kernel.errors import Refusal
from webapp.kernel.journal import JournalRow
from webapp.kernel.purging import digest_of, kind_of
from webapp.kernel.tombstones import PurgedEntry, PurgeRun
from webapp.publicity.kinds import PUBLICITY
from webapp.retention import queries, service
from webapp.supplies.queries import verify_ledger

KINDS = ("visit.in", "inspection", "stock.in", "publicity")


def raw(model, condition):
    """The rows of a table as the database holds them: {column: value} each."""
    columns = [sa.type_coerce(c, sa.String).label(c.name) if isinstance(c.type, Sealed) else c for c in table(model)]
    return [dict(row) for row in db.session.execute(sa.select(*columns).where(condition)).mappings()]


def table(model):
    return model.__table__.columns


def personal(model):
    return [column.name for column in table(model) if isinstance(column.type, (Sealed, Blind))]


@pytest.mark.parametrize("kind", KINDS)
def test_everything_sealed_of_a_record_is_emptied_and_its_rows_stay(app, world, purge, kind):
    uuid = uuid_of(app, kind)
    with app.app_context():
        parts = kind_of(kind).empties
        before = [raw(part.model, part.rows([uuid])) for part in parts]
    pairs = list(zip(parts, before, strict=True))
    assert any(row[name] for part, rows in pairs for row in rows for name in personal(part.model))
    purge(uuid)
    with app.app_context():
        for part, rows in pairs:
            left = raw(part.model, part.rows([uuid]))
            assert len(left) == len(rows)
            names = [name for name in personal(part.model) if name not in part.apart]
            assert {row[name] for row in left for name in names} <= {None, ""}
        [entry] = raw(Entry, Entry.uuid == uuid)
        kept = db.session.scalars(sa.select(Entry).where(Entry.uuid == uuid)).one()
        assert (entry["content_salt"], json.loads(kept.content)) == ("", {}), "the key of the hash goes too"
        assert db.session.get(PurgedEntry, uuid).kind == kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_purged_record_is_still_shown_and_says_that_it_was_purged(app, world, purge, kind):
    uuid = uuid_of(app, kind)
    addresses = {
        "visit.in": ("commander", [f"/checkpoints/visits/{uuid}", "/checkpoints/visits"]),
        "inspection": ("inspector", [f"/inspections/{uuid}", f"/inspections/{uuid}/print", "/inspections"]),
        "stock.in": ("keeper", [f"/supplies/slips/{uuid}", "/supplies/slips"]),
        "publicity": ("clerk", [f"/publicity/{uuid}", f"/publicity/{uuid}/print", "/publicity"]),
    }
    role, pages = addresses[kind]
    purge(uuid)
    answers = [world.clients[role].get(page) for page in pages]
    assert {answer.status_code for answer in answers} == {200}
    assert "已清除" in answers[0].text


def test_what_counts_stays_as_it_was(app, world, purge):
    uuids = [uuid_of(app, kind) for kind in KINDS]
    with app.app_context():
        reach = world.by["commander"].through(*checkpoints.READERS)
        before = checkpoints.people_inside(reach, {"inside": True}), checkpoints.head_count(world.gate)
    for uuid in uuids:
        purge(uuid)
    with app.app_context():
        reach = world.by["commander"].through(*checkpoints.READERS)
        assert (checkpoints.people_inside(reach, {"inside": True}), checkpoints.head_count(world.gate)) == before
        assert verify_ledger() == []
        journal.seal(at=clock.now())
        assert journal.verify() == []


def test_somebody_inside_two_gates_still_counts_once(app, world, purge):
    from tests.support import masters
    from webapp.places.rules import PlaceKind

    other = masters.place(app, "G-02", PlaceKind.CHECKPOINT)
    masters.person(app, "second", masters.Role.GATEKEEPER, place_id=other)
    arrival = ARRIVAL | {"place": str(other), "uuid": str(uuid4()), "name": NAME, "elsewhere": "stay"}
    answer = masters.signed_in(app, "second").post(f"/checkpoints/{other}/visits", data=arrival)
    assert answer.status_code in (200, 303), answer.text
    with app.app_context():
        reach = world.by["commander"].through(*checkpoints.READERS)
        before = checkpoints.people_inside(reach, {"inside": True})
        keys = set(db.session.scalars(sa.select(Visit.identity_blind)))
        assert len(keys) == 1
    purge(world.values["visit_id"])
    with app.app_context():
        assert checkpoints.people_inside(reach, {"inside": True}) == before
        after = set(db.session.scalars(sa.select(Visit.identity_blind)))
        assert len(after) == 1
        assert after.isdisjoint(keys), "a key that tells nothing"


def test_who_left_and_how_it_was_noted_go_with_the_visit(app, world, purge):
    visit, leaving = world.values["visit_id"], uuid4()
    with app.app_context():
        fields = {"uuid": str(leaving), "place": str(world.gate), "who": ARRIVAL["phone"]}
        deliver(VISIT_OUT, fields, world.by["gatekeeper"])
    purge(visit)
    with app.app_context():
        assert {row.uuid for row in db.session.scalars(sa.select(PurgedEntry))} == {visit, leaving}
        assert checkpoints.returning(ARRIVAL["phone"], world.by["commander"].through(*checkpoints.READERS)) == []


def test_all_versions_of_a_corrected_record_go_together(app, world, purge):
    first, clerk = uuid_of(app, "publicity"), world.clients["clerk"]
    form = {"means": "banner", "count": "6", "unit": str(world.values["unit_id"]), "place": str(world.gate)}
    form |= {"from_on": "2026-11-02", "note": NAME, "uuid": str(uuid4()), "corrects": str(first), "reason": NAME}
    assert clerk.post(f"/publicity/{first}/correct", data=form).status_code == 303
    purge(form["uuid"])  # named by its second version
    with app.app_context():
        rows = raw(PUBLICITY.record.model, sa.true())
        assert [(row["note"], row["reason"] or "") for row in rows] == [("", "")] * 2
        assert [row["count"] for row in rows] == [5, 6]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(PurgedEntry)) == 2
    assert clerk.get(f"/publicity/{first}/correct").status_code == 409
    again = form | {"uuid": str(uuid4()), "corrects": form["uuid"]}
    answer = clerk.post(f"/publicity/{form['uuid']}/correct", data=again)
    assert answer.status_code == 409
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(PUBLICITY.record.model)) == 2


def test_a_second_version_and_the_reasons_people_gave_are_emptied(app, world, purge):
    visit = world.values["visit_id"]
    arrival = ARRIVAL | {"place": str(world.gate), "uuid": str(visit), "origin": "别处"}
    assert world.clients["gatekeeper"].post(f"/checkpoints/{world.gate}/visits", data=arrival).status_code == 409
    shown = world.clients["commander"].post(f"/checkpoints/visits/{visit}/reveal", data={"reason": f"核实{NAME}"})
    assert shown.status_code == 200
    with app.app_context():
        journal.seal(at=clock.now())
    run = purge(visit)
    with app.app_context():
        [conflict] = raw(EntryConflict, EntryConflict.uuid == visit)
        assert (conflict["content"], conflict["content_salt"]) == ("", "")
        [row] = db.session.scalars(sa.select(JournalRow).where(JournalRow.action == "visit.revealed"))
        assert (row.private, row.reason) == (None, None)
        assert journal.verify() == []
        assert db.session.get(PurgeRun, run).copies == 1


def test_the_journal_and_second_versions_may_be_emptied_and_not_changed(app, world, purge):
    test_a_second_version_and_the_reasons_people_gave_are_emptied(app, world, purge)
    with app.app_context():
        for statement in (
            "UPDATE journal SET private = 'x'",
            "UPDATE journal SET details = '{}'",
            "UPDATE entry_conflict SET content = 'x'",
            "UPDATE entry_conflict SET content_hash = 'x'",
            "DELETE FROM entry_conflict",
        ):
            with pytest.raises(sa.exc.DBAPIError, match="append-only"):
                db.session.execute(sa.text(statement))
            db.session.rollback()


def test_what_is_sent_again_is_answered_and_not_kept(app, world, purge):
    visit = world.values["visit_id"]
    arrival = ARRIVAL | {"place": str(world.gate), "uuid": str(visit), "name": NAME}
    purge(visit)
    answer = world.clients["gatekeeper"].post(f"/checkpoints/{world.gate}/visits", data=arrival)
    assert answer.status_code == 409
    assert answer.headers["Frontline"] == "refused", "the device withdraws its copy"
    with app.app_context():
        with pytest.raises(Refusal, match="record-purged"):
            entries.deliver(VISIT_IN, MultiDict(arrival), by=world.by["gatekeeper"], at=clock.now())
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Visit)) == 1
        assert db.session.scalar(sa.select(sa.func.count()).select_from(EntryConflict)) == 0


def test_a_purged_visit_is_neither_taken_over_nor_taken_back(app, world, purge):
    visit, keeper = world.values["visit_id"], world.clients["gatekeeper"]
    purge(visit)
    known = ARRIVAL | {"place": str(world.gate), "uuid": str(uuid4()), "known": str(visit), "name": "", "phone": ""}
    answer = keeper.post(f"/checkpoints/{world.gate}/visits", data=known | {"id_number": ""})
    assert (answer.status_code, "不能再登记、更正或恢复" in answer.text) == (409, True)
    undo = {"visit": str(visit), "why": NAME, "uuid": str(uuid4())}
    with app.app_context():
        with pytest.raises(Refusal, match="record-purged"):
            entries.deliver(VISIT_UNDO, MultiDict(undo), by=world.by["gatekeeper"], at=clock.now())
        assert raw(Visit, Visit.id == visit)[0]["undo_reason"] is None


@pytest.mark.parametrize(("days", "purged"), [(59, 0), (61, 1)])
def test_at_night_goes_what_is_past_its_time_and_nothing_else(app, world, days, purged):
    later = clock.now() + timedelta(days=days)
    with app.app_context():
        assert service.purge_due(later) == f"{purged} entries"
        runs = db.session.scalars(sa.select(PurgeRun)).all()
        assert [(run.rule, run.days, run.counts) for run in runs] == [("visits", 60, {"visit.in": 1})] * purged
        assert purge_list.read(purge_list.path()).keys() == set(db.session.scalars(sa.select(PurgedEntry.uuid)))
        assert service.purge_due(later) == "0 entries"


def test_the_district_sets_how_long_within_the_bounds(app, world):
    form = {
        "visits": "13",
        "inspections": "1095",
        "slips": "3650",
        "publicity": "365",
        "tasks": "730",
        "reports": "1095",
        "backups": "30",
    }
    administrator = world.clients["administrator"]
    assert administrator.post("/district/retention", data=form).status_code == 422
    assert administrator.post("/district/retention", data=form | {"visits": "14"}).status_code == 303
    with app.app_context():
        assert service.purge_due(clock.now() + timedelta(days=15)) == "1 entries"
        run = db.session.scalars(sa.select(PurgeRun)).one()
        assert (run.backups_until - clock.district_day(run.ended_at)).days == 30


def test_what_is_still_worked_with_is_kept_until_it_is_done(app, world):
    """The check has a finding that nobody closed."""
    later = clock.now() + timedelta(days=1096)
    with app.app_context():
        assert service.purge_due(later) == "5 entries", "the visit, publicity and three reports"
        db.session.execute(sa.text("UPDATE inspection_finding SET state = 'closed'"))
        db.session.commit()
        assert service.purge_due(later) == "1 entries"


def test_one_that_cannot_be_purged_holds_up_no_other(app, world, monkeypatch):
    from webapp.kernel import purging
    from webapp.kernel.jobs import Fault

    bad, real = uuid_of(app, "publicity"), purging._empty_entries

    def fails(uuids, done):
        if bad in uuids:
            raise ValueError("broken")
        real(uuids, done)

    with app.app_context():
        second = {"means": "banner", "count": "5", "unit": str(world.values["unit_id"]), "place": str(world.gate)}
        deliver(PUBLICITY, second | {"from_on": "2026-11-02", "uuid": str(uuid4())}, world.by["clerk"])
        monkeypatch.setattr(purging, "_empty_entries", fails)
        with pytest.raises(Fault, match="1 entries could not be purged, 2 were"):
            service.purge_due(clock.now() + timedelta(days=366))
        run = db.session.scalars(sa.select(PurgeRun).where(PurgeRun.rule == "publicity")).one()
        assert (run.failed, run.counts) == (1, {"publicity": 1})
        assert db.session.get(PurgedEntry, bad) is None
        monkeypatch.setattr(purging, "_empty_entries", real)
        assert service.purge_due(clock.now() + timedelta(days=366)) == "1 entries"


def test_a_certificate_names_the_uuids_by_a_digest_that_holds(app, world, purge):
    run = purge(world.values["visit_id"])
    with app.app_context():
        kept = db.session.get(PurgeRun, run)
        assert kept.digest == digest_of(run)
        assert queries.is_whole(kept)
        purge_list.path().write_bytes(b"")
        assert not queries.is_whole(kept)
        purge_list.write()
        assert queries.is_whole(kept)


def test_every_table_that_keeps_something_sealed_of_an_entry_is_emptied(app):
    """A new table with a way to an entry and something sealed in it belongs to a kind, or is emptied by hand."""
    from webapp.kernel.kinds import kinds

    by_hand = {"entry_conflict", "envelope"}
    with app.app_context():
        named = {part.model.__tablename__ for kind in kinds().values() for part in kind.empties} | by_hand
    of_entries = {
        table.name
        for table in Base.metadata.tables.values()
        if any(isinstance(column.type, Sealed) for column in table.columns)
        and any(key.column.table.name == "entry" for key in table.foreign_keys)
    }
    assert of_entries - named == set()

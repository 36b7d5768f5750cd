"""What people typed: sealed where it stands, hashed with a salt of its own, never in the chain in the clear."""

import hashlib
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask_migrate import upgrade

from tests.checkpoints.conftest import ARRIVAL
from tests.conftest import DATABASES
from tests.faults import world as district
from tests.inspections.conftest import filled
from tests.support.upgrades import standing_at
from webapp.checkpoints.kinds import VISIT_IN
from webapp.extensions import db
from webapp.inspections.kinds import INSPECTION
from webapp.inspections.models import Inspection, InspectionFinding
from webapp.kernel import journal
from webapp.kernel.columns import canonical
from webapp.kernel.entries import Entry, EntryConflict
from webapp.kernel.sealing import keyed_hash, keyring
from webapp.supplies.models import Slip

WHEN = datetime(2026, 3, 1, 8, tzinfo=UTC)
PHONE = "13800138000"
CONTENT = canonical({"phone": [PHONE]})


def plain_hashes(kind, content):
    """What an unsalted hash of a content would read like."""
    return {hashlib.sha256(text.encode()).hexdigest() for text in (content, f"{kind}\n{content}")}


def test_the_hash_of_an_entry_is_keyed_with_a_salt_that_lies_sealed_beside_it(app):
    district.build(app)
    with app.app_context():
        found = db.session.scalars(sa.select(Entry)).all()
        raw = db.session.execute(sa.text("SELECT content_salt, content_hash FROM entry")).all()
        assert len({entry.content_salt for entry in found}) == len(found) >= 3
        for entry in found:
            assert len(bytes.fromhex(entry.content_salt)) == 16
            assert entry.content_hash == keyed_hash(f"{entry.kind}\n{entry.content}", entry.content_salt)
            assert entry.content_hash not in plain_hashes(entry.kind, entry.content)
        assert all(row.content_salt.startswith("s1.") for row in raw)


def test_another_content_under_the_same_uuid_is_kept_with_a_hash_of_its_own_key(app):
    world = district.build(app)
    arrival = ARRIVAL | {"place": str(world.gate), "uuid": str(world.values["visit_id"]), "origin": "别处"}
    answer = world.clients["gatekeeper"].post(f"/checkpoints/{world.gate}/visits", data=arrival)
    assert answer.status_code == 409
    with app.app_context():
        conflict = db.session.scalars(sa.select(EntryConflict)).one()
        [row] = db.session.scalars(sa.select(journal.JournalRow).where(journal.JournalRow.action == "entry.conflict"))
        assert conflict.content_hash == keyed_hash(f"visit.in\n{conflict.content}", conflict.content_salt)
        assert row.details["hash"] == conflict.content_hash
        assert conflict.content_hash not in plain_hashes("visit.in", conflict.content)


def test_a_reason_lies_beside_the_chain_and_only_its_keyed_hash_in_it(app):
    world = district.build(app)
    reason = f"请联系 {PHONE}"
    path = f"/checkpoints/visits/{world.values['visit_id']}/reveal"
    assert world.clients["commander"].post(path, data={"reason": reason}).status_code == 200
    with app.app_context():
        [row] = db.session.scalars(sa.select(journal.JournalRow).where(journal.JournalRow.action == "visit.revealed"))
        raw = db.session.execute(sa.text("SELECT * FROM journal WHERE action = 'visit.revealed'")).one()
        assert row.reason == reason
        assert PHONE not in repr(raw)
        assert set(row.details) == {"reason_hash", "sign_in"}
        assert row.details["reason_hash"] != hashlib.sha256(reason.encode()).hexdigest()
        journal.seal(at=WHEN)
        assert journal.verify() == []


def test_names_and_notes_are_sealed_wherever_they_stand(app):
    world = district.build(app, note="联系人赵六")
    fields = filled(world.hospital, uuid=str(uuid4()), witness="证人孙七", no_bypass="no")
    with app.app_context():
        district.deliver(INSPECTION, fields | {"no_bypass__note": "问过周八"}, world.by["inspector"])
        visit = ARRIVAL | {"place": str(world.gate), "uuid": str(uuid4()), "name": "另一人", "purpose": "找吴九"}
        district.deliver(VISIT_IN, visit | {"phone": "13900139000", "id_number": ""}, world.by["gatekeeper"])
        tables = ("inspection", "inspection_finding", "stock_slip", "visit")
        raw = repr([db.session.execute(sa.text(f"SELECT * FROM {table}")).all() for table in tables])
        assert [name for name in ("赵六", "孙七", "周八", "吴九") if name in raw] == []
        assert "证人孙七" in db.session.scalars(sa.select(Inspection.witness)).all()
        assert "问过周八" in db.session.scalars(sa.select(InspectionFinding.note)).all()
        assert "联系人赵六" in db.session.scalars(sa.select(Slip.note)).all()


@pytest.fixture(params=DATABASES)
def old(request, tmp_path):
    """An application whose database is as it was at 0008, empty."""
    with standing_at("0008", request, tmp_path) as app:
        yield app


def past(session):
    """An entry, a conflict and a sealed block of the journal, as version 0008 wrote them."""
    tables = sa.MetaData()
    tables.reflect(session.connection())

    def add(table, **values):
        columns = tables.tables[table].columns
        ready = {n: v.hex if isinstance(v, UUID) and not _is_uuid(columns[n]) else v for n, v in values.items()}
        session.execute(sa.insert(tables.tables[table]).values(**ready))

    moment, person, uuid = WHEN.replace(tzinfo=None), uuid4(), uuid4()
    names = {"username": "g", "name": "g", "password_hash": "x", "must_change_password": False}
    add("person", id=person, **names, is_demonstration=False, added_at=moment)
    sha256 = hashlib.sha256(f"visit.in\n{CONTENT}".encode()).hexdigest()
    own = {"uuid": uuid, "author_id": person, "received_at": moment, "content_sha256": sha256}
    add("entry", **own, kind="visit.in", content=keyring().seal(CONTENT, "entry.content"))
    add("entry_conflict", **own, id=uuid4(), content=keyring().seal(CONTENT, "entry_conflict.content"))
    said = [("visit.revealed", {"reason": f"打 {PHONE}"}), ("entry.conflict", {"sha256": sha256}), ("other", {"n": 1})]
    rows = [
        journal.JournalRow(seq=n, at=WHEN, action=action, subject_kind="visit", subject_id="1", details=details)
        for n, (action, details) in enumerate(said, 1)
    ]
    digest = journal._hash("0" * 64, rows)
    add("journal_block", id=1, count=len(rows), previous="0" * 64, hash=digest, sealed_at=moment)
    for row in rows:
        words = {"action": row.action, "subject_kind": "visit", "subject_id": "1", "details": canonical(row.details)}
        add("journal", seq=row.seq, at=moment, block_id=1, **words)
    session.commit()
    return sha256


def _is_uuid(column):
    return isinstance(column.type, sa.Uuid)


def test_what_was_kept_before_is_hashed_anew_and_the_old_chain_still_verifies(old):
    sha256 = past(db.session)
    upgrade()
    entry, conflict = db.session.scalars(sa.select(Entry)).one(), db.session.scalars(sa.select(EntryConflict)).one()
    for row, kind in ((entry, entry.kind), (conflict, entry.kind)):
        assert row.content == CONTENT
        assert row.content_hash == keyed_hash(f"{kind}\n{CONTENT}", row.content_salt)
    tables = ("entry", "entry_conflict", "journal")
    raw = repr([db.session.execute(sa.text(f"SELECT * FROM {table}")).all() for table in tables])
    assert [text for text in (PHONE, sha256, "reason") if text in raw] == []
    rows = db.session.scalars(sa.select(journal.JournalRow).order_by(journal.JournalRow.seq)).all()
    assert [row.reason for row in rows] == [f"打 {PHONE}", None, None]
    assert [row.details for row in rows] == [{}, {}, {"n": 1}]
    assert journal.verify() == []
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        db.session.execute(sa.text("UPDATE journal SET details = '{}' WHERE seq = 3"))
    db.session.rollback()
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        db.session.execute(sa.text("DELETE FROM entry_conflict"))

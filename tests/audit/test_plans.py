"""An index leads to every page of the journal: nothing walks or sorts a hundred thousand rows."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Uuid, insert, literal, select, text, update

from tests.support import masters
from tests.support.plans import planned
from tests.support.reading import words_of
from webapp.audit import service as placing
from webapp.audit.models import JournalPlaced, JournalScope
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.database import transaction
from webapp.kernel.journal import JournalRow
from webapp.kernel.listing import pages

MANY = 100_000
_ROWS = """INSERT INTO journal (seq, at, actor_id, action, subject_kind, subject_id, details)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many)
SELECT 1000 + i, {at}, NULL, CASE WHEN i % 1000 = 0 THEN 'person.disabled' ELSE 'entry.recorded' END,
CASE WHEN i % 1000 = 0 THEN 'person' WHEN i % 5000 = 1 THEN 'inspection.void' ELSE 'visit.in' END,
'subject ' || i, '{{}}' FROM n"""
_AT = {"sqlite": "datetime('now', '-' || i || ' minutes')", "postgresql": "now() - i * interval '1 minute'"}


def fill(app, database, many):
    """So many rows that nobody did, about nothing; the next row comes after them."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text(_ROWS.format(at=_AT[database])), {"many": many})
        if database == "postgresql":
            following = text("SELECT setval(pg_get_serial_sequence('journal', 'seq'), :last)")
            connection.execute(following, {"last": 2 * many})
        connection.execute(text("ANALYZE"))


@pytest.fixture
def reader(app, database):
    masters.person(app, "reader", Role.AUDITOR)
    fill(app, database, MANY)
    return masters.signed_in(app, "reader")


def test_an_index_leads_to_every_page_and_none_is_sorted(app, reader, monkeypatch):
    monkeypatch.setattr(pages, "PAGE", 20)
    day = clock.district_day(clock.now() - timedelta(days=30))
    after = reader.get("/journal").text.split("?after=")[1].split('"')[0]
    queries = {
        "": "ix_journal_at",
        f"?after={after}": "ix_journal_at",
        f"?since={day}&until={day}": "ix_journal_at",
        "?person=reader": "ix_journal_actor_id",
        "?action=person.disabled": "ix_journal_action",
        "?record=00000000-0000-4000-8000-000000000000": "ix_journal_subject_id",
        "?group=record": "ix_journal_at",
    }
    for query, index in queries.items():
        with planned(app) as plans:
            assert reader.get(f"/journal{query}").status_code == 200
        [plan] = [plan[1:] for plan in plans if "ORDER BY journal.at DESC" in plan[0]]
        assert any(index in line for line in plan), (query, plan)
        assert not any(line.startswith("SCAN journal") and "INDEX" not in line for line in plan), (query, plan)
        assert not any("TEMP B-TREE" in line or line.startswith(("Sort", "->  Sort")) for line in plan), (query, plan)


def test_an_index_leads_to_the_rare_rows_that_the_auditor_counts(app, reader):
    """Of a group no more is read than its rows."""
    for query in ("?group=change", "?group=setting", "?group=reveal", "?group=person", "?words=停用+人员"):
        with planned(app) as plans:
            assert reader.get(f"/journal{query}").status_code == 200
        lines = [line for plan in plans if "FROM journal" in plan[0] for line in plan[1:]]
        assert any("ix_journal_action" in line for line in lines), (query, lines)
        assert not any("ix_journal_at" in line for line in lines), (query, lines)


def test_a_page_for_the_reader_of_a_unit_costs_the_same_in_any_journal(app, database, monkeypatch):
    """The index by unit leads to its few rows among very many, in their order."""
    fill(app, database, MANY // 5)
    monkeypatch.setattr(pages, "PAGE", 2)
    unit = masters.unit(app, "RARE")
    masters.person(app, "spy", Role.AUDITOR, unit_id=unit)
    for number in range(4):
        masters.place(app, f"R-{number}", unit_id=unit)
    with app.app_context():
        placing.place_new()
        with transaction() as session:
            session.execute(update(JournalPlaced).values(first_seq=1))
            others = select(literal(uuid4(), Uuid()), JournalRow.at, JournalRow.seq).where(
                JournalRow.actor_id.is_(None)
            )
            session.execute(insert(JournalScope).from_select(["unit_id", "at", "seq"], others))
        with db.engine.begin() as connection:
            connection.execute(text("ANALYZE"))
    spy = masters.signed_in(app, "spy")
    first = spy.get("/journal")
    after = first.text.split("?after=")[1].split('"')[0]
    day = clock.district_day(clock.now())
    for query in ("", f"?after={after}", f"?since={day}&until={day}"):
        spy.get(f"/journal{query}")
        with planned(app) as plans:
            page = spy.get(f"/journal{query}")
        assert "场所R-" in words_of(page), query
        [plan] = [plan[1:] for plan in plans if "ORDER BY journal_scope.at DESC" in plan[0]]
        assert not any("Seq Scan on journal" in line or line.startswith("SCAN journal") for line in plan), (query, plan)
        assert not any("TEMP B-TREE FOR ORDER" in line or line.startswith(("Sort", "->  Sort")) for line in plan), (
            query,
            plan,
        )
        assert len(plans) <= 9, [plan[0] for plan in plans]

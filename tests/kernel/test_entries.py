"""The entry: once, with a receipt, whatever the network does."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from webapp.accounts import queries, service
from webapp.extensions import db
from webapp.kernel import clock, entries, forms, journal
from webapp.kernel.access import Grant, Role
from webapp.kernel.entries import Entry, EntryConflict
from webapp.kernel.errors import Refusal
from webapp.kernel.kinds import Kind


class NoteForm(forms.Form):
    note = forms.text("说明", required=True, maximum=20)


applied = []


def apply(entry, data, photos, *, by, at):
    if data["note"] == "refuse me":
        raise Refusal("entry-other-author")
    applied.append(data["note"])


NOTE = Kind("test.note", "note", NoteForm, apply)


@pytest.fixture(autouse=True)
def _context(app):
    applied.clear()
    with app.app_context():
        yield


@pytest.fixture
def author():
    return person("author")


def person(name):
    grants = [Grant(Role.INSPECTOR)]
    person_id = service.create_person(name, name, "a-good-pass-1", grants, by=None, at=clock.now())
    return queries.actor_of(queries.find_person(person_id))


def deliver(author, uuid, note="余氯 4.2", **more):
    fields = MultiDict({"uuid": str(uuid), "note": note, **more})
    return entries.deliver(NOTE, fields, by=author, at=clock.now())


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_a_recorded_entry_gets_a_receipt_and_a_journal_row(author):
    uuid = uuid4()
    receipt = deliver(author, uuid, captured_at="2026-11-24T08:05:00+08:00", device="tablet-1").receipt
    entry = entries.get_entry(uuid)
    assert (receipt.uuid, receipt.seq) == (uuid, entry.seq)
    assert not receipt.replayed
    assert entry.captured_at.isoformat() == "2026-11-24T00:05:00+00:00"
    assert applied == ["余氯 4.2"]
    rows = db.session.scalars(select(journal.JournalRow).where(journal.JournalRow.subject_id == str(uuid))).all()
    assert [row.action for row in rows] == ["entry.recorded"]


def test_the_same_entry_again_gets_the_first_receipt_and_does_nothing(author):
    uuid = uuid4()
    first = deliver(author, uuid).receipt
    again = deliver(author, uuid, captured_at="2026-11-24T09:00:00+08:00", device="other").receipt
    assert (again.uuid, again.seq) == (first.uuid, first.seq)
    assert again.replayed
    assert applied == ["余氯 4.2"]
    assert count(Entry) == 1


def test_other_content_under_the_same_uuid_is_a_conflict_and_both_are_kept(author):
    uuid = uuid4()
    deliver(author, uuid)
    with pytest.raises(Refusal) as refused:
        deliver(author, uuid, note="余氯 7.0")
    assert (refused.value.code, refused.value.status) == ("entry-conflict", 409)
    assert "4.2" in entries.get_entry(uuid).content
    assert "7.0" in db.session.scalars(select(EntryConflict)).one().content
    assert applied == ["余氯 4.2"]


def test_a_colleague_cannot_answer_for_another_persons_entry(author):
    uuid = uuid4()
    deliver(author, uuid)
    with pytest.raises(Refusal) as refused:
        deliver(person("colleague"), uuid)
    assert refused.value.code == "entry-other-author"


def test_a_bad_form_records_nothing_and_gives_no_receipt(author):
    delivery = deliver(author, uuid4(), note="")
    assert delivery.receipt is None
    assert "note" in delivery.form.errors
    assert count(Entry) == 0


def test_what_the_rules_refuse_leaves_nothing_so_the_same_uuid_may_come_again(author):
    uuid = uuid4()
    with pytest.raises(Refusal):
        deliver(author, uuid, note="refuse me")
    assert count(Entry) == 0
    assert deliver(author, uuid, note="better").receipt.replayed is False


def test_the_content_is_sealed_at_rest(author):
    uuid = uuid4()
    deliver(author, uuid, note="王秀英 13800138000")
    raw = db.session.connection().exec_driver_sql("SELECT content FROM entry").scalar()
    assert "13800138000" not in raw


@pytest.mark.parametrize("nonsense", ["", "yesterday", "2026-11-24T08:05:00", "9999-99-99", "\0"])
def test_a_device_clock_that_makes_no_sense_is_no_reason_to_refuse(author, nonsense):
    assert deliver(author, uuid4(), captured_at=nonsense).receipt

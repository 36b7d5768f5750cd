"""A check is corrected or made void by a new version; its findings follow, and nothing that was done is lost."""

import io
import re
import threading
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update
from werkzeug.datastructures import MultiDict

from tests.inspections.conftest import filled
from tests.inspections.test_putting_right import jpeg
from tests.inspections.test_service import numbers_of
from tests.support import masters
from tests.support.reading import words_of
from webapp.district.rules import Preferences
from webapp.extensions import db
from webapp.inspections.kinds import INSPECTION, STEPS
from webapp.inspections.models import FindingStep, Inspection, InspectionFinding
from webapp.inspections.rules import FindingState, Outcome
from webapp.kernel import clock, entries, records
from webapp.kernel.access import Role
from webapp.kernel.database import is_sqlite, transaction
from webapp.kernel.entries import Entry
from webapp.kernel.errors import Refusal
from webapp.kernel.journal import JournalRow

DAYS = timedelta(days=Preferences().correction_days)
CORRECTION, VOID = records.correction_of(INSPECTION), records.void_of(INSPECTION)
BAD = {"no_bypass": "no", "no_bypass__note": "旁路阀未封"}

LOW, GOOD = ({"chlorine_tank": value, "chlorine_tank__quantity": "total"} for value in ("4.2", "6.6"))


@pytest.fixture
def office(ward):
    masters.person(ward.app, "commander", Role.COMMANDER)
    masters.person(ward.app, "colleague", Role.INSPECTOR, place_id=ward.here)
    names = ("inspector", "colleague", "commander")
    clients = {name: masters.signed_in(ward.app, name) for name in names}
    return SimpleNamespace(app=ward.app, here=ward.here, actor=ward.actor, **clients)


@pytest.fixture
def correct(ward):
    """correct(before, ...): the next version of a check by its inspector; gives it."""

    def correct(before, by=None, at=None, files=None, **changes):
        fields = filled(ward.here, corrects=before, reason="点错了", known=("corrects", "reason", "dropped"), **changes)
        delivery = entries.deliver(CORRECTION, MultiDict(fields), files, by=by or ward.actor, at=at or clock.now())
        assert delivery.receipt, delivery.form.errors
        return db.session.get_one(Inspection, delivery.receipt.uuid)

    return correct


def void(actor, before, at=None):
    fields = MultiDict({"corrects": str(before), "reason": "检查错了单位", "uuid": str(uuid4())})
    return entries.deliver(VOID, fields, by=actor, at=at or clock.now())


def answer(actor, finding):
    typed = MultiDict({"finding": str(finding), "note": "已加铅封", "uuid": str(uuid4())})
    return entries.deliver(STEPS["answer"], typed, by=actor, at=clock.now())


def findings():
    db.session.expire_all()
    return {row.item: row for row in db.session.scalars(select(InspectionFinding))}


def test_figures_lists_and_findings_follow_the_newest_version(ward, check, correct):
    reach = ward.actor.through(Role.INSPECTOR)
    with ward.app.test_request_context():
        first = check(**BAD, **LOW).receipt.uuid
        before = {item: row.id for item, row in findings().items()}
        assert numbers_of(reach)[:3] == [1, 1, 2]
        newer = correct(first, **BAD | {"no_bypass__note": "铅封已补"}, **GOOD)
        assert (newer.version, newer.record_id, newer.outcome, newer.finding_count) == (2, first, Outcome.FINDINGS, 1)
        assert numbers_of(reach)[:3] == [1, 0, 1]
        rows = findings()
        assert {item: row.id for item, row in rows.items()} == before
        assert (rows["no_bypass"].note, rows["no_bypass"].inspection_id) == ("铅封已补", newer.id)
        assert rows["chlorine_tank"].state is FindingState.WITHDRAWN
        third = correct(newer.id, **LOW)
        assert {item: row.state for item, row in findings().items()} == {
            "no_bypass": FindingState.WITHDRAWN,
            "chlorine_tank": FindingState.OPEN,
        }
        assert (third.outcome, numbers_of(reach)[:3]) == (Outcome.OUT_OF_LIMITS, [1, 1, 1])


def test_a_deadline_follows_a_correction_until_something_is_done_about_the_finding(ward, check, correct):
    with ward.app.app_context():
        first = check(**BAD).receipt.uuid
        due = (clock.now() + timedelta(days=20)).replace(second=0, microsecond=0)
        newer = correct(first, **BAD, no_bypass__due=clock.local(due).strftime("%Y-%m-%dT%H:%M"))
        assert findings()["no_bypass"].due_at == due
        answer(ward.actor, findings()["no_bypass"].id)
        correct(newer.id, **BAD)
        row = findings()["no_bypass"]
        assert (row.due_at, row.state) == (due, FindingState.ANSWERED)


def test_an_answered_finding_stays_though_the_correction_no_longer_has_it(ward, check, correct):
    with ward.app.test_request_context():
        first = check(**BAD).receipt.uuid
        finding = findings()["no_bypass"].id
        answer(ward.actor, finding)
        newer = correct(first)
        row = findings()["no_bypass"]
        assert (row.id, row.state, row.inspection_id) == (finding, FindingState.ANSWERED, newer.id)
        assert (newer.finding_count, newer.outcome) == (1, Outcome.FINDINGS)
        assert numbers_of(ward.actor.through(Role.INSPECTOR))[3] == 1


def test_a_void_check_counts_nowhere_and_keeps_what_was_done(ward, office, check):
    with ward.app.test_request_context():
        first = check(**BAD, **LOW).receipt.uuid
        finding = findings()["no_bypass"].id
        answer(ward.actor, finding)
        last = void(ward.actor, first).receipt.uuid
        assert {row.state for row in findings().values()} == {FindingState.WITHDRAWN}
        assert numbers_of(ward.actor.through(Role.INSPECTOR)) == [0, 0, 0, 0, 0]
        assert len(db.session.scalars(select(FindingStep)).all()) == 1
        acts = db.session.scalars(select(JournalRow.action).where(JournalRow.action.endswith(".withdraw"))).all()
        assert len(acts) == 2
        with pytest.raises(Refusal, match="record-void"):
            void(ward.actor, last)
    page = office.inspector.get(f"/inspections/{last}")
    assert "这条记录已经作废" in words_of(page)
    assert "作废原因：检查错了单位" in words_of(page)
    assert "旁路阀未封" in page.text
    assert f"{last}/correct" not in page.text
    assert "已加铅封" in words_of(office.inspector.get(f"/inspections/findings/{finding}"))
    assert f"/inspections/{last}" not in office.inspector.get("/inspections").text
    assert f"/inspections/{last}" in office.inspector.get("/inspections?state=void").text
    assert "这是第 1 版，已经作废。" in words_of(office.inspector.get(f"/inspections/{first}"))


def test_the_version_before_stays_whole_with_its_photos(ward, office, check, correct):
    with ward.app.app_context():
        files = {"no_bypass__photo": (io.BytesIO(jpeg()), "x.jpg")}
        sent = {name: str(value) for name, value in filled(ward.here, **BAD, **LOW).items()}
    answered = office.inspector.post("/inspections", data=sent | files)
    first = answered.location.rsplit("/", 1)[1]
    [photo] = set(re.findall(r"/inspections/photos/([0-9a-f-]+)", office.inspector.get(answered.location).text))
    form = office.inspector.get(f"/inspections/{first}/correct")
    assert "旁路阀未封" in form.text
    assert f'value="{photo}"' in form.text
    with ward.app.app_context():
        newer = correct(first, **GOOD, dropped=photo).id
        with pytest.raises(Refusal, match="record-photo-unknown"):
            correct(newer, dropped=photo)
    old, new = office.commander.get(f"/inspections/{first}"), office.commander.get(f"/inspections/{newer}")
    assert "旁路阀未封" in old.text
    assert photo in old.text
    assert "这是第 1 版，已经更正。" in words_of(old)
    assert "旁路阀未封" not in new.text
    assert photo not in new.text
    assert "更正原因：点错了" in words_of(new)
    assert office.commander.get(f"/inspections/photos/{photo}").status_code == 200


def test_a_correction_is_judged_by_the_day_of_the_check(ward, check, correct):
    with ward.app.app_context():
        at = clock.now() - timedelta(days=3)
        first = check(at=at).receipt.uuid
        newer = correct(first, **BAD)
        assert newer.inspected_at == at
        assert findings()["no_bypass"].due_at < clock.now() + timedelta(days=27)


@pytest.mark.parametrize(("later", "code"), [(DAYS, None), (DAYS + timedelta(seconds=1), "record-too-old")])
def test_its_author_corrects_a_check_for_some_days(ward, check, correct, later, code):
    with ward.app.app_context():
        at = clock.now() - timedelta(days=30)
        first = check(at=at).receipt.uuid
        if code is None:
            assert correct(first, at=at + later).version == 2
        else:
            with pytest.raises(Refusal, match=code):
                correct(first, at=at + later)


def test_the_days_count_from_when_a_check_arrived(ward, check, correct):
    with ward.app.app_context():
        now = clock.now()
        first = check(at=now - 2 * DAYS).receipt.uuid
        db.session.execute(update(Entry).values(received_at=now))
        db.session.commit()
        assert correct(first, at=now + DAYS).version == 2


def test_the_author_and_overseers_correct_and_nobody_else(office, check):
    with office.app.app_context():
        first = check(at=clock.now() - 2 * DAYS).receipt.uuid
    for name, status in (("inspector", 403), ("colleague", 403), ("commander", 200)):
        client = getattr(office, name)
        assert client.get(f"/inspections/{first}/correct").status_code == status, name
        assert client.get(f"/inspections/{first}/void").status_code == status, name
        assert (f"{first}/void" in client.get(f"/inspections/{first}").text) is (status == 200), name
    said = filled(office.here, corrects=first, reason="点错了", known=("corrects", "reason"))
    assert office.commander.post(f"/inspections/{first}/correct", data=said).status_code == 303
    later = said | {"uuid": str(uuid4()), "witness": "何建国"}
    late = office.commander.post(f"/inspections/{first}/correct", data=later)
    assert (late.status_code, "何建国" in late.text) == (409, True)


def test_a_correction_without_a_reason_keeps_what_was_typed(office, check):
    with office.app.app_context():
        first = check().receipt.uuid
    said = filled(office.here, corrects=first, witness="何建国", known=("corrects",))
    answered = office.inspector.post(f"/inspections/{first}/correct", data=said)
    assert (answered.status_code, "何建国" in answered.text) == (422, True)


def is_awaited(thread):
    """Does the other thread wait for a row that this transaction holds? On SQLite it waits for the file."""
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return is_sqlite() or db.session.scalar(waits) or not thread.is_alive()


def test_a_correction_waits_for_an_answer_on_its_way_and_keeps_it(ward, check, correct):
    def correct_it():
        with ward.app.app_context():
            correct(first)

    with ward.app.app_context():
        first = check(**BAD).receipt.uuid
        fields = MultiDict({"finding": str(findings()["no_bypass"].id), "note": "已加铅封", "uuid": str(uuid4())})
        step, at = STEPS["answer"], clock.now()
        form, values = step.form(fields), entries.values_of(step, fields, (), entries.posted(fields, at), ward.actor)
        thread = threading.Thread(target=correct_it)
        with transaction():
            entries.apply(step, values, form.data, (), by=ward.actor, at=at)
            db.session.flush()
            thread.start()
            while not is_awaited(thread):
                pass
        thread.join()
        row = findings()["no_bypass"]
        assert (row.state, db.session.get_one(Inspection, row.inspection_id).version) == (FindingState.ANSWERED, 2)

"""Several at once against a live server with two worker processes, on both databases."""

from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from tests.checkpoints.conftest import ARRIVAL
from tests.inspections.conftest import filled
from tests.support import masters, poster
from tests.support.processes import REAL
from webapp.checkpoints import queries
from webapp.checkpoints.models import Visit
from webapp.extensions import db
from webapp.inspections.models import Inspection, InspectionFinding
from webapp.inspections.rules import FindingState
from webapp.kernel.access import Role
from webapp.kernel.entries import Entry, EntryConflict
from webapp.kernel.journal import JournalRow
from webapp.places.rules import PlaceKind

AT_ONCE = 5


@pytest.fixture
def live(app, premises, standing):
    """A gunicorn on this test's database, with a gate, a hospital and the two who work there."""
    gate = masters.place(app, "G-01", PlaceKind.CHECKPOINT)
    hospital = masters.place(app, "H-01", PlaceKind.HOSPITAL)
    masters.person(app, "gatekeeper", Role.GATEKEEPER, place_id=gate)
    masters.person(app, "inspector", Role.INSPECTOR, place_id=hospital)
    return SimpleNamespace(app=app, gate=gate, hospital=hospital, port=standing(premises).port)


@pytest.fixture
def gatekeeper_cookie(live):
    return poster.sign_in(live.port, "gatekeeper", masters.PASSWORD)


def at_once(live, cookie, path, forms):
    """Post every form from a process of its own, at the same moment, to one path or to one each; gives their (status,
    location).
    """
    paths = [path] * len(forms) if isinstance(path, str) else path
    _status, headers, page = poster.ask(live.port, "GET", "/me", cookie=cookie)
    cookie, token = poster.cookie_of(headers) or cookie, poster.token_in(page)
    gate, done = REAL.Barrier(len(forms)), REAL.Queue()
    sent = zip(paths, forms, strict=True)
    given = [(live.port, path, form | {"csrf_token": token}, cookie, gate, done) for path, form in sent]
    racers = [REAL.Process(target=poster.post, args=one) for one in given]
    for racer in racers:
        racer.start()
    answers = [done.get(timeout=120) for _ in racers]
    for racer in racers:
        racer.join(30)
    return answers


def arrival(live, **changes):
    return ARRIVAL | {"place": str(live.gate), "uuid": str(uuid4())} | changes


def count(live, model, *where):
    with live.app.app_context():
        return db.session.scalar(select(func.count()).select_from(model).where(*where))


def head_count(live):
    with live.app.app_context():
        return queries.head_count(live.gate)


def test_the_same_inspection_five_times_is_one_row_and_one_receipt(live):
    cookie = poster.sign_in(live.port, "inspector", masters.PASSWORD)
    form = filled(live.hospital, no_bypass="no")
    answers = at_once(live, cookie, "/inspections", [form] * AT_ONCE)
    assert set(answers) == {(303, f"/inspections/{form['uuid']}")}
    rows = [count(live, model) for model in (Entry, Inspection, InspectionFinding, EntryConflict)]
    assert rows == [1, 1, 1, 0]
    assert count(live, JournalRow, JournalRow.action == "entry.recorded") == 1


def corrected(live, before):
    return filled(live.hospital, corrects=before, reason="点错了", known=("corrects", "reason"))


def test_of_five_corrections_of_one_version_one_is_made(live):
    cookie = poster.sign_in(live.port, "inspector", masters.PASSWORD)
    form = filled(live.hospital, no_bypass="no")
    at_once(live, cookie, "/inspections", [form])
    path = f"/inspections/{form['uuid']}/correct"
    answers = at_once(live, cookie, path, [corrected(live, form["uuid"]) for _number in range(AT_ONCE)])
    assert sorted(status for status, _location in answers) == [303] + [409] * (AT_ONCE - 1)
    assert (count(live, Inspection), count(live, Inspection, Inspection.replaced_by.is_(None))) == (2, 1)


def test_a_finding_answered_while_its_check_is_corrected_is_not_lost(live):
    cookie = poster.sign_in(live.port, "inspector", masters.PASSWORD)
    for _round in range(6):
        form = filled(live.hospital, no_bypass="no")
        at_once(live, cookie, "/inspections", [form])
        with live.app.app_context():
            query = select(InspectionFinding.id).where(InspectionFinding.inspection_id == UUID(form["uuid"]))
            finding = db.session.scalars(query).one()
        answer = {"finding": str(finding), "note": "已加铅封", "uuid": str(uuid4())}
        paths = ["/inspections/findings/acts/answer", f"/inspections/{form['uuid']}/correct"]
        answers = at_once(live, cookie, paths, [answer, corrected(live, form["uuid"])])
        is_answered = (303, f"/inspections/findings/{finding}") in answers
        with live.app.app_context():
            row = db.session.get_one(InspectionFinding, finding)
            newest = db.session.get_one(Inspection, row.inspection_id)
            wanted = (FindingState.ANSWERED, 1) if is_answered else (FindingState.WITHDRAWN, 0)
            assert (row.state, newest.finding_count, newest.version) == (*wanted, 2)
        assert sorted(status for status, _location in answers) == [303, 303 if is_answered else 409]


def test_the_same_arrival_five_times_is_one_visit(live, gatekeeper_cookie):
    form = arrival(live, companions="2")
    answers = at_once(live, gatekeeper_cookie, f"/checkpoints/{live.gate}/visits", [form] * AT_ONCE)
    assert set(answers) == {(303, f"/checkpoints/{live.gate}/gate?done={form['uuid']}")}
    assert (count(live, Entry), count(live, Visit), head_count(live)) == (1, 1, 3)


def test_one_person_logged_on_five_tablets_at_once_is_inside_once(live, gatekeeper_cookie):
    forms = [arrival(live) for _tablet in range(AT_ONCE)]
    answers = at_once(live, gatekeeper_cookie, f"/checkpoints/{live.gate}/visits", forms)
    assert sorted(status for status, _location in answers) == [303] + [409] * (AT_ONCE - 1)
    assert (count(live, Entry), count(live, Visit), head_count(live)) == (1, 1, 1)


def test_one_person_written_in_two_ways_on_six_tablets_at_once_is_inside_once(live, gatekeeper_cookie):
    papers = {"id_type": "", "id_number": ""}
    forms = [arrival(live, **papers if tablet % 2 else {}) for tablet in range(6)]
    answers = at_once(live, gatekeeper_cookie, f"/checkpoints/{live.gate}/visits", forms)
    assert sorted(status for status, _location in answers) == [303] + [409] * 5
    assert (count(live, Visit), head_count(live)) == (1, 1)


def test_one_departure_on_five_tablets_at_once_is_one(live, gatekeeper_cookie):
    form = arrival(live)
    at_once(live, gatekeeper_cookie, f"/checkpoints/{live.gate}/visits", [form])
    assert head_count(live) == 1
    leaving = [{"visit": form["uuid"], "uuid": str(uuid4())} for _tablet in range(AT_ONCE)]
    answers = at_once(live, gatekeeper_cookie, f"/checkpoints/{live.gate}/departures", leaving)
    assert sorted(status for status, _location in answers) == [303] + [409] * (AT_ONCE - 1)
    assert head_count(live) == 0


def test_two_versions_under_one_id_keep_one_and_note_the_others(live, gatekeeper_cookie):
    uuid = str(uuid4())
    forms = [arrival(live, uuid=uuid, purpose=f"事由{number}") for number in range(AT_ONCE)]
    answers = at_once(live, gatekeeper_cookie, f"/checkpoints/{live.gate}/visits", forms)
    assert sorted(status for status, _location in answers) == [303] + [409] * (AT_ONCE - 1)
    assert (count(live, Visit), count(live, EntryConflict)) == (1, AT_ONCE - 1)

"""A finding is answered, checked again, closed or not, extended; what is owed follows its state."""

import io
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from tests.inspections.test_service import numbers_of
from tests.support import masters
from tests.support.device import Device, stamp
from tests.support.reading import words_of
from webapp.extensions import db
from webapp.inspections import queries, rules
from webapp.inspections.kinds import STEPS
from webapp.inspections.models import FindingStep, InspectionFinding
from webapp.inspections.rules import FindingState
from webapp.kernel import clock, deadlines, entries
from webapp.kernel.access import Role
from webapp.kernel.errors import Refusal
from webapp.kernel.journal import JournalRow
from webapp.sync.models import ReceivedEnvelope

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
STATES = {"": False, "open": False, "answered": False, "closed": True, "any": True}
WALL = "%Y-%m-%dT%H:%M"


def jpeg():
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG")
    return out.getvalue()


def wall(moment):
    """A moment as a form has it."""
    return clock.local(moment).strftime(WALL)


@pytest.fixture
def finding(ward, check):
    """The id of an open finding of the hospital."""
    with ward.app.app_context():
        check(no_bypass="no", no_bypass__note="旁路阀未封")
        return db.session.scalars(select(InspectionFinding.id)).one()


@pytest.fixture
def step(ward, finding):
    """step(act, ...): one step with the finding by its inspector; gives the row as it is then."""

    def step(act, by=None, at=None, files=None, **fields):
        typed = MultiDict({"finding": str(finding), "note": "已加铅封", "uuid": str(uuid4())} | fields)
        delivery = entries.deliver(STEPS[act], typed, files, by=by or ward.actor, at=at or clock.now())
        assert delivery.receipt, delivery.form.errors
        return db.session.get_one(InspectionFinding, finding)

    return step


@pytest.fixture
def inspector(ward):
    return masters.signed_in(ward.app, "inspector")


def owed(actor):
    return [(row.kind, row.what, row.due_at) for row in deadlines.everything_due(actor, clock.now())]


@pytest.mark.parametrize(("due", "expected"), [(NOON + DAY - SECOND, NOON + DAY), (NOON + DAY + SECOND, None)])
def test_an_answer_is_checked_by_the_deadline_with_a_day_left_for_it(due, expected):
    assert rules.next_due_at(FindingState.ANSWERED, due, None, NOON) == (expected or due)


@pytest.mark.parametrize(
    ("state", "due", "is_later"),
    [(FindingState.OPEN, NOON, False), (FindingState.OPEN, NOON + DAY, False), (FindingState.ANSWERED, NOON, True)],
)
def test_a_new_deadline_lies_ahead_and_behind_the_one_it_extends(state, due, is_later):
    assert rules.is_later(NOON + SECOND, state, due, NOON) is (is_later or due == NOON)
    assert not rules.is_later(NOON, state, due, NOON)
    assert rules.is_later(due + DAY + SECOND, state, due, NOON)


def test_a_finding_goes_from_open_to_closed_and_leaves_the_lists(ward, step):
    reach = ward.actor.through(Role.INSPECTOR)
    with ward.app.test_request_context():
        before = db.session.scalars(select(InspectionFinding)).one().due_at
        assert owed(ward.actor) == [("finding.open", "整改：无直排、偷排、溢流", before)]
        assert step("answer", at=before - 2 * DAY).state is FindingState.ANSWERED
        assert owed(ward.actor) == [("finding.answered", "复查：无直排、偷排、溢流", before)]
        assert numbers_of(reach)[2:] == [0, 1, 0]
        assert step("close", note="").state is FindingState.CLOSED
        assert owed(ward.actor) == []
        assert queries.count_findings(reach) == 0
        steps = db.session.scalars(select(FindingStep).order_by(FindingStep.done_at)).all()
        assert [(one.act, one.done_by, one.note) for one in steps] == [
            ("answer", ward.actor.id, "已加铅封"),
            ("close", ward.actor.id, None),
        ]
        acts = db.session.scalars(select(JournalRow.action).where(JournalRow.action.startswith("inspection_finding.")))
        assert acts.all() == ["inspection_finding.answer", "inspection_finding.close"]


def test_what_is_not_put_right_opens_again_with_a_new_deadline(ward, step):
    with ward.app.app_context():
        step("answer")
        due = (clock.now() + 9 * DAY).replace(second=0, microsecond=0)
        row = step("reopen", due=wall(due))
        assert (row.state, row.due_at) == (FindingState.OPEN, due)


def test_more_time_keeps_the_deadline_before_it(ward, step):
    with ward.app.app_context():
        before = db.session.scalars(select(InspectionFinding)).one().due_at
        due = (before + DAY).replace(second=0, microsecond=0) + timedelta(minutes=1)
        row = step("extend", note="配件未到货", due=wall(due))
        assert (row.state, row.due_at) == (FindingState.OPEN, due)
        [kept] = db.session.scalars(select(FindingStep))
        assert (kept.due_was, kept.due_at, kept.note) == (before, due, "配件未到货")
        with pytest.raises(Refusal, match="due-not-later"):
            step("extend", due=wall(due))


@pytest.mark.parametrize("act", ["close", "reopen"])
def test_an_act_of_another_state_is_refused_and_says_where_the_finding_is(ward, step, act):
    with ward.app.test_request_context(), pytest.raises(Refusal, match="state-moved") as refusal:
        step(act, due=wall(clock.now() + 9 * DAY))
    with ward.app.test_request_context():
        assert "“待整改”" in refusal.value.sentence


def test_a_commander_gives_more_time_and_does_nothing_else(ward, finding):
    masters.person(ward.app, "commander", Role.COMMANDER)
    client = masters.signed_in(ward.app, "commander")
    page = words_of(client.get(f"/inspections/findings/{finding}"))
    assert "延长整改期限" in page
    assert "登记整改情况" not in page
    for act, status in {"extend": 200, "answer": 404, "close": 404}.items():
        assert client.get(f"/inspections/findings/acts/{act}?finding={finding}").status_code == status


def test_an_inspector_of_another_place_finds_nothing(ward, finding):
    masters.person(ward.app, "other", Role.INSPECTOR, place_id=ward.there)
    client = masters.signed_in(ward.app, "other")
    assert client.get(f"/inspections/findings/{finding}").status_code == 404
    assert client.post("/inspections/findings/acts/answer", data={"finding": finding, "note": "x"}).status_code == 404


def test_the_pages_take_a_step_with_photos_and_show_it_at_the_place(ward, inspector, finding):
    form = f"/inspections/findings/acts/answer?finding={finding}"
    assert "整改情况" in words_of(inspector.get(form))
    bare = inspector.post("/inspections/findings/acts/answer", data={"finding": finding, "uuid": uuid4()})
    assert bare.status_code == 422
    sent = {
        "finding": str(finding),
        "note": "已加铅封",
        "uuid": str(uuid4()),
        "evidence": (io.BytesIO(jpeg()), "a.jpg"),
    }
    done = inspector.post("/inspections/findings/acts/answer", data=sent)
    assert (done.status_code, done.location) == (303, f"/inspections/findings/{finding}")
    page = inspector.get(done.location)
    assert "已加铅封" in words_of(page)
    assert "复查合格，销号" in words_of(page)
    photo = page.text.split('<img src="/inspections/photos/')[1][:36]
    assert inspector.get(f"/inspections/photos/{photo}").mimetype == "image/jpeg"
    masters.person(ward.app, "other", Role.INSPECTOR, place_id=ward.there)
    assert masters.signed_in(ward.app, "other").get(f"/inspections/photos/{photo}").status_code == 404
    place = inspector.get(f"/places/{ward.here}")
    assert f'href="/inspections/findings/{finding}"' in place.text
    assert "待复查" in words_of(place)


def test_a_deadline_that_is_not_later_is_blamed_on_its_field(inspector, finding):
    sent = {"finding": str(finding), "note": "配件未到货", "due": "2020-01-01T08:00", "uuid": str(uuid4())}
    answer = inspector.post("/inspections/findings/acts/extend", data=sent)
    assert answer.status_code == 422
    assert "新的期限必须在现在和原来的期限之后" in words_of(answer)
    assert "配件未到货" in answer.text


def test_closed_findings_are_listed_when_they_are_asked_for(ward, inspector, step):
    with ward.app.app_context():
        step("answer")
        step("close")
    shown = {state: inspector.get(f"/inspections/findings?state={state}&format=csv").text for state in STATES}
    assert {state: "旁路阀未封" in text for state, text in shown.items()} == STATES


def test_a_step_recorded_without_a_network_arrives_late_and_a_second_comes_back(ward, inspector, finding):
    device = Device(inspector)
    recorded = clock.now() - timedelta(hours=3)
    fields = {"finding": str(finding), "note": "已加铅封"}
    first, second = (
        device.seal("finding.answer", fields | {"uuid": str(uuid4())}, captured_at=stamp(recorded)) for _ in range(2)
    )
    assert device.send(first)[0]["outcome"] == "receipt"
    [told] = device.send(second)
    assert (told["outcome"], told["code"]) == ("returned", "state-moved")
    with ward.app.app_context():
        [kept] = db.session.scalars(select(FindingStep))
        assert abs(kept.done_at - recorded) < timedelta(seconds=10)
        envelope = db.session.scalars(select(ReceivedEnvelope.id).where(ReceivedEnvelope.state == "returned")).one()
    page = inspector.get(f"/sync/returned/{envelope}").text
    assert f'<option value="{finding}" selected>' in page  # though it is no longer among those to choose from
    assert "已加铅封" in page

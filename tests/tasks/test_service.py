"""An assignment is given, done, checked, sent back, handed on, urged, withdrawn; of two at once the second is told."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from tests.support import masters
from tests.support.device import Device, stamp
from tests.tasks.conftest import wall
from webapp.accounts import queries as persons
from webapp.accounts import service as accounts
from webapp.accounts.models import Person
from webapp.extensions import db
from webapp.kernel import clock, deadlines, entries
from webapp.kernel.access import Role
from webapp.kernel.database import transaction
from webapp.kernel.errors import Refusal
from webapp.kernel.journal import JournalRow
from webapp.tasks import queries
from webapp.tasks.kinds import STEPS
from webapp.tasks.models import Task, TaskStep
from webapp.tasks.rules import Party, TaskState
from webapp.units import service as units

DAY, HALF_HOUR, SECOND = timedelta(days=1), timedelta(minutes=30), timedelta(seconds=1)
COMMANDER = (Role.COMMANDER,)


def kinds_due(actor):
    return [(row.kind, row.level) for row in deadlines.everything_due(actor, clock.now())]


def test_it_goes_from_given_to_closed_and_waits_for_each_in_turn(street, give, act):
    with street.app.test_request_context():
        task = give()
        assert kinds_due(street.by["clerk"]) == [("task.given", "normal")]
        assert kinds_due(street.by["commander"]) == kinds_due(street.by["other"]) == []
        assert act("done", task, "clerk").state is TaskState.DONE
        assert kinds_due(street.by["clerk"]) == []
        assert kinds_due(street.by["commander"]) == [("task.done", "normal")]
        assert act("close", task, "commander").state is TaskState.CLOSED
        assert kinds_due(street.by["commander"]) == []
        acts = [step.act for step in queries.steps_of(task)]
        assert acts == ["give", "done", "close"]
        journal = select(JournalRow.action).where(JournalRow.action.startswith("task."))
        assert db.session.scalars(journal.order_by(JournalRow.seq)).all() == ["task.done", "task.close"]


def test_what_is_not_right_is_sent_back_with_a_reason_and_a_new_deadline(street, give, act):
    with street.app.app_context():
        task = give()
        act("done", task, "clerk")
        due = (clock.now() + 5 * DAY).replace(second=0, microsecond=0)
        row = act("send-back", task, "commander", note="照片看不清", due=wall(due))
        assert (row.state, row.due_at, row.done_at) == (TaskState.GIVEN, due, None)
        assert act("done", task, "clerk").state is TaskState.DONE
        row = act("send-back", task, "commander", note="还差两处")
        assert (row.state, row.due_at) == (TaskState.GIVEN, due)


def test_sent_back_after_its_deadline_it_needs_a_new_one(street, give, act):
    with street.app.app_context():
        began = clock.now() - 3 * DAY
        task = give(at=began, due=began + DAY)
        act("done", task, "clerk")
        with pytest.raises(Refusal, match="task-due-wrong"):
            act("send-back", task, "commander")
        assert act("send-back", task, "commander", due=wall(clock.now() + DAY)).state is TaskState.GIVEN


def test_the_giver_extends_the_deadline_with_a_reason_and_what_is_due_follows(street, give, act):
    with street.app.test_request_context():
        began = clock.now() - 2 * DAY
        task = give(at=began, due=began + DAY)
        act("urge", task, "commander")
        due = (clock.now() + 3 * DAY).replace(second=0, microsecond=0)
        row = act("extend", task, "commander", note="核酸试剂未到", due=wall(due))
        assert (row.state, row.due_at, row.urge_count, row.turn) == (TaskState.GIVEN, due, 0, 1)
        [waiting] = deadlines.everything_due(street.by["clerk"], clock.now())
        assert (waiting.due_at, waiting.level) == (due, "normal")
        steps = queries.steps_of(task)
        assert [(step.act, step.note) for step in steps[-1:]] == [("extend", "核酸试剂未到")]
        assert steps[-1].due_at > steps[0].due_at


@pytest.mark.parametrize(
    ("away", "code"), [(-DAY, "task-due-wrong"), (2 * DAY, "task-due-not-later"), (400 * DAY, "task-due-wrong")]
)
def test_a_deadline_is_not_moved_into_the_past_nor_left_as_it_is(street, give, act, away, code):
    with street.app.test_request_context():
        at = clock.now()
        task = give(at=at, due=at + 2 * DAY)
        with pytest.raises(Refusal, match=code) as refusal:
            act("extend", task, "commander", due=wall(at + away))
        assert refusal.value.field == "due"
        assert "%(" not in refusal.value.sentence


def test_it_is_handed_on_with_its_history_and_the_one_before_sees_it_still(street, give, act):
    with street.app.app_context():
        task = give(person=str(street.by["approver"].id))
        act("urge", task, "commander")
        row = act("hand-on", task, "approver", unit=str(street.here), note="由信息员办理")
        assert (row.unit_id, row.person_id, row.urge_count) == (street.here, None, 0)
        steps = queries.steps_of(task)
        assert [(step.act, step.person, step.unit) for step in steps][::2] == [
            ("give", "Approver", None),
            ("hand-on", None, "单位HERE"),
        ]
        assert queries.find_task(task, street.by["approver"].through(Role.APPROVER))
        with pytest.raises(Refusal, match="task-owner-same"):
            act("hand-on", task, "commander", unit=str(street.here))


def test_it_is_urged_once_in_half_an_hour_and_the_owner_sees_how_often(street, give, act):
    with street.app.test_request_context():
        task, at = give(), clock.now()
        act("urge", task, "commander", at=at)
        with pytest.raises(Refusal, match="task-urged-lately"):
            act("urge", task, "commander", at=at + HALF_HOUR - SECOND)
        assert act("urge", task, "commander", at=at + HALF_HOUR).urge_count == 2
        assert kinds_due(street.by["clerk"]) == [("task.given", "warning")]
        urged = select(func.count()).where(JournalRow.action == "task.urge")
        assert db.session.scalar(urged) == 2


def test_two_presses_of_one_form_are_one(street, give):
    with street.app.app_context():
        task = give()
        for kind, by, more in (
            (STEPS["urge"], "commander", {}),
            (STEPS["done"], "clerk", {"note": "已办"}),
        ):
            typed = MultiDict({"task": str(task), "uuid": str(uuid4())} | more)
            receipts = [entries.deliver(kind, typed, by=street.by[by], at=clock.now()).receipt for _press in range(2)]
            assert [receipt.replayed for receipt in receipts] == [False, True]
        assert db.session.scalar(select(func.count()).select_from(TaskStep)) == 3


def test_of_two_owners_who_finish_at_once_the_second_is_told(street, give, act):
    with street.app.test_request_context():
        task = give()
        act("done", task, "clerk")
        with pytest.raises(Refusal, match="state-moved") as refusal:
            act("done", task, "second")
        assert "“待验收”" in refusal.value.sentence
        assert db.session.scalar(select(func.count()).select_from(TaskStep)) == 2


@pytest.mark.parametrize(("first", "then"), [("hand-on", "done"), ("done", "hand-on"), ("withdraw", "done")])
def test_what_changed_between_the_look_and_the_act_refuses_the_act(street, give, act, monkeypatch, first, then):
    """The row is read before another's act and written after it, as between two processes on PostgreSQL."""
    by = {"done": "clerk", "hand-on": "commander", "withdraw": "commander"}
    more = {"hand-on": {"unit": str(street.beside)}}
    with street.app.app_context():
        task = give()
        seen = queries.find_task(task, street.by["commander"].through(*COMMANDER))
        db.session.expunge(seen)
        act(first, task, by[first], **more.get(first, {}))
        db.session.expunge_all()
        standing = queries.find_standing
        monkeypatch.setattr(queries, "find_task", lambda _id, _reach: seen)
        monkeypatch.setattr(queries, "find_standing", lambda _id, reach: (frozenset(Party), standing(task, reach)[1]))
        with pytest.raises(Refusal, match="state-moved"):
            act(then, task, by[then], **more.get(then, {}))
        assert db.session.scalar(select(func.count()).select_from(TaskStep)) == 2


def test_only_its_parties_act_and_others_find_nothing(street, give, act):
    with street.app.app_context():
        task = give(by="approver")
        for name, by, code in (
            ("done", "other", "task-out-of-reach"),
            ("done", "guard", "task-out-of-reach"),
            ("close", "clerk", "act-not-yours"),
            ("done", "commander", "task-not-yours"),
            ("urge", "commander", "task-not-yours"),
        ):
            if code == "act-not-yours":
                act("done", task, "clerk")
            with pytest.raises(Refusal, match=code):
                act(name, task, by)
            if code == "act-not-yours":
                act("send-back", task, "approver")


@pytest.mark.parametrize("fields", [{"unit": "beside"}, {"person": "other"}, {"person": "guard"}, {"unit": "top"}])
def test_a_leader_gives_within_reach_only(street, give, fields):
    known = vars(street) | {name: actor.id for name, actor in street.by.items()}
    with street.app.app_context():
        typed = {name: str(known[value]) for name, value in fields.items()}
        with pytest.raises(Refusal, match="task-owner-out-of-reach"):
            give(by="approver", **typed)
        assert give(**typed)


def test_a_deadline_in_the_past_or_years_ahead_is_refused(street, give):
    with street.app.app_context():
        for away in (-DAY, 400 * DAY):
            with pytest.raises(Refusal, match="task-due-wrong"):
                give(due=clock.now() + away)
        assert db.session.scalar(select(func.count()).select_from(Task)) == 0


def test_who_sees_it(street, give):
    with street.app.app_context():
        below, here = give(unit=str(street.below)), give()
        own = give(person=str(street.by["guard"].id))
        seen = {
            name: {task for task in (below, here, own) if queries.find_task(task, actor.through(*Role))}
            for name, actor in street.by.items()
        }
        assert seen == {
            "commander": {below, here, own},
            "approver": set(),
            "administrator": set(),
            "clerk": {below, here},
            "second": {below, here},
            "other": set(),
            "guard": {own},
        }


def test_without_an_owner_it_goes_back_to_its_giver(street, give, act):
    """A person is disabled, or a unit has nobody left."""
    with street.app.test_request_context():
        of_person, of_unit = give(person=str(street.by["guard"].id)), give(unit=str(street.beside))
        reach = street.by["commander"].through(*COMMANDER)
        assert [queries.find_standing(task, reach)[1] for task in (of_person, of_unit)] == [False, False]
        for name in ("guard", "other"):
            accounts.disable_person(street.by[name].id, by=street.by["administrator"], at=clock.now())
        assert [queries.find_standing(task, reach)[1] for task in (of_person, of_unit)] == [True, True]
        assert kinds_due(street.by["commander"]) == [("task.ownerless", "warning")] * 2
        act("hand-on", of_person, "commander", unit=str(street.here))
        assert kinds_due(street.by["commander"]) == [("task.ownerless", "warning")]


def test_a_commander_of_the_owner_checks_for_a_giver_who_left(street, give, act):
    with street.app.app_context():
        task = give(by="approver")
        act("done", task, "clerk")
        with pytest.raises(Refusal, match="task-not-yours"):
            act("close", task, "commander")
        accounts.disable_person(street.by["approver"].id, by=street.by["administrator"], at=clock.now())
        assert act("close", task, "commander").state is TaskState.CLOSED


def test_what_was_done_without_a_network_arrives_once_with_its_time(street, give):
    with street.app.app_context():
        task = give(at=clock.now() - DAY)
    device, recorded = Device(masters.signed_in(street.app, "clerk")), clock.now() - timedelta(hours=3)
    fields = {"task": str(task), "note": "已办"}
    first, second = (
        device.seal("task.done", fields | {"uuid": str(uuid4())}, captured_at=stamp(recorded)) for _press in range(2)
    )
    assert device.send(first)[0]["outcome"] == "receipt"
    [answer] = device.send(second)
    assert (answer["outcome"], answer["code"]) == ("returned", "state-moved")
    with street.app.app_context():
        done = db.session.scalars(select(TaskStep).where(TaskStep.act == "done")).one()
        assert abs(done.done_at - recorded) < timedelta(seconds=10)


def test_whose_a_units_assignment_is(street, give):
    """The persons of the unit but its giver, its leader, and those who work with a role over it."""
    more = {
        "home": masters.person(street.app, "home", Role.GATEKEEPER),
        "elsewhere": masters.person(street.app, "elsewhere", Role.INSPECTOR),
        "above": masters.person(street.app, "above", Role.INSPECTOR, unit_id=street.top),
    }
    with street.app.app_context(), transaction() as session:
        units.put_people(street.here, street.by["guard"].id, None)
        for person_id in (more["home"], street.by["commander"].id):
            session.get_one(Person, person_id).unit_id = street.here
    with street.app.app_context():
        task = give()
        by = street.by | {name: persons.standing(id_) for name, id_ in more.items()}
        owners = {
            name for name, actor in by.items() if Party.OWNER in queries.find_standing(task, actor.through(*Role))[0]
        }
        assert owners == {"clerk", "second", "guard", "home", "above"}


@pytest.mark.parametrize(
    ("role", "bond", "is_ownerless"),
    [
        (Role.GATEKEEPER, "home", False),
        (Role.GATEKEEPER, "leader", False),
        (Role.CLERK, "above", False),
        (Role.APPROVER, "above", True),
        (Role.AUDITOR, "home", True),
        (Role.GATEKEEPER, "none", True),
    ],
)
def test_who_keeps_a_unit_from_being_without_an_owner(street, give, role, bond, is_ownerless):
    unit = masters.unit(street.app, "EMPTY", parent_id=street.beside)
    scope = {"unit_id": street.beside} if bond == "above" else {}
    person_id = masters.person(street.app, "single", role, **scope)
    with street.app.app_context(), transaction() as session:
        units.put_people(unit, person_id if bond == "leader" else None, None)
        session.get_one(Person, person_id).unit_id = unit if bond == "home" else None
        session.get_one(Person, street.by["other"].id).disabled_at = clock.now()
    with street.app.app_context():
        task = give(unit=str(unit))
        assert queries.find_standing(task, street.by["commander"].through(*COMMANDER))[1] is is_ownerless

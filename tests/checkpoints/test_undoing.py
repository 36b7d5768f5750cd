"""A wrong arrival taken back: by whom, when and why; it counts nowhere, and nothing is deleted."""

from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from werkzeug.datastructures import MultiDict

from tests.checkpoints.conftest import HTMX, WANG
from tests.checkpoints.test_offline import head_count, returned_page, visit_of
from tests.support import masters
from webapp.accounts import queries as accounts
from webapp.checkpoints import kinds, queries, service
from webapp.checkpoints.figures import FIGURES
from webapp.checkpoints.models import Visit
from webapp.extensions import db
from webapp.kernel import clock, entries
from webapp.kernel.access import Role
from webapp.kernel.entries import Entry
from webapp.kernel.errors import Refusal
from webapp.kernel.figures import number_of
from webapp.places.rules import PlaceKind


@pytest.fixture
def undo(gates):
    """undo(visit_id): one arrival taken back by the gatekeeper; use inside `app.app_context()`."""

    def undo(visit_id, by=None, at=None, **changes):
        fields = {"visit": str(visit_id), "why": "按错了", "uuid": str(uuid4())} | changes
        return entries.deliver(kinds.VISIT_UNDO, MultiDict(fields), by=by or gates.actor, at=at or clock.now())

    return undo


def refused(act, *args, **more):
    with pytest.raises(Refusal) as caught:
        act(*args, **more)
    db.session.rollback()
    return caught.value.code


def figures_of(reach, at):
    """Arrivals of today, visits inside, people inside."""
    numbers = {figure.code: number_of(figure, reach, clock.district_day(at)) for figure in FIGURES}
    people = queries.people_inside(reach, {"inside": True})
    return numbers["checkpoints.arrivals"], numbers["checkpoints.inside"], people


def test_an_arrival_taken_back_counts_nowhere_and_stays_on_the_record(app, gates, visit, undo):
    at = clock.now()
    with app.app_context():
        reach = gates.actor.through(Role.GATEKEEPER)
        assert figures_of(reach, at) == (1, 1, 1)
        assert undo(visit, at=at).receipt
        assert queries.head_count(gates.here) == 0
        assert figures_of(reach, at) == (0, 0, 0)
        assert sum(arrivals for _hour, arrivals in queries.by_hour(reach, at)) == 0
        row = db.session.get_one(Visit, visit)
        assert (row.undone_at, row.undone_by, row.undo_reason) == (at, gates.actor.id, "按错了")
        assert db.session.scalar(select(func.count()).select_from(Entry)) == 2
        assert "按错了" not in repr(list(db.session.execute(text("SELECT * FROM visit"))))


def test_it_is_taken_back_once_and_for_a_reason(app, visit, undo):
    with app.app_context():
        assert undo(visit, why="  ").receipt is None
        assert undo(visit).receipt
        assert refused(undo, visit) == "already-undone"
        assert refused(undo, uuid4()) == "arrival-missing"


def test_nobody_leaves_after_it_and_the_person_may_come_again(app, gates, visit, undo, leave, arrive):
    with app.app_context():
        undo(visit)
        assert refused(leave, visit) == "arrival-undone"
        assert arrive().receipt
        assert queries.head_count(gates.here) == 1


def test_a_visit_that_has_ended_can_be_taken_back_too(app, gates, gone, undo):
    with app.app_context():
        assert undo(gone).receipt
        assert refused(service.undo_departure, gone, by=gates.actor, at=clock.now()) == "left-too-long-ago"
        assert queries.head_count(gates.here) == 0


def test_another_gates_arrival_is_out_of_reach(app, gates, visit, undo):
    with app.app_context():
        person_id = masters.person(app, "other", Role.GATEKEEPER, place_id=gates.there)
        other = accounts.actor_of(accounts.find_person(person_id))
        assert refused(undo, visit, by=other) == "arrival-missing"
    client = masters.signed_in(app, "other")
    answer = client.post(f"/checkpoints/{gates.there}/arrivals/undo", data={"visit": visit, "why": "按错了"})
    assert answer.status_code == 404


def test_a_wrong_move_gives_the_other_gate_its_visitor_back(app, gates, visit, arrive, undo):
    with app.app_context():
        person_id = masters.person(app, "other", Role.GATEKEEPER, place_id=gates.there)
        other = accounts.actor_of(accounts.find_person(person_id))
        moved = arrive(by=other, place=gates.there, elsewhere="move", at=clock.now() + timedelta(minutes=1))
        assert (queries.head_count(gates.here), queries.head_count(gates.there)) == (0, 1)
        undo(moved.receipt.uuid, by=other)
        assert (queries.head_count(gates.here), queries.head_count(gates.there)) == (1, 0)


def test_a_wrong_move_of_somebody_known_under_two_keys_gives_both_gates_back(app, gates, visit, arrive, undo):
    """By phone at one gate and by passport with another phone at the second; both at the third: one person."""
    passport = {"id_type": "passport", "id_number": "E12345678"}
    with app.app_context():
        third = masters.place(app, "G-03", PlaceKind.CHECKPOINT)
        person_id = masters.person(app, "other", Role.GATEKEEPER)
        other = accounts.actor_of(accounts.find_person(person_id))
        nameless = {"id_type": None, "id_number": None, "name": "李雷", "phone": "13900139000"}
        arrive(**nameless)
        arrive(by=other, place=gates.there, **nameless | passport | {"phone": "13700137000"})
        stranger = arrive(by=other, place=gates.there, **nameless | {"name": "韩梅"}).receipt.uuid
        both = {"place": third, "elsewhere": "move", "at": clock.now() + timedelta(minutes=1)}
        moved = arrive(by=other, **nameless | passport | both)
        heads = [queries.head_count(gate) for gate in (gates.here, gates.there, third)]
        assert heads == [1, 1, 1], "王秀英 and the namesake of the phone stay where they are"
        undo(moved.receipt.uuid, by=other)
        assert [queries.head_count(gate) for gate in (gates.here, gates.there, third)] == [2, 2, 0]
        assert db.session.get_one(Visit, stranger).is_inside


def test_who_arrived_late_and_had_moved_on_is_back_when_that_move_was_wrong(app, gates, visit, arrive, undo):
    with app.app_context():
        person_id = masters.person(app, "other", Role.GATEKEEPER, place_id=gates.there)
        other = accounts.actor_of(accounts.find_person(person_id))
        arrive(by=other, place=gates.there, elsewhere="move", at=clock.now() - timedelta(hours=1))
        assert (queries.head_count(gates.here), queries.head_count(gates.there)) == (1, 0)
        undo(visit)
        assert (queries.head_count(gates.here), queries.head_count(gates.there)) == (0, 1)


def test_the_gate_offers_it_at_once_and_asks_why(app, gates, keeper_of_gate, gate_url, visit):
    page = keeper_of_gate.get(f"{gate_url}/gate?done={visit}").text
    assert f"{gate_url}/arrivals/undo" in page
    asked = keeper_of_gate.post(f"{gate_url}/arrivals/undo", data={"visit": visit, "why": ""}, headers=HTMX)
    assert (asked.status_code, "请填写这一项" in asked.text) == (422, True)
    done = keeper_of_gate.post(f"{gate_url}/arrivals/undo", data={"visit": visit, "why": "人没有进来"}, headers=HTMX)
    assert "已撤销到达登记" in done.text
    assert head_count(gates) == 0
    shown = keeper_of_gate.get(f"/checkpoints/visits/{visit}").text
    assert "人没有进来" in shown
    assert "Gatekeeper" in shown
    assert str(visit) not in keeper_of_gate.get("/checkpoints/visits").text
    assert str(visit) in keeper_of_gate.get("/checkpoints/visits?undone=y").text


def test_what_names_no_visit_is_a_bad_request(keeper_of_gate, gate_url):
    assert keeper_of_gate.post(f"{gate_url}/arrivals/undo", data={"why": "按错了"}).status_code == 400


def seal_undo(tablet, came):
    fields = {"uuid": str(uuid4()), "visit": came["uuid"], "why": "登记错了人"}
    return tablet.device.seal("visit.undo", fields)


def test_what_still_waits_is_taken_back_when_it_arrives(gates, tablet):
    came = tablet.arrived(9, companions="3")
    assert tablet.send(came, seal_undo(tablet, came)) == [("receipt", None)] * 2
    assert head_count(gates) == 0
    assert visit_of(gates, came).undone_at


def test_what_has_arrived_is_taken_back_from_the_device(gates, tablet):
    came = tablet.arrived(9)
    assert tablet.send(came) == [("receipt", None)]
    assert tablet.send(seal_undo(tablet, came)) == [("receipt", None)]
    assert head_count(gates) == 0


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_arrival_departure_and_undo_end_alike_in_any_order(gates, tablet, order):
    came = tablet.arrived(9)
    batch = [came, tablet.left(5, visit=came["uuid"]), seal_undo(tablet, came)]
    for at in order:
        tablet.send(batch[at])
    while "/sync/returned/" in tablet.client.get("/sync/returned").text:  # too early: its author sends it again
        url, page = returned_page(tablet)
        more = {"why": "登记错了人"} if 'name="why"' in page.text else {"place": gates.here}
        sent = tablet.client.post(url, data={"visit": came["uuid"]} | more)
        if sent.status_code != 303:  # the departure of an arrival taken back
            assert "已经撤销" in sent.text
            break
    assert visit_of(gates, came).undone_at
    assert head_count(gates) == 0


def test_who_was_taken_back_is_still_found(app, gates, keeper_of_gate, gate_url, visit, undo):
    with app.app_context():
        undo(visit)
    assert f'name="known" value="{visit}"' in keeper_of_gate.post(f"{gate_url}/look", data={"q": WANG["phone"]}).text

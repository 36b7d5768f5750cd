"""Arrivals and departures: found again, inside once, counted exactly, sealed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text

from tests.checkpoints.conftest import WANG
from tests.support import masters
from webapp.accounts import queries as accounts
from webapp.checkpoints import queries, service
from webapp.checkpoints.models import Visit
from webapp.checkpoints.rules import Decision
from webapp.district import service as district
from webapp.district.queries import preferences
from webapp.district.rules import Comparison
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.entries import Entry, EntryConflict
from webapp.kernel.errors import Refusal
from webapp.places.rules import PlaceKind


@pytest.fixture(autouse=True)
def _context(app, gates):
    with app.app_context():
        yield


def visit_of(delivery):
    assert delivery.receipt, delivery.form.errors
    return db.session.get_one(Visit, delivery.receipt.uuid)


def refused(act, *args, **more):
    with pytest.raises(Refusal) as caught:
        act(*args, **more)
    return caught.value.code


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_an_arrival_keeps_what_was_proposed_and_what_was_decided(arrive, gates):
    visit = visit_of(arrive(companions="2"))
    assert (visit.proposed, visit.decision, visit.reasons) == (Decision.PASS, Decision.PASS, [])
    assert (visit.celsius, visit.people, visit.recorded_by) == (Decimal("36.5"), 3, gates.actor.id)
    assert visit.is_inside


@pytest.mark.parametrize(
    "q",
    [
        "13800138000",
        "138 0013 8000",
        WANG["id_number"].lower(),
        "鲁a·12345",
        "王秀英",
        "１３８００１３８０００",
        "+86 138 0013 8000",
    ],
)
def test_a_returning_visitor_is_found(arrive, gates, q):
    visit = visit_of(arrive())
    assert [one.id for one in queries.returning(q, gates.actor.through(Role.GATEKEEPER))] == [visit.id]


@pytest.mark.parametrize(
    "typed", ["阿依古丽‧买买提", "阿依古丽・买买提", "阿依古丽∙买买提", "阿依古丽．买买提", "阿依古丽买买提"]
)
def test_a_name_is_found_by_any_middle_dot(arrive, gates, typed):
    visit = visit_of(arrive(name="阿依古丽·买买提"))
    assert [one.id for one in queries.returning(typed, gates.actor.through(Role.GATEKEEPER))] == [visit.id]


@pytest.mark.parametrize("phone", ["+852 9123 4567", "+853 66123456", "0044 7911 123456"])
def test_a_phone_of_elsewhere_is_recorded_and_found(arrive, gates, phone):
    visit = visit_of(arrive(phone=phone, id_type=None, id_number=None))
    assert [one.id for one in queries.returning(phone.replace(" ", "-"), gates.actor.through(Role.GATEKEEPER))] == [
        visit.id
    ]


@pytest.mark.parametrize("q", ["1380013800", "王秀", "12345", "", "%", "鲁A1234_", "😀"])
def test_half_a_number_finds_nobody(arrive, gates, q):
    arrive()
    assert queries.returning(q, gates.actor.through(Role.GATEKEEPER)) == []


def test_a_returning_visitor_is_found_once_with_the_last_visit(arrive, leave, gates):
    first = visit_of(arrive())
    leave(first.id)
    second = visit_of(arrive(at=clock.now() + timedelta(minutes=1), plate="鲁B54321"))
    assert [one.id for one in queries.returning(WANG["phone"], gates.actor.through(Role.GATEKEEPER))] == [second.id]


def test_a_known_visitor_needs_no_name_again(arrive, leave):
    first = visit_of(arrive())
    leave(first.id)
    again = visit_of(arrive(known=first.id, name=None, phone=None, id_type=None, id_number=None))
    assert (again.name, again.phone, again.id_number) == (WANG["name"], WANG["phone"], WANG["id_number"])
    assert again.identity_blind == db.session.get_one(Visit, first.id).identity_blind


def test_somebody_inside_is_not_let_in_again(arrive, gates):
    visit_of(arrive())
    assert refused(arrive) == "already-inside"
    db.session.rollback()
    assert queries.head_count(gates.here) == 1
    assert (count(Visit), count(Entry)) == (1, 1)


def test_two_people_with_one_phone_are_two_by_their_documents(arrive, gates):
    visit_of(arrive())
    visit_of(arrive(id_type="passport", id_number="E12345678", name="李雷"))
    assert queries.head_count(gates.here) == 2


def test_who_was_refused_may_come_again(arrive, gates):
    visit_of(arrive(celsius="37.3", decision="refuse"))
    visit_of(arrive(celsius="37.3", decision="refuse"))
    visit_of(arrive())
    assert queries.head_count(gates.here) == 1


def test_leaving_twice_is_refused_the_second_time(arrive, leave, gates):
    visit = visit_of(arrive())
    assert leave(visit.id).receipt
    assert refused(leave, visit.id) == "already-left"
    assert queries.head_count(gates.here) == 0


def test_who_never_came_in_cannot_leave(arrive, leave):
    visit = visit_of(arrive(celsius="37.3", decision="refuse"))
    assert refused(leave, visit.id) == "already-left"


def test_the_head_count_is_of_people_not_of_cars(arrive, leave, gates):
    first = visit_of(arrive(companions="3"))
    visit_of(arrive(id_type="passport", id_number="E12345678", companions="0"))
    visit_of(arrive(id_type="passport", id_number="E99999999", companions="5", celsius="38", decision="refuse"))
    assert queries.head_count(gates.here) == 5
    leave(first.id)
    assert queries.head_count(gates.here) == 1
    assert queries.head_count(gates.there) == 0


def test_a_departure_is_undone_within_ten_minutes(arrive, leave, gates):
    at = clock.now()
    visit = visit_of(arrive(at=at))
    leave(visit.id, at=at)
    service.undo_departure(visit.id, by=gates.actor, at=at + timedelta(minutes=9, seconds=59))
    assert queries.head_count(gates.here) == 1
    leave(visit.id, at=at)
    late = at + timedelta(minutes=10)
    assert refused(service.undo_departure, visit.id, by=gates.actor, at=late) == "left-too-long-ago"
    assert queries.head_count(gates.here) == 0


def test_a_departure_is_not_undone_once_the_visitor_is_back(arrive, leave, gates):
    first = visit_of(arrive()).id
    leave(first)
    visit_of(arrive())
    assert refused(service.undo_departure, first, by=gates.actor, at=clock.now()) == "already-inside"
    assert queries.head_count(gates.here) == 1


def test_deciding_otherwise_needs_a_reason(arrive):
    assert refused(arrive, celsius="37.3", decision="pass") == "reason-needed"
    assert refused(arrive, celsius="37.3", decision="pass", override_reason="   ") == "reason-needed"
    assert refused(arrive, celsius=None, decision="pass") == "reason-needed"
    db.session.rollback()
    assert (count(Visit), count(Entry)) == (0, 0)
    visit = visit_of(arrive(celsius="37.3", decision="pass", override_reason="复测36.8"))
    assert (visit.proposed, visit.decision, visit.override_reason) == (Decision.REFUSE, Decision.PASS, "复测36.8")


@pytest.mark.parametrize(
    ("threshold", "comparison", "celsius", "is_let_in"),
    [
        ("37.3", Comparison.AT_LEAST, "37.2", True),
        ("37.3", Comparison.AT_LEAST, "37.3", False),
        ("37.3", Comparison.ABOVE, "37.3", True),
        ("37.3", Comparison.ABOVE, "37.4", False),
        ("38.0", Comparison.AT_LEAST, "37.9", True),
        ("38.0", Comparison.AT_LEAST, "38.0", False),
    ],
)
def test_threshold_and_operator_are_the_districts(arrive, threshold, comparison, celsius, is_let_in):
    chosen = replace(preferences(), fever_celsius=Decimal(threshold), fever_comparison=comparison)
    district.change_preferences(chosen, by=None, at=clock.now())
    if is_let_in:
        assert visit_of(arrive(celsius=celsius)).proposed is Decision.PASS
    else:
        assert refused(arrive, celsius=celsius) == "reason-needed"


def test_a_risk_area_is_referred(arrive, gates):
    chosen = replace(preferences(), risk_areas=("武汉市",))
    district.change_preferences(chosen, by=None, at=clock.now())
    assert refused(arrive, origin="湖北省武汉市", celsius="36.5", decision="pass") == "reason-needed"
    visit = visit_of(arrive(origin="湖北省武汉市", celsius="36.5", decision="refer"))
    assert (visit.proposed, visit.reasons) == (Decision.REFER, ["risk_area"])


def test_the_same_arrival_again_gets_the_same_receipt(arrive, leave, gates):
    uuid = uuid4()
    first = arrive(uuid=uuid).receipt
    leave(uuid)
    again = arrive(uuid=uuid).receipt
    assert (again.seq, again.replayed) == (first.seq, True)
    assert (count(Visit), queries.head_count(gates.here)) == (1, 0)


def test_another_content_under_the_same_id_is_a_conflict_and_both_are_kept(arrive):
    uuid = uuid4()
    arrive(uuid=uuid)
    assert refused(arrive, uuid=uuid, celsius="36.6") == "entry-conflict"
    assert (count(Visit), count(EntryConflict)) == (1, 1)


def test_the_same_departure_again_gets_the_same_receipt(arrive, leave):
    visit, uuid = visit_of(arrive()), uuid4()
    first = leave(visit.id, uuid=uuid).receipt
    assert leave(visit.id, uuid=uuid).receipt.seq == first.seq


def test_who_came_cannot_be_read_from_the_tables(arrive):
    visit_of(arrive(host="县医院张主任", purpose="探病"))
    told = repr([list(db.session.execute(text(f"SELECT * FROM {table}"))) for table in ("visit", "entry", "journal")])
    for secret in ("王秀英", "13800138000", "11010519491231002X", "鲁A12345", "县医院张主任"):
        assert secret not in told
    assert "36" in told


def test_another_gate_is_out_of_reach(arrive, gates):
    assert refused(arrive, place=gates.there) == "gate-out-of-reach"
    assert refused(arrive, place=masters.place(gates.app, "H-01", PlaceKind.HOSPITAL)) == "gate-out-of-reach"
    assert refused(arrive, place=uuid4()) == "gate-out-of-reach"


def test_a_visit_to_another_gate_is_neither_found_nor_ended(arrive, leave, gates):
    other = masters.person(gates.app, "other", Role.GATEKEEPER, place_id=gates.there)
    stranger = accounts.actor_of(accounts.find_person(other))
    visit = visit_of(arrive()).id
    assert queries.returning(WANG["phone"], stranger.through(Role.GATEKEEPER)) == []
    assert queries.find_visit(visit, stranger.through(Role.GATEKEEPER)) is None
    assert refused(leave, visit, by=stranger) == "arrival-missing"
    assert refused(service.undo_departure, visit, by=stranger, at=clock.now()) == "gate-out-of-reach"
    assert refused(arrive, by=stranger, place=gates.there, known=visit) == "gate-out-of-reach"


# The first and the last second of a day, and both sides of an hour.
TIMES = [(0, 0, 0), (0, 14, 59), (8, 59, 59), (9, 0, 0), (9, 15, 0), (23, 59, 59)]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Kathmandu", "America/New_York"])
def test_arrivals_are_counted_by_the_hours_of_the_districts_zone(app, gates, arrive, zone):
    app.config["ZONE"] = zone
    moments = (datetime(2026, 11, 27, hour, minute, second, tzinfo=ZoneInfo(zone)) for hour, minute, second in TIMES)
    with app.app_context():
        for number, moment in enumerate(moments):
            arrive(at=moment.astimezone(UTC), phone=f"1380013{number:04d}", id_number=None, id_type=None, plate=None)
        noon = datetime(2026, 11, 27, 12, tzinfo=ZoneInfo(zone))
        hours = queries.by_hour(gates.actor.through(Role.GATEKEEPER), noon)
    assert [hour for hour, _arrivals in hours] == list(range(24))
    assert {hour: arrivals for hour, arrivals in hours if arrivals} == {0: 2, 8: 1, 9: 2, 23: 1}

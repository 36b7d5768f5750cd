"""Who is who: a document, else phone and name; a phone alone is contact data. Nobody is inside twice without a word."""

from datetime import timedelta

import pytest

from tests.checkpoints.conftest import WANG
from tests.support import masters
from webapp.accounts import queries as accounts
from webapp.checkpoints import queries, service
from webapp.checkpoints.models import Visit
from webapp.checkpoints.rules import Identity
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.errors import Refusal
from webapp.places.rules import PlaceKind

NO_DOCUMENT = {"id_type": None, "id_number": None}
PASSPORT = {"id_type": "passport", "id_number": "E12345678"}


@pytest.fixture(autouse=True)
def _context(app, gates):
    with app.app_context():
        yield


@pytest.fixture
def other(gates):
    """The gatekeeper of the second gate."""
    person_id = masters.person(gates.app, "other", Role.GATEKEEPER, place_id=gates.there)
    db.session.rollback()
    return accounts.actor_of(accounts.find_person(person_id))


@pytest.fixture
def reach(gates):
    """Everything an auditor of the district sees."""
    person_id = masters.person(gates.app, "auditor", Role.AUDITOR)
    db.session.rollback()
    return accounts.actor_of(accounts.find_person(person_id)).through(Role.AUDITOR)


def visit_of(delivery):
    assert delivery.receipt, delivery.form.errors
    return db.session.get_one(Visit, delivery.receipt.uuid)


def refused(act, *args, **more):
    with pytest.raises(Refusal) as caught:
        act(*args, **more)
    db.session.rollback()
    return caught.value.code


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (("D", "P", "N"), ("D", "Q", "M"), True),
        (("D", "P", "N"), ("E", "P", "N"), False),
        (("D", "P", "N"), (None, "P", "N"), True),
        ((None, "P", "N"), (None, "P", "N"), True),
        ((None, "P", "N"), (None, "P", "M"), False),
        ((None, "P", "N"), (None, "Q", "N"), False),
        (("D", None, "N"), (None, "P", "N"), False),
        ((None, None, "N"), (None, None, "N"), False),
    ],
)
def test_a_person_is_a_document_or_else_phone_and_name(one, other, is_same):
    assert Identity(*one).is_of(Identity(*other)) is is_same
    assert Identity(*other).is_of(Identity(*one)) is is_same


def test_a_child_is_let_in_with_the_parents_phone(arrive, gates):
    visit_of(arrive(**NO_DOCUMENT))
    visit_of(arrive(**NO_DOCUMENT, name="王小宝"))
    assert queries.head_count(gates.here) == 2
    assert refused(arrive, **NO_DOCUMENT, name="王小宝") == "already-inside"
    assert refused(arrive, **NO_DOCUMENT, name="王 小·宝", phone="+86 138-0013-8000") == "already-inside"
    assert queries.head_count(gates.here) == 2


@pytest.mark.parametrize(("first", "then"), [(NO_DOCUMENT, {}), ({}, NO_DOCUMENT), ({}, {"phone": "13900139000"})])
def test_the_same_person_is_one_by_phone_and_by_document(arrive, gates, first, then):
    visit_of(arrive(**first))
    assert refused(arrive, **then) == "already-inside"
    assert queries.head_count(gates.here) == 1


def test_two_documents_are_two_persons_under_one_phone(arrive, gates):
    visit_of(arrive())
    visit_of(arrive(**PASSPORT, name="李雷"))
    assert queries.head_count(gates.here) == 2


def test_family_and_person_are_found_by_the_phone_each_once(arrive, leave, gates):
    reach = gates.actor.through(Role.GATEKEEPER)
    leave(visit_of(arrive(**NO_DOCUMENT)).id)
    parent = visit_of(arrive(at=clock.now() + timedelta(minutes=1)))
    child = visit_of(arrive(**NO_DOCUMENT, name="王小宝", at=clock.now() + timedelta(minutes=2)))
    assert [visit.id for visit in queries.returning(WANG["phone"], reach)] == [child.id, parent.id]


def test_a_departure_is_not_undone_when_the_visitor_is_back_under_another_number(arrive, leave, gates):
    first = visit_of(arrive()).id
    leave(first)
    visit_of(arrive(**NO_DOCUMENT))
    assert refused(service.undo_departure, first, by=gates.actor, at=clock.now()) == "already-inside"
    assert queries.head_count(gates.here) == 1


def test_somebody_inside_another_gate_is_said_aloud(arrive, gates, other):
    visit_of(arrive())
    with pytest.raises(Refusal) as caught:
        arrive(by=other, place=gates.there, **NO_DOCUMENT)
    assert (caught.value.code, caught.value.field, caught.value.status) == ("inside-elsewhere", "elsewhere", 409)
    assert "G-01" in caught.value.sentence
    db.session.rollback()
    assert (queries.head_count(gates.here), queries.head_count(gates.there)) == (1, 0)


def test_every_gate_somebody_is_inside_is_named(app, arrive, gates, other):
    third = masters.place(app, "G-03", PlaceKind.CHECKPOINT)
    person_id = masters.person(app, "third", Role.GATEKEEPER, place_id=third)
    db.session.rollback()
    keeper_of_third = accounts.actor_of(accounts.find_person(person_id))
    visit_of(arrive())
    visit_of(arrive(by=other, place=gates.there, elsewhere="stay", at=clock.now() + timedelta(minutes=1)))
    with pytest.raises(Refusal) as caught:
        arrive(by=keeper_of_third, place=third)
    assert "在“场所G-02”、“场所G-01”登记在内" in caught.value.sentence
    db.session.rollback()


def test_a_refusal_at_another_gate_asks_nothing(arrive, gates, other):
    visit_of(arrive())
    visit_of(arrive(by=other, place=gates.there, celsius="38.0", decision="refuse"))
    assert queries.head_count(gates.there) == 0


def test_who_came_over_leaves_the_other_gate(arrive, gates, other, reach):
    first = visit_of(arrive(companions="2")).id
    second = visit_of(arrive(by=other, place=gates.there, elsewhere="move", companions="1", **NO_DOCUMENT))
    assert (queries.head_count(gates.here), queries.head_count(gates.there)) == (0, 2)
    left = db.session.get_one(Visit, first)
    assert (left.left_at, left.left_by) == (second.entered_at, other.id)
    assert queries.people_inside(reach, {"inside": True}) == 2


def test_who_stays_at_both_is_one_person_of_the_district(arrive, gates, other, reach):
    visit_of(arrive(companions="2"))
    late = {"elsewhere": "stay", "companions": "1", "at": clock.now() + timedelta(minutes=1)}
    visit_of(arrive(by=other, place=gates.there, **late, **NO_DOCUMENT))
    assert (queries.head_count(gates.here), queries.head_count(gates.there)) == (3, 2)
    assert queries.people_inside(reach, {"inside": True}) == 2, (
        "the person once, with the companions of the last arrival"
    )
    visit_of(arrive(name="李雷", phone="13900139000", **NO_DOCUMENT))
    assert queries.people_inside(reach, {"inside": True}) == 3


def test_a_late_arrival_before_the_other_gates_ends_when_that_began(arrive, gates, other):
    at = clock.now()
    visit_of(arrive(at=at))
    late = visit_of(arrive(by=other, place=gates.there, elsewhere="move", at=at - timedelta(hours=1)))
    assert late.left_at == at
    assert (queries.head_count(gates.here), queries.head_count(gates.there)) == (1, 0)

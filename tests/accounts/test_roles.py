"""Which roles may be given, and over what."""

from uuid import uuid4

import pytest

from tests.support.masters import administrator, person, place
from tests.support.reading import words_of
from webapp.accounts.labels import scope_problem
from webapp.kernel.access import OF_A_PLACE, OF_A_UNIT, Grant, Role

PLACE, UNIT = {"place_id": uuid4()}, {"unit_id": uuid4()}


@pytest.fixture
def context(app):
    with app.test_request_context():
        yield


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("role", sorted(OF_A_PLACE))
def test_a_role_of_a_place_holds_over_one_place_only(context, role):
    assert scope_problem(Grant(role, **PLACE)) is None
    assert scope_problem(Grant(role, **UNIT))
    assert scope_problem(Grant(role))


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("role", sorted(OF_A_UNIT))
def test_a_role_of_a_unit_does_not_hold_over_a_place(context, role):
    assert scope_problem(Grant(role, **PLACE))
    assert scope_problem(Grant(role, **UNIT)) is None
    assert scope_problem(Grant(role)) is None


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("scope", [PLACE, UNIT, {}])
def test_the_first_roles_hold_over_any_scope(context, scope):
    assert [role for role in Role if role not in OF_A_PLACE | OF_A_UNIT and scope_problem(Grant(role, **scope))] == []


@pytest.mark.only_on("sqlite")
def test_a_role_without_features_is_not_offered(app, monkeypatch):
    monkeypatch.setitem(app.extensions, "frontline.offered_roles", (Role.KEEPER, Role.ADMINISTRATOR))
    boss = administrator(app)
    offered = boss.get("/persons/add").text
    assert 'value="keeper"' in offered
    assert 'value="driver"' not in offered
    held = person(app, "chang", Role.DRIVER)
    assert 'value="driver"' in boss.get(f"/persons/{held}/edit").text, (
        "who holds it keeps it when their name is changed"
    )


@pytest.mark.only_on("sqlite")
def test_a_wrong_scope_is_said_in_its_place(app, monkeypatch):
    monkeypatch.setitem(app.extensions, "frontline.offered_roles", tuple(Role))
    boss, gate = administrator(app), place(app, "CP-1")
    typed = {"username": "zhang", "name": "张三", "granted-0-role": "requester", "granted-0-scope": "district"}
    refused = boss.post("/persons/add", data=typed)
    assert refused.status_code == 422
    assert "“物资申领人”只管一个场所，请选择这个场所。" in words_of(refused)
    assert boss.post("/persons/add", data=typed | {"granted-0-scope": f"place:{gate}"}).status_code == 200

"""What one role lets a person see, another role of theirs with another scope does not let them change."""

import re
from uuid import UUID, uuid4

import pytest

from tests.faults import world as district
from tests.faults.test_requests import IN_COMMON, strangers
from tests.support import masters
from webapp.accounts.models import Person, PersonGrant
from webapp.checkpoints.models import Visit
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.database import transaction
from webapp.kernel.journal import JournalRow
from webapp.places.models import Place
from webapp.units.models import Unit

REASON = {"reason": "核对身份", "note": "核对身份"}
UUID_TEXT = r"[0-9a-f]{8}-[0-9a-f-]{27}"


@pytest.fixture
def world(app):
    return district.build(app)


def with_second_role(app, second):
    """Somebody of every role over something else, who also holds `second` over the whole district."""
    strangers(app)
    clients = {}
    for role in masters.CAST:
        with app.app_context(), transaction() as session:
            person = session.scalars(db.select(Person).where(Person.username == f"other-{role.value}")).one()
            session.add(PersonGrant(person_id=person.id, role=second))
        clients[role.value] = masters.signed_in(app, f"other-{role.value}")
    return clients


def acts_by_id(world, seen_by):
    """(endpoint, method, path) of what an id is asked for and the seeing role does not open by itself."""
    for method in ("GET", "POST"):
        for endpoint, path in district.addresses(world, method):
            roles = district.ACCESS[endpoint]
            is_guarded = roles != district.PUBLIC and endpoint not in IN_COMMON and seen_by not in roles
            if is_guarded and re.search(UUID_TEXT, path):
                yield endpoint, method, path


@pytest.mark.parametrize(
    ("second", "headers"), [(Role.AUDITOR, {}), (Role.COMMANDER, {"HX-Request": "true"})], ids=["page", "fragment"]
)
def test_what_a_district_role_sees_no_other_role_of_the_person_changes(app, world, second, headers):
    clients = with_second_role(app, second)
    before, done, asked = district.contents(app), {}, set()
    for endpoint, method, path in acts_by_id(world, second.value):
        for role in sorted(district.ACCESS[endpoint] & set(clients)):
            status = clients[role].open(path, method=method, data=REASON, headers=headers).status_code
            asked.add(endpoint)
            if status not in (403, 404):
                done[endpoint, method, role] = status
    assert done == {}
    assert {"reveal.person", "accounts.reset_password", "places.edit", "units.edit", "sync.release"} <= asked
    after = district.contents(app)
    assert {name for name in after if after[name] != before[name]} == set()


def test_no_page_offers_an_act_that_it_would_refuse(app, world):
    clients, refused, answers = with_second_role(app, Role.AUDITOR), {}, {}
    for endpoint, path in district.addresses(world, "GET"):
        roles = district.ACCESS[endpoint]
        for role in () if roles == district.PUBLIC else sorted(roles & set(clients)):
            page = clients[role].get(path)
            if page.status_code != 200 or page.mimetype != "text/html":
                continue
            parser = district._Forms()
            parser.feed(page.text)
            links = set(re.findall(r'href="(/[^"#]*)"', page.text)) | {action for action in parser.forms if action}
            for link in sorted(links - {"/sign-out"}):
                if "/static/" not in link and (role, link) not in answers:
                    answers[role, link] = clients[role].get(link).status_code
                if answers.get((role, link)) == 403:
                    refused[endpoint, role] = link
    assert refused == {}


@pytest.fixture
def bureau(app):
    """Two bureaus with somebody, a gate and a place each; a person who administers A and audits the district."""
    ours, theirs = masters.unit(app, "A"), masters.unit(app, "B")
    masters.person(app, "both", Role.ADMINISTRATOR, unit_id=ours)
    with app.app_context(), transaction() as session:
        person = session.scalars(db.select(Person).where(Person.username == "both")).one()
        session.add(PersonGrant(person_id=person.id, role=Role.AUDITOR))
    return ours, theirs, masters.signed_in(app, "both")


def roleless(app, unit_id):
    person = masters.person(app, "roleless", Role.INSPECTOR, unit_id=unit_id, phone="13800138000")
    with app.app_context(), transaction() as session:
        session.execute(db.update(Person).where(Person.id == person).values(unit_id=unit_id))
        session.execute(db.delete(PersonGrant).where(PersonGrant.person_id == person))
    return person


@pytest.mark.parametrize("act", ["reset-password", "reset-second-factor", "disable", "enable", "end-sessions", "phone"])
def test_a_person_of_another_bureau_who_has_no_role_is_out_of_reach(app, bureau, act):
    _ours, theirs, both = bureau
    person = roleless(app, theirs)
    page = both.get(f"/persons/{person}")
    assert page.status_code == 200, "the auditor sees them"
    assert "138****8000" not in page.text
    answer = both.post(f"/persons/{person}/{act}", data=REASON)
    assert answer.status_code == 404


def test_a_person_is_not_moved_to_another_bureau_nor_added_there(app, bureau):
    ours, theirs, both = bureau
    person = roleless(app, ours)
    for url, more in ((f"/persons/{person}/edit", {}), ("/persons/add", {"username": "newcomer"})):
        for unit in (theirs, ""):
            answer = both.post(url, data={"name": "新人", "unit": str(unit), **more})
            assert answer.status_code in (403, 422), (url, unit)
    with app.app_context():
        assert db.session.get(Person, person).unit_id == ours
        assert db.session.scalars(db.select(Person).where(Person.username == "newcomer")).one_or_none() is None


def test_a_place_is_not_moved_out_of_ones_bureau_nor_added_elsewhere(app, bureau):
    ours, theirs, both = bureau
    place = masters.place(app, "P-01", unit_id=ours)
    fields = {"code": "P-01", "name": "一号", "kind": "hospital"}
    for unit in (theirs, ""):
        assert both.post(f"/places/{place}/edit", data=fields | {"unit": str(unit)}).status_code in (403, 422)
        added = both.post("/places/add", data=fields | {"code": "P-02", "unit": str(unit)})
        assert added.status_code in (403, 422)
    with app.app_context():
        assert [(p.code, p.unit_id) for p in db.session.scalars(db.select(Place))] == [("P-01", ours)]


def test_units_are_added_below_ones_own_only(app, bureau):
    ours, theirs, both = bureau
    fields = {"name": "科室", "kind": "bureau"}
    assert both.post("/units/add", data=fields | {"code": "A-1", "parent": str(ours)}).status_code == 303
    for code, parent in (("B-1", theirs), ("ROOT", "")):
        assert both.post("/units/add", data=fields | {"code": code, "parent": str(parent)}).status_code in (403, 422)
    header = ["单位编号", "名称", "类别", "上级单位编号", "领导（带班）用户名", "责任人用户名"]
    kind = both.get("/units/import?template=1")
    assert kind.status_code == 200
    for code, parent in (("B-2", "B"), ("ROOT2", "")):
        raw = masters.workbook(header, [code, "科室", "部门", parent, "", ""])
        answer = masters.upload(both, "/units/import", raw)
        assert answer.status_code == 422, code
    with app.app_context():
        assert set(db.session.scalars(db.select(Unit.code))) == {"A", "B", "A-1"}


DISTRICT_WIDE = (
    "/district/edit",
    "/sync/devices",
    "/sync/tray",
    "/sync/devices/{id}",
    "/sync/envelopes/{id}",
    "/sync/devices/{id}/revoke",
    "/sync/devices/{id}/reinstate",
    "/sync/envelopes/{id}/release",
    "/sync/envelopes/{id}/set-aside",
)


@pytest.mark.parametrize("path", DISTRICT_WIDE)
def test_what_is_the_districts_own_asks_for_a_grant_over_the_district(app, path):
    masters.person(app, "local", Role.ADMINISTRATOR, unit_id=masters.unit(app, "A"))
    local, whole, url = masters.signed_in(app, "local"), masters.administrator(app), path.format(id=uuid4())
    for method in ("GET", "POST"):
        statuses = [client.open(url, method=method, data=REASON).status_code for client in (local, whole)]
        assert statuses[1] == 405 or statuses[0] == 403, (method, statuses)
        assert statuses[1] != 403
    assert "district/edit" not in local.get("/").text


def test_a_visit_seen_by_the_auditor_is_not_unmasked_by_the_gatekeeper_of_another_gate(app, world):
    clients = with_second_role(app, Role.AUDITOR)
    visit = world.values["visit_id"]
    page = clients["gatekeeper"].get(f"/checkpoints/visits/{visit}")
    assert page.status_code == 200
    assert "/reveal" not in page.text
    answer = clients["gatekeeper"].post(f"/checkpoints/visits/{visit}/reveal", data=REASON)
    assert answer.status_code == 404
    with app.app_context():
        assert db.session.scalars(db.select(JournalRow).where(JournalRow.action == "visit.revealed")).all() == []
        assert db.session.get(Visit, UUID(str(visit))).entered_at < clock.now()

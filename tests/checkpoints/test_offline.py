"""The gate's records that arrive late: once, in order, at the time they happened; what cannot be told goes back."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.checkpoints.conftest import WANG, arrival
from tests.support import masters
from tests.support.device import HEADERS
from webapp.accounts.models import PersonGrant
from webapp.checkpoints import queries
from webapp.checkpoints.models import Visit
from webapp.extensions import db
from webapp.kernel.access import Role
from webapp.kernel.database import transaction
from webapp.kernel.entries import Entry
from webapp.kernel.kinds import kinds

LI = {"name": "李明", "phone": "13900139000", "id_type": None, "id_number": None, "plate": None}


def head_count(gates):
    with gates.app.app_context():
        return queries.head_count(gates.here)


def visit_of(gates, envelope):
    with gates.app.app_context():
        return db.session.get(Visit, UUID(envelope["uuid"]))


def minutes_ago(tablet, moment):
    return round((tablet.now - moment) / timedelta(minutes=1))


def test_a_day_arrives_in_order_at_the_times_it_happened(gates, tablet):
    first, second = tablet.arrived(50), tablet.arrived(40, decision="refuse", celsius="37.3", **LI)
    again = tablet.left(30, who=WANG["phone"])
    assert tablet.send(first, second, again) == [("receipt", None)] * 3
    visit = visit_of(gates, first)
    assert (minutes_ago(tablet, visit.entered_at), minutes_ago(tablet, visit.left_at)) == (50, 30)
    assert minutes_ago(tablet, visit_of(gates, second).entered_at) == 40
    assert head_count(gates) == 0


def test_the_same_batch_twice_is_one(gates, tablet):
    batch = (tablet.arrived(9, companions="2"), tablet.left(3, who=WANG["phone"]), tablet.arrived(1, companions="1"))
    assert [outcome for outcome, _code in tablet.send(*batch)] == ["receipt"] * 3
    assert [outcome for outcome, _code in tablet.send(*batch)] == ["same"] * 3
    assert head_count(gates) == 2


@pytest.mark.parametrize("who", ["138 0013 8000", WANG["id_number"].lower(), "鲁a·12345", "１３８００１３８０００"])
def test_who_leaves_is_found_by_what_they_show(gates, tablet, who):
    came = tablet.arrived(9)
    assert tablet.send(came, tablet.left(5, who=who)) == [("receipt", None)] * 2
    assert visit_of(gates, came).left_at


@pytest.mark.parametrize("who", ["13800138001", "1380013800", "王秀英", "鲁A1234", "-"])
def test_nobody_leaves_by_a_number_that_fits_nobody(gates, tablet, who):
    assert tablet.send(tablet.arrived(9), tablet.left(5, who=who)) == [("receipt", None), ("returned", "nobody-inside")]
    assert head_count(gates) == 1


def test_of_two_in_one_car_the_author_says_who_left(gates, tablet):
    li = tablet.arrived(8, **LI | {"plate": "鲁A12345"})
    *_came, outcome = tablet.send(tablet.arrived(9), li, tablet.left(5, who="鲁A12345"))
    assert outcome == ("returned", "several-inside")
    assert head_count(gates) == 2
    url, page = returned_page(tablet)
    assert "鲁A12345" in page.text
    assert "王**" in page.text
    assert "李*" in page.text
    sent = tablet.client.post(url, data={"place": gates.here, "who": "鲁A12345", "visit": li["uuid"]})
    assert sent.status_code == 303
    assert minutes_ago(tablet, visit_of(gates, li).left_at) == 5
    assert head_count(gates) == 1


def returned_page(tablet):
    row = tablet.client.get("/sync/returned").text
    url = "/sync/returned/" + row.split("/sync/returned/")[1].split('"')[0]
    return url, tablet.client.get(url)


def moved(app, **over):
    """The gatekeeper's only grant is from now on another one."""
    with app.app_context(), transaction() as session:
        session.execute(update(PersonGrant).where(PersonGrant.role == Role.GATEKEEPER).values(**over))


def two_in_one_car(gates, tablet):
    """The address of a departure that came back to its author, who is to say which of two it was."""
    second = tablet.arrived(8, **LI | {"plate": "鲁A12345"})
    *_came, outcome = tablet.send(tablet.arrived(9), second, tablet.left(5, who="鲁A12345"))
    assert outcome == ("returned", "several-inside")
    return returned_page(tablet)[0]


def test_who_is_inside_is_not_shown_to_an_author_who_is_at_another_gate_now(app, gates, tablet):
    url = two_in_one_car(gates, tablet)
    listed = "李*"
    assert listed in tablet.client.get(url).text
    moved(app, place_id=gates.there)
    page = tablet.client.get(url)
    assert page.status_code == 200
    assert listed not in page.text
    assert str(gates.here) in page.text, "where it was recorded may still be chosen"


def test_nothing_of_a_record_is_shown_to_an_author_whose_role_is_gone(app, gates, tablet):
    url = two_in_one_car(gates, tablet)
    moved(app, role=Role.KEEPER)
    page, listed = tablet.client.get(url), tablet.client.get("/sync/returned")
    assert (page.status_code, listed.status_code) == (200, 200)
    for shown in (page.text, listed.text):
        assert "您已没有登记这类记录的角色" in shown
        assert "鲁A12345" not in shown
        assert str(gates.here) not in shown
    assert tablet.client.post(url, data={"who": "鲁A12345", "place": str(gates.here)}).status_code == 409
    assert head_count(gates) == 2
    assert tablet.client.post(f"{url}/set-aside", data={"note": "已离岗"}).status_code == 303


def test_a_departure_before_its_arrival_is_kept_until_that_is_there(gates, tablet):
    came = tablet.arrived(9)
    gone = tablet.left(5, visit=came["uuid"])
    assert tablet.send(gone) == [("returned", "arrival-missing")]
    assert tablet.send(came) == [("receipt", None)]
    assert head_count(gates) == 1
    url, page = returned_page(tablet)
    assert page.status_code == 200
    assert tablet.client.post(url, data={"place": gates.here, "visit": came["uuid"]}).status_code == 303
    assert head_count(gates) == 0
    assert minutes_ago(tablet, visit_of(gates, came).left_at) == 5


def test_who_is_inside_already_arrives_on_the_authors_list_with_all_that_was_typed(gates, tablet, visit):
    late = tablet.arrived(9, plate="鲁B54321", override_reason="", host="县医院")
    assert tablet.send(late) == [("returned", "already-inside")]
    assert visit_of(gates, late) is None
    _url, page = returned_page(tablet)
    for typed in (WANG["name"], WANG["phone"], "鲁B54321", "县医院", "36.5"):
        assert typed in page.text
    assert head_count(gates) == 1


def test_a_late_departure_does_not_end_a_visit_that_began_after_it(gates, tablet, visit):
    late = tablet.left(30, who=WANG["phone"])  # `visit` began now
    assert tablet.send(late) == [("returned", "nobody-inside")]
    assert head_count(gates) == 1


def test_an_override_without_a_reason_is_asked_for_it(gates, tablet):
    late = tablet.arrived(9, celsius="37.3")
    assert tablet.send(late) == [("returned", "reason-needed")]
    url, page = returned_page(tablet)
    assert 'value="37.3"' in page.text
    fields = arrival(gates, celsius="37.3")
    assert tablet.client.post(url, data=fields).status_code == 409
    assert tablet.client.post(url, data=fields | {"override_reason": "复测体温正常"}).status_code == 303
    assert minutes_ago(tablet, visit_of(gates, late).entered_at) == 9


def test_another_gate_is_out_of_reach_here_too(gates, tablet):
    there = str(gates.there)
    assert tablet.send(tablet.arrived(9, place=there)) == [("returned", "gate-out-of-reach")]
    assert tablet.send(tablet.left(5, place=there, who=WANG["phone"])) == [("returned", "nobody-inside")]


def test_a_departure_that_names_nobody_goes_back(gates, tablet):
    assert tablet.send(tablet.left(5)) == [("returned", "form-invalid")]


def test_the_device_gets_the_rule_and_its_gate_and_nobodys_name(app, gates, tablet, visit):
    parts = tablet.client.get("/sync/reference", headers=HEADERS)
    assert set(parts.json["parts"]["gate"]) == {"fever", "comparison", "cold", "areas"}
    assert parts.json["parts"]["gate"]["fever"] == "37.3"
    assert [one["id"] for one in parts.json["parts"]["places"] if "gatekeeper" in one["roles"]] == [str(gates.here)]
    for secret in (WANG["name"], WANG["phone"], WANG["id_number"], "鲁A12345", "县医院张主任"):
        assert secret not in parts.text
    masters.person(app, "keeper", Role.KEEPER)
    assert "gate" not in masters.signed_in(app, "keeper").get("/sync/reference", headers=HEADERS).json["parts"]


@pytest.mark.parametrize("slug", ["visit-in", "visit-out"])
@pytest.mark.parametrize("query", ["", "?lang=en"])
def test_the_blank_page_is_the_same_for_everybody(app, gates, keeper_of_gate, visit, slug, query):
    theirs = keeper_of_gate.get(f"/offline/forms/{slug}{query}")
    assert theirs.status_code == 200
    assert theirs.text == app.test_client().get(f"/offline/forms/{slug}{query}").text
    assert "Set-Cookie" not in theirs.headers
    assert "csrf_token" not in theirs.text
    assert str(gates.here) not in theirs.text


def test_a_receipt_leads_to_the_visit(app, gates, tablet):
    came = tablet.arrived(9)
    tablet.send(came, tablet.left(5, visit=came["uuid"]), tablet.arrived(4, **LI), tablet.left(2, who=LI["phone"]))
    with app.test_request_context():
        rows = db.session.scalars(select(Entry).order_by(Entry.seq)).all()
        urls = [kinds()[row.kind].record_url(row) for row in rows]
    assert urls[0] == urls[1] == f"/checkpoints/visits/{came['uuid']}"
    assert urls[3] == "/checkpoints/visits"


def test_everybody_inside_is_offered_to_the_author_of_a_departure(app, gates, tablet, arrive):
    with app.app_context():
        for number in range(61):
            arrive(id_type="passport", id_number=f"E1234{number:04}", at=tablet.now - timedelta(minutes=9))
    assert tablet.send(tablet.left(5, who="鲁A12345")) == [("returned", "several-inside")]
    _url, page = returned_page(tablet)
    assert page.text.count("<option value=") == 2 + 1 + 61, "the gate or none, the number shown, everybody inside"

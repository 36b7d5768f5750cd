"""A returning visitor: found, filled in without being shown, let in again or let go."""

import re

import pytest
from sqlalchemy import select

from tests.checkpoints.conftest import HTMX, WANG, arrival
from tests.support import masters
from webapp.accounts import service as accounts
from webapp.checkpoints import queries
from webapp.checkpoints.models import Visit
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Grant, Role
from webapp.kernel.database import transaction

SECRETS = ("王秀英", WANG["phone"], WANG["id_number"], "鲁A12345", "张主任")


def head_count(gates):
    with gates.app.app_context():
        return queries.head_count(gates.here)


def newest(gates):
    with gates.app.app_context():
        visit = db.session.scalars(select(Visit).order_by(Visit.entered_at.desc())).first()
        return visit.name, visit.phone, visit.id_number, visit.plate, visit.host


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["browser", "htmx"])
def test_the_only_visitor_found_fills_the_form_without_showing_who(keeper_of_gate, gate_url, gone, headers):
    answer = keeper_of_gate.post(f"{gate_url}/look", data={"q": WANG["phone"]}, headers=headers)
    assert answer.status_code == 200
    assert f'name="known" value="{gone}"' in answer.text
    assert 'value="本区三里庄"' in answer.text
    assert "36.5" not in re.search(r'<input[^>]*name="celsius"[^>]*>', answer.text)[0]
    assert [secret for secret in SECRETS if secret in answer.text] == []


def test_again_fills_the_form_from_a_visit(keeper_of_gate, gate_url, gone):
    answer = keeper_of_gate.post(f"{gate_url}/again/{gone}")
    assert f'name="known" value="{gone}"' in answer.text
    assert [secret for secret in SECRETS if secret in answer.text] == []


@pytest.mark.parametrize(
    ("today", "plate", "host"),
    [
        ({"same_plate": "y", "same_host": "y"}, "鲁A12345", "县医院张主任"),
        ({}, None, None),
        ({"same_plate": "y", "plate": "鲁B54321", "same_host": "y", "host": "李科长"}, "鲁B54321", "李科长"),
    ],
    ids=["as last time", "on foot", "another car"],
)
def test_car_and_host_are_last_times_or_todays(keeper_of_gate, gates, gate_url, gone, today, plate, host):
    unknown = {"name": None, "phone": None, "id_type": None, "id_number": None, "plate": None}
    fields = arrival(gates, **unknown | {"known": gone} | today)
    assert keeper_of_gate.post(f"{gate_url}/visits", data=fields).status_code == 303
    assert newest(gates) == ("王秀英", WANG["phone"], WANG["id_number"], plate, host)


def test_last_times_companions_are_shown_and_not_repeated(app, keeper_of_gate, gates, gate_url, arrive, leave):
    with app.app_context():
        leave(arrive(companions="2").receipt.uuid)
    card = keeper_of_gate.post(f"{gate_url}/look", data={"q": WANG["phone"]}).text
    field = re.search(r'<input[^>]*name="companions"[^>]*>', card)[0]
    assert 'value="0"' in field
    before_the_details = card[: card.index('class="more"')]
    assert "上次同行 2 人" in before_the_details
    assert field in before_the_details
    assert 'name="plate"' in before_the_details
    fields = arrival(gates, companions=re.search(r'value="(\d+)"', field)[1])
    assert keeper_of_gate.post(f"{gate_url}/visits", data=fields).status_code == 303
    assert head_count(gates) == 1


@pytest.mark.parametrize("url", ["{gate_url}/gate", "/offline/forms/visit-in"])
def test_companions_begin_at_nobody_and_stand_on_the_card(keeper_of_gate, gate_url, url):
    page = keeper_of_gate.get(url.format(gate_url=gate_url)).text
    card = page[: page.index('class="more"')]
    assert re.search(r'<input[^>]*name="companions"[^>]*value="0"', card)


def test_car_and_host_of_a_foreign_visit_are_not_told(app, gates, gone):
    masters.person(app, "other", Role.GATEKEEPER, place_id=gates.there)
    other = masters.signed_in(app, "other")
    fields = arrival(gates, place=gates.there, known=gone, same_plate="y", plate=None, phone=None)
    assert other.post(f"/checkpoints/{gates.there}/visits", data=fields).status_code == 404


def test_looking_at_a_gate_finds_only_whom_this_gate_may_know(app, gates, gone):
    """Somebody who reads the whole district as an auditor still works a gate as its gatekeeper."""
    grants = [Grant(Role.GATEKEEPER, None, gates.there), Grant(Role.AUDITOR, None, None)]
    with app.app_context(), transaction():
        accounts.put_person("both", "Both", masters.PASSWORD, grants, by=None, at=clock.now(), is_demonstration=True)
    both = masters.signed_in(app, "both")
    assert str(gone) in both.get("/checkpoints/visits").text
    assert "没有找到" in both.post(f"/checkpoints/{gates.there}/look", data={"q": WANG["phone"]}).text


def test_who_is_inside_is_offered_to_leave_not_to_come_in(keeper_of_gate, gates, gate_url, visit):
    found = keeper_of_gate.post(f"{gate_url}/look", data={"q": "鲁A12345"}, headers=HTMX).text
    assert "登记离开" in found
    assert 'name="celsius"' not in found
    left = keeper_of_gate.post(f"{gate_url}/departures?at=gate", data={"visit": visit}, headers=HTMX)
    assert left.text.lstrip().startswith('<section id="gate"')
    assert "已登记离开" in left.text
    assert head_count(gates) == 0
    again = keeper_of_gate.post(f"{gate_url}/departures?at=gate", data={"visit": visit}, headers=HTMX)
    assert (again.status_code, "不用再登记" in again.text) == (409, True)


def test_several_found_are_offered_by_name_masked(app, keeper_of_gate, gate_url, gone, arrive):
    with app.app_context():
        arrive(id_type="passport", id_number="E12345678", name="李雷")
    found = keeper_of_gate.post(f"{gate_url}/look", data={"q": WANG["phone"]}, headers=HTMX).text
    assert found.count("/again/") == 4, "two persons, each as address of the form and of htmx"
    assert [secret for secret in (*SECRETS, "李雷", "E12345678") if secret in found] == []


def test_somebody_who_comes_daily_hides_no_namesake(app, keeper_of_gate, gate_url, arrive, leave):
    with app.app_context():
        first = arrive(id_type="passport", id_number="E12345678", phone="13900139000").receipt.uuid
        leave(first)
        for _day in range(queries.MOST_RETURNING + 1):
            leave(arrive().receipt.uuid)
    names = keeper_of_gate.post(f"{gate_url}/look", data={"q": WANG["name"]}, headers=HTMX).text
    assert f"/again/{first}" in names
    assert names.count("/again/") == 4, "two persons, each as address of the form and of htmx"


def test_more_namesakes_than_are_listed_are_announced(app, keeper_of_gate, gate_url, arrive, monkeypatch):
    def looked(url):
        return keeper_of_gate.post(url, data={"q": WANG["name"]}).text

    monkeypatch.setattr(queries, "MOST_RETURNING", 7)
    with app.app_context():
        for number in range(7):
            arrive(id_type="passport", id_number=f"E1234567{number}", phone=f"1390013900{number}")
    seven = looked(f"{gate_url}/look")
    assert (seven.count("/again/"), "另有 1 人" in seven, "只列出" in seven) == (14, True, False)
    assert "只列出" not in looked("/checkpoints/visits")
    with app.app_context():
        arrive(id_type="passport", id_number="E12345677", phone="13900139007")
    eight = looked(f"{gate_url}/look")
    assert (eight.count("/again/"), "只列出最近来过的 7 人" in eight) == (14, True)
    assert "只列出最近来过的 7 人" in looked("/checkpoints/visits")


def test_a_long_name_that_nobody_has_begins_the_form_whole(keeper_of_gate, gate_url):
    name = "阿" * 41
    page = keeper_of_gate.post(f"{gate_url}/look", data={"q": name}, headers=HTMX)
    assert f'value="{name}"' in page.text


@pytest.mark.parametrize("q", ["", "  ", "长" * 61, "王\x00秀英"])
def test_what_cannot_be_looked_for_is_said_in_place(keeper_of_gate, gate_url, q):
    for url in (f"{gate_url}/look", "/checkpoints/visits"):
        answer = keeper_of_gate.post(url, data={"q": q})
        assert answer.status_code == 422
        assert re.search("请填写这一项|最多 60 个字|不能保存的字符", answer.text)
        assert q.strip() in answer.text


def test_an_unusual_plate_is_warned_about_and_let_through(keeper_of_gate, gates, gate_url):
    fields = arrival(gates, plate="应急12345")
    wrong = keeper_of_gate.post(f"{gate_url}/visits", data=fields | {"celsius": "99"}).text
    assert re.search(r"data-plate-warning>", wrong)
    answer = keeper_of_gate.post(f"{gate_url}/visits", data=fields)
    assert answer.status_code == 303
    assert "车牌样子少见" in keeper_of_gate.get(answer.location).text
    usual = keeper_of_gate.post(f"{gate_url}/visits", data=arrival(gates, celsius="99")).text
    assert re.search(r"data-plate-warning hidden>", usual)


def test_somebody_inside_another_gate_is_asked_about_on_the_form(app, gates, visit):
    masters.person(app, "other", Role.GATEKEEPER, place_id=gates.there)
    other, url = masters.signed_in(app, "other"), f"/checkpoints/{gates.there}/visits"
    fields = arrival(gates, place=gates.there)
    asked = other.post(url, data=fields)
    assert asked.status_code == 409
    for text in (
        "在“场所G-01”登记在内",
        'name="elsewhere" value="move"',
        'name="elsewhere" value="stay"',
        WANG["name"],
    ):
        assert text in asked.text
    assert other.post(url, data=fields | {"elsewhere": "else"}).status_code == 422
    assert other.post(url, data=fields | {"elsewhere": "move"}).status_code == 303
    assert head_count(gates) == 0


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["browser", "htmx"])
@pytest.mark.parametrize("is_known", [False, True], ids=["typed", "found"])
def test_what_was_filled_in_stands_open_beside_already_inside(
    gates, keeper_of_gate, gate_url, visit, headers, is_known
):
    by_reference = dict.fromkeys(WANG) | {"known": visit} if is_known else {}
    fields = arrival(gates, companions="3", purpose="送急救药", host="三号楼", **by_reference)
    answer = keeper_of_gate.post(f"{gate_url}/visits", data=fields, headers=headers)
    assert answer.status_code == 409
    opened = re.search(r'<details class="newcomer" open.*?<details class="more" open.*?</form>', answer.text, re.DOTALL)
    assert opened
    sent = {name: fields[name] for name in fields if name not in ("uuid", "place", "decision", "id_type")}
    assert [value for value in sent.values() if f'value="{value}"' not in opened[0]] == []
    assert "已登记在内" in answer.text

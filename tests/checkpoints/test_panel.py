"""The right-hand column: who is inside, one tap to leave, its undo, and what it costs."""

import cProfile
import pstats
import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from tests.checkpoints.conftest import HTMX
from tests.support import masters
from webapp.accounts import queries as accounts
from webapp.checkpoints import queries
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.places.rules import PlaceKind


def head_count(gates):
    with gates.app.app_context():
        return queries.head_count(gates.here)


def test_leaving_is_one_tap_and_can_be_undone(keeper_of_gate, gates, gate_url, visit):
    gone = keeper_of_gate.post(f"{gate_url}/departures", data={"visit": visit}, headers=HTMX)
    assert gone.status_code == 200
    assert "data-head-count>0<" in gone.text
    undo = f"{gate_url}/departures/{visit}/undo"
    assert undo in gone.text
    assert "data-head-count>1<" in keeper_of_gate.post(undo, headers=HTMX).text
    assert keeper_of_gate.post(f"{gate_url}/departures", data={"visit": visit}).status_code == 303
    assert undo in keeper_of_gate.get(f"{gate_url}/gate").text, "without JavaScript too"
    assert head_count(gates) == 0


def test_the_second_of_two_tablets_is_told_kindly_and_sees_the_new_state(keeper_of_gate, gates, gate_url, visit):
    for headers in ({}, HTMX):
        keeper_of_gate.post(f"{gate_url}/departures", data={"visit": visit}, headers=headers)
    second = keeper_of_gate.post(f"{gate_url}/departures", data={"visit": visit}, headers=HTMX)
    assert second.status_code == 409
    assert second.text.lstrip().startswith('<section id="gate-live"')
    assert "不用再登记" in second.text
    assert "data-head-count>0<" in second.text
    plain = keeper_of_gate.post(f"{gate_url}/departures", data={"visit": visit})
    assert (plain.status_code, "不用再登记" in plain.text) == (409, True)
    assert head_count(gates) == 0


def test_undo_is_offered_for_ten_minutes(app, keeper_of_gate, gates, gate_url, arrive, leave):
    at = clock.now()
    with app.app_context():
        visit = arrive(at=at - timedelta(hours=1)).receipt.uuid
        leave(visit, at=at - timedelta(minutes=9))
        assert [one.id for one in queries.just_left(gates.here, at)] == [visit]
        assert queries.just_left(gates.here, at + timedelta(minutes=1)) == []
        assert queries.just_left(gates.there, at) == []
    assert f"{visit}/undo" in keeper_of_gate.get(f"{gate_url}/gate").text


def test_a_tablet_that_has_it_all_is_not_disturbed(keeper_of_gate, gate_url, visit):
    panel = keeper_of_gate.get(f"{gate_url}/live", headers=HTMX).text
    assert panel.lstrip().startswith('<section id="gate-live"')
    url = re.search(r'hx-get="([^"]+)"', panel)[1]
    again = keeper_of_gate.get(url, headers=HTMX)
    assert (again.status_code, again.text) == (204, "")
    keeper_of_gate.post(f"{gate_url}/departures", data={"visit": visit})
    changed = keeper_of_gate.get(url, headers=HTMX)
    assert changed.status_code == 200
    assert "data-head-count>0<" in changed.text
    assert keeper_of_gate.get(url).location == f"{gate_url}/gate", "a browser gets the whole page"


def test_a_tablet_that_has_it_all_costs_no_opening_of_names(keeper_of_gate, gate_url, visit, crowd):
    crowd(0, 3)
    url = re.search(r'hx-get="([^"]+)"', keeper_of_gate.get(f"{gate_url}/live", headers=HTMX).text)[1]
    watch = cProfile.Profile()
    assert watch.runcall(keeper_of_gate.get, url, headers=HTMX).status_code == 204
    called = pstats.Stats(watch).stats
    assert not [place for place in called if place[0].endswith("kernel/sealing.py") and place[2] == "open"]


def test_the_wrong_ones_stand_first(app, keeper_of_gate, gate_url, arrive):
    with app.app_context():
        arrive(id_type="passport", id_number="E10000001", celsius="38.0", decision="refuse")
        arrive(id_type="passport", id_number="E10000002")
    latest = keeper_of_gate.get(f"{gate_url}/live", headers=HTMX).text.split('id="latest-title"')[1]
    assert latest.index("劝返") < latest.index("放行")


def test_more_inside_than_fit_are_one_tap_away(app, keeper_of_gate, gates, gate_url, arrive, monkeypatch):
    monkeypatch.setattr("webapp.checkpoints.pages.INSIDE_SHOWN", 2)
    more = "/checkpoints/visits?inside=y"
    with app.app_context():
        for number in range(2):
            arrive(id_type="passport", id_number=f"E1000000{number}")
    assert more not in keeper_of_gate.get(f"{gate_url}/gate").text
    with app.app_context():
        arrive(id_type="passport", id_number="E10000009")
    page = keeper_of_gate.get(f"{gate_url}/gate").text
    assert f"{more}&amp;place=G-01" in page
    assert "另有 1 人没有列出" in page
    assert "data-head-count>3<" in page


@pytest.fixture
def crowd(app, gates, arrive, leave):
    """crowd(first, last): for each number one inside, one refused and one who just left here, and one inside elsewhere;
    every number with a recorder and a gate of its own, so that looking one up for a row is a question more.
    """

    def crowd(first, last):
        for n in range(first, last):
            elsewhere = masters.place(app, f"G-1{n:02}", PlaceKind.CHECKPOINT)
            person = masters.person(app, f"person{n}", Role.GATEKEEPER)
            with app.app_context():
                by = accounts.actor_of(accounts.find_person(person))
                arrive(by=by, id_type="passport", id_number=f"E1000{n:04}")
                arrive(by=by, id_type="passport", id_number=f"E2000{n:04}", celsius="38.0", decision="refuse")
                leave(arrive(by=by, id_type="passport", id_number=f"E3000{n:04}").receipt.uuid)
                arrive(by=by, id_type="passport", id_number=f"E4000{n:04}", place=elsewhere)

    return crowd


def test_five_rows_and_fifty_cost_equally_many_questions(app, keeper_of_gate, gate_url, crowd):
    auditor = masters.member(app, Role.AUDITOR)

    def questions(client, url, headers):
        asked = []
        with app.app_context():
            engine = db.engine

        def note(_connection, _cursor, statement, *_rest):
            asked.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            assert client.get(url, headers=headers).status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", note)
        cached = "FROM alert"  # what the frame of every page reads at most every ten seconds
        return len([one for one in asked if one.lstrip().upper().startswith("SELECT") and cached not in one])

    pages = [
        (keeper_of_gate, f"{gate_url}/gate", {}),
        (keeper_of_gate, f"{gate_url}/live", HTMX),
        (auditor, "/checkpoints/visits", {}),
        (auditor, "/checkpoints/visits?inside=y", {}),
        (auditor, "/checkpoints/visits?format=xlsx", {}),
        (keeper_of_gate, "/today", {}),
    ]
    crowd(0, 5)
    few = [questions(*one) for one in pages]
    crowd(5, 50)
    assert [questions(*one) for one in pages] == few
    assert max(few) < 25


def test_what_is_the_same_in_every_row_is_drawn_once(keeper_of_gate, gate_url, crowd):
    def tokens():
        watch = cProfile.Profile()
        watch.runcall(keeper_of_gate.get, f"{gate_url}/live", headers=HTMX)
        return sum(row[1] for (_file, _line, name), row in pstats.Stats(watch).stats.items() if name == "generate_csrf")

    crowd(0, 1)
    of_one = tokens()
    crowd(1, 4)
    assert tokens() == of_one > 0


def test_everybody_who_just_left_can_be_undone_and_those_behind_are_counted(
    app, keeper_of_gate, gate_url, arrive, leave
):
    def depart(number):
        with app.app_context():
            leave(arrive(id_type="passport", id_number=f"E1000000{number}").receipt.uuid)

    for number in range(3):
        depart(number)
    assert "人刚离开" not in keeper_of_gate.get(f"{gate_url}/gate").text
    depart(4)
    depart(5)
    page = keeper_of_gate.get(f"{gate_url}/gate").text
    assert "另有 2 人刚离开" in page
    assert len(re.findall(r"/departures/[^/]+/undo\"", page)) == 2 * 5, "with a script and without one"


def test_more_arrivals_than_are_listed_are_said(app, keeper_of_gate, gate_url, arrive, monkeypatch):
    monkeypatch.setattr("webapp.checkpoints.pages.LATEST_SHOWN", 2)

    def come(number):
        with app.app_context():
            arrive(id_type="passport", id_number=f"E1000000{number}")

    for number in range(2):
        come(number)
    assert "只列出最近" not in keeper_of_gate.get(f"{gate_url}/gate").text
    come(2)
    page = keeper_of_gate.get(f"{gate_url}/gate").text
    assert "只列出最近 2 次登记" in page
    assert "/checkpoints/visits?place=G-01" in page

"""Who sees which rows: those of the whole district all, those of a unit what its persons did and what was done to its
persons, places and records.
"""

import csv
import io
import re

import pytest
from sqlalchemy import delete, select, update
from werkzeug.datastructures import MultiDict

from tests.support import masters
from tests.support.figures import figures, rows
from tests.support.reading import words_of
from webapp.accounts import queries as accounts
from webapp.accounts import service
from webapp.accounts.models import Person, PersonGrant
from webapp.audit import service as placing
from webapp.audit.models import JournalPlaced, JournalScope
from webapp.checkpoints.kinds import VISIT_IN
from webapp.kernel import clock, entries, journal
from webapp.kernel.access import Role
from webapp.kernel.database import transaction
from webapp.kernel.entries import Entry
from webapp.places.rules import PlaceKind
from webapp.publicity.kinds import PUBLICITY

ARRIVAL = {"name": "王秀英", "phone": "13907940001", "origin": "南昌", "celsius": "36.5", "decision": "pass"}


@pytest.fixture
def two(app):
    """Two units, each with a gate, a clerk who recorded something there, and a gatekeeper of the district."""
    made = {}
    for code in ("MINE", "OTHER"):
        unit = masters.unit(app, code)
        gate = masters.place(app, f"G-{code}", PlaceKind.CHECKPOINT, unit_id=unit)
        clerk = masters.person(app, f"clerk-{code.lower()}", Role.CLERK, unit_id=unit, name=f"信息员{code}")
        made[code] = {"unit": unit, "gate": gate, "clerk": clerk}
    with app.app_context(), transaction() as session:
        for part in made.values():
            session.execute(update(Person).where(Person.id == part["clerk"]).values(unit_id=part["unit"]))
    masters.person(app, "guard", Role.GATEKEEPER, name="机动值守")
    with app.app_context():
        guard = accounts.actor_of(accounts.find_by_username("guard"))
        for code, part in made.items():
            clerk = accounts.actor_of(accounts.find_person(part["clerk"]))
            words = {"means": "banner", "count": "5", "unit": str(part["unit"]), "from_on": "2026-11-02", "area": code}
            deliver(PUBLICITY, words, clerk)
            part["visit"] = deliver(VISIT_IN, ARRIVAL | {"place": str(part["gate"])}, guard) if code == "MINE" else None
            if code == "OTHER":
                deliver(VISIT_IN, ARRIVAL | {"place": str(part["gate"]), "phone": "13907940002"}, guard)
    return made


def deliver(kind, fields, by):
    delivery = entries.deliver(kind, MultiDict(fields), by=by, at=clock.now())
    assert delivery.receipt, delivery.form.errors
    return delivery.receipt


def listed(client, query=""):
    answer = client.get(f"/journal?format=csv{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


@pytest.fixture
def of_unit(app, two):
    """An administrator of MINE; the person belongs to no unit, so only their reach counts."""
    masters.person(app, "boss", Role.ADMINISTRATOR, unit_id=two["MINE"]["unit"])
    return masters.signed_in(app, "boss")


def test_one_unit_sees_its_persons_places_and_records(two, of_unit):
    rows = listed(of_unit)
    about = {(row["操作事项"], row["对象"].split(" · ")[0]) for row in rows}
    assert about >= {("添加场所", "场所"), ("添加单位", "单位"), ("登记", "宣传登记"), ("登记", "卡口进入登记")}
    assert [row for row in rows if row["操作人"] == "机动值守"], "of another unit, but at our gate"


def test_one_unit_sees_nothing_of_another(two, of_unit, app):
    text = words_of(of_unit.get("/journal"))
    assert "场所G-MINE" in text
    assert "OTHER" not in text
    assert len([row for row in listed(of_unit) if row["操作事项"] == "登记"]) == 1 + 1
    whole = masters.signed_in(app, masters.person(app, "chief", Role.AUDITOR) and "chief")
    assert len([row for row in listed(whole) if row["操作事项"] == "登记"]) == 4


def test_a_row_of_another_unit_is_not_found_and_its_reason_not_revealed(two, of_unit, app):
    whole = masters.signed_in(app, masters.person(app, "chief", Role.AUDITOR) and "chief")
    mine = set(numbers(of_unit))
    hidden = sorted(set(numbers(whole)) - mine)
    assert hidden
    assert {of_unit.get(f"/journal/{number}").status_code for number in hidden} == {404}
    assert {of_unit.post(f"/journal/{n}/reveal", data={"reason": "核实"}).status_code for n in hidden} == {404}
    assert {of_unit.get(f"/journal/{number}").status_code for number in mine} == {200}


def numbers(client):
    return [int(number) for number in re.findall(r'href="/journal/(\d+)"', client.get("/journal").text)]


def test_no_link_leads_to_a_page_that_is_not_open(two, of_unit):
    followed = 0
    for number in numbers(of_unit):
        page = of_unit.get(f"/journal/{number}").text
        main = page[page.index('id="row"') :]
        for link in set(re.findall(r'<dd><a href="(/[^"]+)"', main)):
            assert of_unit.get(link).status_code == 200, link
            followed += 1
    assert followed >= 4


def test_a_record_of_another_unit_by_ones_own_person_is_named_without_a_link(app, two):
    with app.app_context(), transaction() as session:
        session.execute(update(Person).where(Person.username == "guard").values(unit_id=two["MINE"]["unit"]))
    masters.person(app, "spy", Role.AUDITOR, unit_id=two["MINE"]["unit"])
    spy = masters.signed_in(app, "spy")
    pages = [spy.get(f"/journal/{number}").text for number in numbers(spy)]
    visits = [page for page in pages if "卡口进入登记 · 回执号" in page]
    links = [link for page in visits for link in re.findall(r'<dd><a href="(/checkpoints/[^"]+)"', page)]
    assert (len(visits), len(links)) == (2, 1)
    assert spy.get(links[0]).status_code == 200


def test_what_somebody_delivered_for_its_author_names_both(app, two):
    with app.app_context(), transaction() as session:
        guard = accounts.find_by_username("guard").id
        session.execute(
            update(Entry).where(Entry.author_id == two["MINE"]["clerk"]).values(relay_id=guard, device="ab" * 18)
        )
    chief = masters.signed_in(app, masters.person(app, "chief", Role.AUDITOR) and "chief")
    from_ = {row["操作人"]: row["来自"] for row in listed(chief) if row["操作事项"] == "登记"}
    missing = "没有记下浏览器"
    device = "设备 abababab · 由机动值守代为送达"
    assert from_ == {"信息员MINE": device, "信息员OTHER": missing, "机动值守": missing}


def test_a_reader_by_another_role_sees_nothing(app, two):
    """A commander of the district, who is also the auditor of one unit, reads the journal of that unit only."""
    masters.person(app, "both", Role.AUDITOR, unit_id=two["MINE"]["unit"])
    with app.app_context(), transaction() as session:
        session.add(PersonGrant(person_id=accounts.find_by_username("both").id, role=Role.COMMANDER))
    assert "OTHER" not in words_of(masters.signed_in(app, "both").get("/journal"))


def test_a_disabled_person_of_the_unit_is_there(app, two, of_unit):
    with app.app_context():
        by = accounts.actor_of(accounts.find_by_username("boss"))
        service.disable_person(two["MINE"]["clerk"], by=by, at=clock.now())
    assert "停用人员" in words_of(of_unit.get("/journal"))


def test_rows_are_placed_from_the_newest_backwards_and_the_list_says_what_is_not_there_yet(
    app, two, of_unit, monkeypatch
):
    whole = listed(of_unit)
    with app.app_context(), transaction() as session:
        session.execute(delete(JournalScope))
        session.execute(delete(JournalPlaced))
    monkeypatch.setattr(placing, "CHUNK", 6)
    monkeypatch.setattr(placing, "MARGIN", 1)
    first = of_unit.get("/journal")
    assert "正在按单位整理" in words_of(first)
    assert 0 < len(re.findall(r'href="/journal/\d+"', first.text)) <= 4
    with app.app_context():
        assert placing.place_all(clock.now()) > 0
        assert placing.place_all(clock.now()) == 0
    assert listed(of_unit) == whole
    assert "正在按单位整理" not in words_of(of_unit.get("/journal"))


def test_what_is_of_two_units_of_one_reader_is_listed_once(app, two):
    """What a gatekeeper of one unit recorded at the gate of the other."""
    person_id = masters.person(app, "both", Role.AUDITOR, unit_id=two["MINE"]["unit"])
    with app.app_context(), transaction() as session:
        session.add(PersonGrant(person_id=person_id, role=Role.AUDITOR, unit_id=two["OTHER"]["unit"]))
        session.execute(update(Person).where(Person.username == "guard").values(unit_id=two["MINE"]["unit"]))
    both = masters.signed_in(app, "both")
    seqs = numbers(both)
    assert len(seqs) == len(set(seqs)) > 0
    assert seqs == sorted(seqs, reverse=True)
    assert len([row for row in listed(both) if row["操作事项"] == "登记"]) == 4


def test_a_row_committed_after_one_with_a_greater_number_is_placed_too(app, two, of_unit):
    """On PostgreSQL numbers are given before the commit."""
    whole = listed(of_unit)
    with app.app_context(), transaction() as session:
        ours = select(JournalScope.seq).where(JournalScope.unit_id == two["MINE"]["unit"])
        late = session.scalars(ours.order_by(JournalScope.seq.desc())).first()
        session.execute(delete(JournalScope).where(JournalScope.seq == late))
    assert len(listed(of_unit)) == len(whole) - 1
    masters.signed_in(app, "boss")  # a new row, of no unit
    assert listed(of_unit) == whole


def test_the_figures_of_a_unit_count_the_rows_that_they_open(app, two, of_unit):
    with app.app_context(), transaction():
        by = accounts.actor_of(accounts.find_by_username("clerk-mine"))
        for subject in (two["MINE"]["visit"].uuid, two["OTHER"]["gate"]):
            journal.write("visit.revealed", "visit", subject, by=by, at=clock.now())
        journal.write("visit.revealed", "visit", two["OTHER"]["gate"], by=None, at=clock.now())
    masters.person(app, "spy", Role.AUDITOR, unit_id=two["MINE"]["unit"])
    spy = masters.signed_in(app, "spy")
    spy.get("/journal")
    [(number, url)] = [(n, url) for _label, n, url in figures(spy.get("/today").text) if "group=reveal" in url]
    assert number == 2
    assert rows(spy, url)[0] == 2

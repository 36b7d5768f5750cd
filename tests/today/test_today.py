"""Today and its neighbours: the right next act, figures that are true, health, the language, the scan box."""

import re
from html import unescape
from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.support import masters, matrix
from webapp.accounts.models import PersonGrant
from webapp.extensions import db
from webapp.kernel.access import Role
from webapp.kernel.database import transaction
from webapp.places.rules import PlaceKind

FIRST_ACTS = {role: path for rows in matrix.features().values() for role, path in rows.first_acts.items()}


def figures(html):
    """The figures of the cards, by their label."""
    found = re.findall(r'stat-value">([^<]+)</span><span class="stat-label">([^<]+)<', html)
    return {unescape(label): value for value, label in found}


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("role", masters.SERVED)
def test_each_role_has_one_large_next_act(app, role):
    html = masters.member(app, role).get("/today").text
    assert re.findall(r'href="([^"]+)" data-primary', html) == [FIRST_ACTS[role]]


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("role", masters.SERVED)
def test_the_next_act_of_a_role_opens(app, role):
    client = masters.member(app, role)
    assert client.get(FIRST_ACTS[role], follow_redirects=True).status_code == 200


def test_today_says_who_one_is_and_over_what(app):
    gate = masters.place(app, "CP-9", PlaceKind.CHECKPOINT)
    html = masters.member(app, Role.GATEKEEPER, place_id=gate).get("/today").text
    assert "卡口值守 · 场所CP-9" in html
    assert "管理员 · 全区" in masters.administrator(app).get("/").text


def test_today_says_that_somebody_holds_more_than_one_role(app):
    person_id = masters.person(app, "two", Role.GATEKEEPER)
    with app.app_context(), transaction() as session:
        session.add(PersonGrant(id=uuid4(), person_id=person_id, role=Role.CLERK))
    html = masters.signed_in(app, "two").get("/").text
    assert '<a href="/me">另有 1 项职责</a>' in html
    assert "项职责" not in masters.member(app, Role.KEEPER).get("/").text


def test_the_administrators_figures_equal_a_count_of_the_tables(app):
    boss = masters.administrator(app)
    unit = masters.unit(app, "A")
    masters.unit(app, "B")
    masters.place(app, "P-1", unit_id=unit, contact_name="谢娜")
    masters.place(app, "P-2")
    masters.place(app, "P-3", is_closed=True)
    masters.person(app, "gone", Role.KEEPER)
    masters.person(app, "fresh", Role.KEEPER, must_change_password=True)
    with app.app_context():
        gone = "UPDATE person SET disabled_at = added_at, must_change_password = true WHERE username = 'gone'"
        db.session.execute(text(gone))
        db.session.commit()
        persons = db.session.scalar(text("SELECT count(*) FROM person WHERE disabled_at IS NULL"))
        units = db.session.scalar(text("SELECT count(*) FROM unit"))
    html = boss.get("/").text.partition('id="today-masters"')[2]
    assert figures(html) == {"在用人员": str(persons), "在用场所": "2", "单位和专班": str(units)}
    assert re.findall(r"<strong>(\d+)</strong> ([^<]+)</span>", html) == [
        ("1", "位人员还没有改初始密码"),
        ("2", "个单位没有责任人"),
        ("1", "个场所没有所属单位"),
        ("1", "个场所没有联系人"),
    ]


def test_what_is_left_opens_the_rows_it_counts(app):
    boss = masters.administrator(app)
    masters.place(app, "P-1", contact_name="谢娜")
    masters.place(app, "P-2")
    masters.place(app, "P-3", is_closed=True)
    rows = boss.get("/places/?state=contactless").text
    assert "P-2" in rows
    assert "P-1" not in rows
    assert "P-3" not in rows


def test_a_role_sees_no_menu_entry_of_another(gatekeeper, keeper):
    menu = gatekeeper.get("/me").text
    assert "卡口登记" in menu
    for foreign in ("/persons", "/units/", "/supplies", "/district/", "/inspections"):
        assert f'href="{foreign}' not in menu, foreign
    assert 'href="/checkpoints' not in keeper.get("/me").text


def test_who_records_nothing_reads_records_there(app):
    auditor = masters.member(app, Role.AUDITOR)
    page = auditor.get("/record").text
    assert "<h1>记录</h1>" in page
    assert 'href="/inspections"' in page
    assert "<h1>登记</h1>" in masters.member(app, Role.INSPECTOR).get("/record").text


def test_health_says_what_the_installation_is(app, client):
    answer = client.get("/health")
    kind = app.config["SQLALCHEMY_DATABASE_URI"].split(":")[0].split("+")[0]
    assert answer.status_code == 200
    said = answer.get_json()
    assert (said["status"], said["database"], said["version"]) == ("ok", kind, app.config["VERSION"])
    assert said["migration"] == said["newest_migration"]


@pytest.fixture
def older_tables(app):
    """The database says that it is of an older version; the next test's is of this one again."""
    with app.app_context():
        newest = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    for version in ("0000", newest):
        with app.app_context():
            db.session.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
            db.session.commit()
        if version == "0000":
            yield


@pytest.mark.usefixtures("older_tables")
def test_health_is_not_well_when_the_tables_are_older_than_the_code(client):
    answer = client.get("/health")
    assert (answer.status_code, answer.get_json()["status"]) == (503, "behind")


def test_the_language_switch_works_for_nobody_and_holds_through_signing_in_and_out(app, client):
    masters.person(app, "keeper", Role.KEEPER)
    assert client.post("/language", data={"language": "en", "next": "/sign-in"}).location == "/sign-in"
    assert '<html lang="en">' in client.get("/sign-in").text
    client.post("/sign-in", data={"username": "keeper", "password": masters.PASSWORD})
    assert '<html lang="en">' in client.get("/").text
    client.post("/sign-out")
    assert '<html lang="en">' in client.get("/sign-in").text


@pytest.mark.parametrize("language", ["", "fr", "en\0", "<script>"])
def test_a_language_nobody_offers_changes_nothing(client, language):
    assert client.post("/language", data={"language": language}).status_code in (303, 400)
    assert '<html lang="zh-CN">' in client.get("/sign-in").text


@pytest.mark.parametrize("target", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example"])
def test_the_language_switch_leads_nowhere_else(client, target):
    assert client.post("/language", data={"language": "en", "next": target}).location == "/"


@pytest.mark.parametrize("code", ["", "no-such-code", "😀", "\u202eabc", "9" * 5000, "a\0b", "' OR 1=1 --"])
def test_the_scan_box_answers_any_text(inspector, code):
    answer = inspector.post("/scan", data={"code": code})
    assert answer.status_code == 200
    assert "<h1>扫码</h1>" in answer.text
    if code.strip():
        assert "没有找到" in answer.text


def test_a_label_opens_the_place_and_another_units_label_opens_nothing(app):
    mine, other = masters.unit(app, "MINE"), masters.unit(app, "OTHER")
    here, there = masters.place(app, "H-1", unit_id=mine), masters.place(app, "H-2", unit_id=other)
    inspector = masters.member(app, Role.INSPECTOR, unit_id=mine)
    assert inspector.post("/scan", data={"code": "h-1"}).location == f"/places/{here}"
    assert inspector.post("/scan", data={"code": f"https://old.example/places/{here}"}).location == f"/places/{here}"
    refused = inspector.post("/scan", data={"code": f"https://old.example/places/{there}"})
    assert (refused.status_code, "没有找到" in refused.text) == (200, True)
    assert inspector.get(f"/places/{there}").status_code == 404

"""The page of the journal, its files, one row of it, and the history on the pages of its subjects."""

import csv
import io
import re
from contextlib import suppress
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select, text
from werkzeug.datastructures import MultiDict

from tests.kernel.test_journal import tamper
from tests.support import masters
from tests.support.counting import counted
from tests.support.figures import figures
from tests.support.reading import words_of
from webapp.accounts import service as accounts
from webapp.accounts.models import Throttling
from webapp.accounts.service.sweeping import sweep
from webapp.district.rules import Preferences
from webapp.district.service import change_preferences, change_retention
from webapp.extensions import db
from webapp.kernel import clock, entries, jobs, journal, verification
from webapp.kernel.access import Role
from webapp.kernel.database import transaction
from webapp.kernel.errors import Refusal
from webapp.kernel.figures import figures as figures_of_app
from webapp.kernel.journal import JournalRow
from webapp.kernel.listing import pages
from webapp.places.rules import PlaceKind
from webapp.tasks.kinds import GIVE
from webapp.tasks.models import Task


@pytest.fixture
def auditor(app):
    return masters.member(app, Role.AUDITOR, name="督查员")


def note(action="place.added", kind="place", subject="-", **more):
    with transaction():
        journal.write(action, kind, subject, by=None, at=more.pop("at", clock.now()), **more)


def newest(app, action):
    with app.app_context():
        return db.session.scalars(
            select(JournalRow.seq).where(JournalRow.action == action).order_by(JournalRow.seq.desc()).limit(1)
        ).one()


def listed(client, query=""):
    answer = client.get(f"/journal?format=csv{query}")
    assert answer.status_code == 200, query
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def test_the_files_say_what_the_page_says(app, auditor):
    masters.place(app, "H-01")
    page = auditor.get("/journal").text
    body = re.findall(r"<tr[^>]*>(<td.*?)</tr>", page, re.DOTALL)
    cells = [re.findall(r"<td.*?</td>", row, re.DOTALL) for row in body]
    shown = [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]
    plain = [list(row.values()) for row in listed(auditor)]
    assert len(shown) == len(plain) >= 3
    assert [[cell.replace("—", "") for cell in row[1:]] for row in shown] == [
        [cell.replace("—", "") for cell in row[1:]] for row in plain
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(auditor.get("/journal?format=xlsx").get_data())).active
    assert [[str(cell or "") for cell in row[1:7]] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        row[1:7] for row in plain
    ]
    assert words_of(auditor.get("/journal?format=print")).count("添加场所") == 1


def test_a_page_without_a_filter_says_how_many_rows_there_are(app, auditor, monkeypatch):
    monkeypatch.setattr(pages, "PAGE", 2)
    masters.place(app, "H-01")
    number = len(listed(auditor))
    assert number > 2
    assert f"共 {number} 条" in words_of(auditor.get("/journal"))


def test_rows_are_filtered_by_person_group_action_record_and_period(app, auditor):
    place = masters.place(app, "H-01")
    masters.person(app, "zhang", Role.ADMINISTRATOR, name="张三丰")
    masters.signed_in(app, "zhang")
    assert {row["操作人"] for row in listed(auditor, "&person=张三")} == {"张三丰"}
    assert listed(auditor, "&person=nobody") == []
    assert {row["操作事项"] for row in listed(auditor, "&group=sign-in")} == {"登录"}
    assert {row["操作事项"] for row in listed(auditor, "&action=place.added")} == {"添加场所"}
    assert [row["操作事项"] for row in listed(auditor, "&record=h-01")] == ["添加场所"]
    assert [row["操作事项"] for row in listed(auditor, f"&record={place}")] == ["添加场所"]
    words = {row["操作事项"] for row in listed(auditor, "&words=添加+场所")}
    assert words == {"添加场所"}
    assert {row["操作事项"] for row in listed(auditor, "&words=添加")} == {"添加场所", "添加人员"}
    assert listed(auditor, "&words=火星") == []
    assert listed(auditor, "&record=999999") == listed(auditor, "&record=keine") == []
    today = clock.district_day(clock.now())
    assert listed(auditor, f"&since={today}&until={today}")
    assert listed(auditor, f"&until={today - timedelta(days=1)}") == []


@pytest.mark.only_on("sqlite")
def test_rows_are_found_by_the_device_and_by_the_number_of_an_assignment(app, auditor):
    device, other = "ab" * 4 + "-1111", "cd" * 4 + "-2222"
    unit = masters.unit(app, "EPB")
    masters.person(app, "boss", Role.COMMANDER)
    due = clock.local(clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    ids = []
    with app.app_context():
        for number in (device, other):
            typed = {"what": "核对", "unit": str(unit), "due": due, "device": number}
            ids.append(entries.deliver(GIVE, MultiDict(typed), by=actor_of("boss"), at=clock.now()).receipt.uuid)
        number = db.session.get_one(Task, ids[0]).number
        note("device.granted", "device", subject=device)
    assert [row["来自"] for row in listed(auditor, "&device=abababab")] == ["", "设备 abababab"]
    assert [row["来自"] for row in listed(auditor, "&device=cdcd")] == ["设备 cdcdcdcd"]
    assert listed(auditor, "&device=%25") == listed(auditor, "&device=ef") == []
    assert [row["操作事项"] for row in listed(auditor, f"&record={number.lower()}")] == ["登记"]
    assert {row["操作事项"] for row in listed(auditor, "&words=登记+交办")} == {"登记"}
    assert "履历" in words_of(auditor.get(f"/assignments/{ids[0]}"))


@pytest.mark.only_on("sqlite")
def test_refused_sign_ins_of_an_attack_are_few_rows_that_say_how_many(app, auditor, client, monkeypatch):
    masters.person(app, "zhang", Role.KEEPER, name="张三丰")
    for number in range(5 + 12):
        answer = client.post("/sign-in", data={"username": "zhang", "password": f"wrong horse {number}"})
    assert answer.status_code == 429
    rows = listed(auditor, "&action=person.sign-in-throttled")
    assert [(row["操作人"], row["对象"], row["详情"]) for row in rows] == [
        ("没有登录", "人员 · 张三丰", "当天已拦截次数：10"),
        ("没有登录", "人员 · 张三丰", "当天已拦截次数：1"),
    ]
    assert len(listed(auditor, "&action=person.sign-in-failed")) == 5
    tomorrow = clock.now() + timedelta(days=1)
    with app.app_context():
        for _ in range(5):
            with suppress(Refusal):
                accounts.sign_in("zhang", "-", device="-", address="127.0.0.1", at=tomorrow)
        with pytest.raises(Refusal, match="sign-in-throttled") as refusal:
            accounts.sign_in("zhang", "-", device="-", address="127.0.0.1", at=tomorrow)
        assert refusal.value.times == 1
        sweep(tomorrow + timedelta(days=1))
        assert db.session.scalars(select(Throttling)).all() == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("since=昨天", "请按 2026-11-24 的样子填写日期"),
        ("since=2026-11-24&until=2026-11-01", "不能早于"),
        ("action=all", "请从列出的选项中选择"),
        ("group=no", "请从列出的选项中选择"),
    ],
)
def test_a_filter_that_is_none_is_told_and_kept(auditor, query, sentence):
    answer = auditor.get(f"/journal?{query}")
    assert answer.status_code == 422
    assert sentence in words_of(answer)


@pytest.mark.parametrize("record", ["9" * 40, "\0", "%00", "-1", "１２３", "' OR 1=1"])
def test_a_record_that_was_never_there_finds_nothing(auditor, record):
    assert auditor.get("/journal", query_string={"record": record}).status_code in (200, 400, 422)


def test_a_failed_sign_in_names_the_person_and_never_what_was_typed(app, auditor, client):
    masters.person(app, "zhang", Role.KEEPER, name="张三丰")
    for username in ("zhang", "mypassword2026"):
        client.post("/sign-in", data={"username": username, "password": "wrong horse 9"})
    rows = listed(auditor, "&action=person.sign-in-failed")
    assert [(row["操作人"], row["对象"], row["详情"]) for row in rows] == [
        ("没有登录", "人员", "原因：没有这个用户名（输入的内容没有保存）"),
        ("没有登录", "人员 · 张三丰", "原因：密码不对"),
    ]
    for address in ("/journal", f"/journal/{newest(app, 'person.sign-in-failed')}", "/journal?format=csv"):
        assert "mypassword" not in auditor.get(address).text


def test_a_wrong_code_of_the_second_step_is_a_failed_sign_in(app, auditor, client):
    person = masters.person(app, "zhang", Role.KEEPER, name="张三丰")
    with app.app_context(), transaction() as session:
        session.execute(text("UPDATE person SET totp_secret = :s WHERE username = 'zhang'"), {"s": "x"})
    client.post("/sign-in", data={"username": "zhang", "password": masters.PASSWORD})
    client.post("/sign-in/code", data={"code": "000000"})
    [row] = listed(auditor, f"&record={person}&action=person.sign-in-failed")
    assert row["详情"] == "原因：两步验证码不对"


def test_a_reason_is_shown_for_a_reason_which_is_noted(app, auditor):
    with app.app_context():
        note("visit.revealed", "visit", reason="核实王秀英 13907940001")
    number = newest(app, "visit.revealed")
    for page in (auditor.get("/journal"), auditor.get(f"/journal/{number}"), auditor.get("/journal?format=csv")):
        assert "王秀英" not in page.text
        assert "13907940001" not in page.text
    assert auditor.post(f"/journal/{number}/reveal", data={"reason": " "}).status_code == 422
    shown = auditor.post(f"/journal/{number}/reveal", data={"reason": "督查"})
    assert "核实王秀英 13907940001" in words_of(shown)
    [row] = listed(auditor, "&action=journal.revealed")
    assert (row["操作人"], row["操作事项"]) == ("督查员", "查看日志中的原因")


def test_a_row_without_a_reason_and_a_purged_one_offer_none(app, auditor):
    with app.app_context():
        note(reason="为什么")
        with transaction() as session:
            session.execute(text("UPDATE journal SET private = NULL"))
    number = newest(app, "place.added")
    assert "/reveal" not in auditor.get(f"/journal/{number}").text
    assert auditor.post(f"/journal/{number}/reveal", data={"reason": "督查"}).status_code == 404


@pytest.mark.parametrize("number", [0, 999_999, 2**63, 10**30])
def test_a_row_that_is_none_is_not_found(auditor, number):
    assert auditor.get(f"/journal/{number}").status_code == 404
    assert auditor.post(f"/journal/{number}/reveal", data={"reason": "督查"}).status_code == 404


def test_a_changed_setting_says_from_what_to_what(app, auditor):
    with app.app_context():
        change_preferences(Preferences(observation_days=21, stamps_photos=False), by=None, at=clock.now())
        change_preferences(Preferences(observation_days=21), by=None, at=clock.now())
        change_retention({"visits": 30}, by=actor_of("auditor"), at=clock.now())
        change_retention({"visits": 40}, by=actor_of("auditor"), at=clock.now())
    told = [row["详情"] for row in listed(auditor, "&group=setting")]
    assert told == [
        "卡口来访登记：30 → 40",
        "卡口来访登记：— → 30",
        "照片上加印时间、场所和登记人：否 → 是",
        "观察天数：14 → 21；照片上加印时间、场所和登记人：是 → 否",
    ]


def actor_of(username):
    from webapp.accounts import queries as accounts

    return accounts.actor_of(accounts.find_by_username(username))


def test_what_was_changed_of_a_place_is_named_without_its_values(app, auditor):
    place = masters.place(app, "H-01", PlaceKind.HOSPITAL, contact_phone="13907940001")
    with app.app_context():
        from webapp.places.service import change_place

        masters.person(app, "boss", Role.ADMINISTRATOR)
        change_place(place, by=actor_of("boss"), at=clock.now(), name="场所H-01", contact_phone="13907940002")
    [row] = listed(auditor, "&action=place.changed")
    assert row["详情"] == "改动的项目：联系电话"


def test_where_it_came_from_is_the_device_of_the_session(app, auditor):
    agent = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120.0 Mobile"
    masters.person(app, "zhang", Role.KEEPER)
    app.test_client().post(
        "/sign-in", data={"username": "zhang", "password": masters.PASSWORD}, headers={"User-Agent": agent}
    )
    row = listed(auditor, "&action=person.signed-in")[0]
    assert row["来自"] == "Chrome · Android"
    with app.app_context(), transaction() as session:
        session.execute(text("DELETE FROM sign_in WHERE device LIKE '%Android%'"))
    assert listed(auditor, "&action=person.signed-in")[0]["来自"] == "登录记录已清理"


def test_a_row_tells_whether_its_block_holds(app, auditor):
    with app.app_context():
        note(subject="a")
    number = newest(app, "place.added")
    assert "还没有封存" in words_of(auditor.get(f"/journal/{number}"))
    with app.app_context():
        journal.seal(at=clock.now())
    assert "刚刚核对：没有改动" in words_of(auditor.get(f"/journal/{number}"))
    with app.app_context():
        tamper(f"UPDATE journal SET subject_id = 'b' WHERE seq = {number}")
    page = words_of(auditor.get(f"/journal/{number}"))
    assert "刚刚核对：不符" in page
    assert "不能作为证据" in page


@pytest.mark.only_on("sqlite")
def test_each_row_has_the_state_of_its_own_block(app, auditor):
    """Two sealed blocks, of which the second is tampered with, and rows that no block has yet."""
    with app.app_context():
        for subject in ("first", "second"):
            note("place.added", subject=subject)
            journal.seal(at=clock.now())
        note("place.added", subject="open")
        tamper("UPDATE journal SET subject_id = 'changed' WHERE subject_id = 'second'")
        run = next(job for job in jobs.claim_due(clock.now()) if job.name == verification.JOB)
        jobs.run(run, clock.now())
    states = [row["封存情况"] for row in listed(auditor, "&action=place.added")]
    assert states == ["还没有封存", "核对不符", "已封存"]
    body = auditor.get("/journal?action=place.added").text.split("<tbody>")[1]
    marks = [('data-status="refused"' in row.split(">")[0], "核对不符" in row) for row in body.split("<tr")[1:]]
    assert marks == [(False, False), (True, True), (False, False)]
    pages_ = [words_of(auditor.get(f"/journal/{n}")) for n in re.findall(r'href="/journal/(\d+)"', body)]
    told = ("还没有封存", "刚刚核对：不符", "刚刚核对：没有改动")
    assert [[words in page for words in told] for page in pages_] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]


def test_the_page_tells_what_the_last_verification_met(app, auditor):
    assert "还没有核对过" in words_of(auditor.get("/journal"))
    with app.app_context():
        note(subject="a")
        journal.seal(at=clock.now())
        run = next(job for job in jobs.claim_due(clock.now()) if job.name == verification.JOB)
        jobs.run(run, clock.now())
    page = auditor.get("/journal")
    assert "核对了全部 1 个封存块" in words_of(page)
    assert "核对不符" not in page.text
    with app.app_context():
        tamper("UPDATE journal SET subject_id = 'b' WHERE subject_id = 'a'")
        jobs.run(run, clock.now())
        assert verification.last_check().faulty == {1}
        assert [known.state for known in jobs.runs(clock.now()) if known.name == verification.JOB] == ["failed"]
    page = auditor.get("/journal")
    assert "发现 1 处不符" in words_of(page)
    assert page.text.count("核对不符") == words_of(page).count("已封存") + page.text.count("核对不符") > 0


def test_things_show_their_history_to_those_who_read_the_journal(app, auditor):
    place = masters.place(app, "H-01")
    page = auditor.get(f"/places/{place}")
    assert "履历" in words_of(page)
    assert f'href="/journal?record={place}"' in page.text
    masters.person(app, "inspector", Role.INSPECTOR)
    assert "履历" not in words_of(masters.signed_in(app, "inspector").get(f"/places/{place}"))


def test_a_history_costs_one_statement_and_names_the_last_ten(app, auditor):
    place = masters.place(app, "H-01")

    def cost():
        auditor.get(f"/places/{place}")
        with counted(app) as statements:
            page = auditor.get(f"/places/{place}")
        return len([s for s in statements if "FROM journal" in s]), page.text.count('href="/journal/')

    assert cost() == (1, 1)
    with app.app_context():
        for _ in range(10):
            note("place.changed", subject=place)
    assert cost() == (1, 10)
    assert "在操作日志中看全部" in words_of(auditor.get(f"/places/{place}"))


def test_the_auditor_sees_on_today_what_to_look_at(app, auditor):
    page = auditor.get("/today")
    of_the_journal = ("督查关注", "今日查看全号和查找", "今日修改全区设置", "今日登录没有成功", "今日登录被拦截")
    of_others = ("还有待传记录的设备", "没有人确认的提醒", "今日过时未报", "错报", "迟报", "瞒报")
    for words in (*of_the_journal, *of_others):
        assert words in words_of(page)
    with app.app_context():
        note("visit.revealed", "visit")
        note("visit.revealed", "visit", at=clock.now() - timedelta(days=2))
        note("inspection_finding.withdraw", "inspection_finding")
        note("entry.recorded", "inspection.void")
        note("entry.recorded", "inspection")
    numbers = {url.split("&")[0]: number for _label, number, url in figures(auditor.get("/today").text)}
    counted_ = [numbers[f"/journal?group={group}"] for group in ("reveal", "change", "setting")]
    assert counted_ == [1, 2, 0]
    assert "督查关注" not in words_of(masters.administrator(app).get("/today"))


def test_every_figure_of_the_journal_has_a_page_over_days(app, auditor):
    with app.app_context():
        note("visit.revealed", "visit")
        codes = [code for code in figures_of_app() if code.startswith(("audit.", "sync.waiting"))]
    assert len(codes) == 6
    for code in codes:
        page = auditor.get(f"/figures/{code}")
        assert page.status_code == 200
        assert (code == "audit.reveals") == ('href="/journal?group=reveal' in page.text)

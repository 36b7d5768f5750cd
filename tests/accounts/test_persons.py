import pytest

from tests.support.masters import PASSWORD, administrator, member, person, signed_in, unit, upload, workbook
from tests.support.reading import words_of
from webapp.accounts import queries, service
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.database import transaction
from webapp.kernel.journal import JournalRow

HEADINGS = ["用户名", "姓名", "职务", "电话", "单位编号", "角色", "管辖单位编号", "管辖场所编号"]
ROLES_WITHOUT = [Role.INSPECTOR, Role.GATEKEEPER, Role.KEEPER, Role.APPROVER]


def id_of(app, username):
    with app.app_context():
        return queries.find_by_username(username).id


@pytest.mark.parametrize("role", ROLES_WITHOUT)
def test_field_roles_do_not_see_the_list_of_persons(app, role):
    client = member(app, role)
    assert client.get("/persons").status_code == 403
    assert client.get("/persons/add").status_code == 403
    assert client.get(f"/persons/{id_of(app, role.value)}").status_code == 403


@pytest.mark.parametrize("role", [Role.COMMANDER, Role.AUDITOR])
def test_commanders_and_auditors_read_without_telephone_and_change_nothing(app, role):
    person(app, "zhang", Role.KEEPER, phone="13800138000")
    client, zhang = member(app, role), id_of(app, "zhang")
    assert "138****8000" not in client.get("/persons").text
    page = client.get(f"/persons/{zhang}")
    assert page.status_code == 200
    assert "138" not in words_of(page)
    assert client.get(f"/persons/{zhang}/edit").status_code == 403
    assert client.post(f"/persons/{zhang}/disable").status_code == 403
    assert client.post(f"/persons/{zhang}/phone", data={"reason": "x"}).status_code == 403


def test_nobody_signed_in_is_asked_to(app):
    assert app.test_client().get("/persons").status_code == 401


def test_an_administrator_adds_a_person_who_must_change_the_password(app):
    boss = administrator(app)
    typed = {"username": "ZhangSan", "name": "张三", "granted-0-role": "keeper", "granted-0-scope": "district"}
    page = boss.post("/persons/add", data=typed)
    assert page.status_code == 200
    first = page.text.split('class="secret">')[1].split("<")[0]
    client = app.test_client()
    assert client.post("/sign-in", data={"username": "zhangsan", "password": first}).status_code == 303
    assert client.get("/places/").location == "/me/password"


def test_the_post_of_a_person_is_administered_and_shown(app):
    boss, epb = administrator(app), unit(app, "EPB")
    typed = {"name": "张三", "unit": str(epb), "granted-0-role": "keeper", "granted-0-scope": "district"}
    boss.post("/persons/add", data=typed | {"username": "zhang", "post": "副区长"})
    zhang = id_of(app, "zhang")
    assert "职务 副区长" in words_of(boss.get(f"/persons/{zhang}"))
    assert "副区长" in words_of(boss.get("/persons"))
    boss.post(f"/units/{epb}/edit", data={"name": "分局", "kind": "bureau", "leader": str(zhang)})
    assert "领导（带班） 副区长 张三" in words_of(boss.get(f"/units/{epb}"))
    assert 'value="副区长"' in boss.get(f"/persons/{zhang}/edit").text
    boss.post(f"/persons/{zhang}/edit", data=typed | {"post": ""})
    with app.app_context():
        assert queries.find_person(zhang).post is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "请填写这一项"),
        ({"name": "x" * 81}, "最多 80 个字"),
        ({"post": "x" * 61}, "最多 60 个字"),
        ({"username": "张三"}, "小写字母"),
        ({"phone": "call me"}, "请填写电话号码"),
        ({"granted-0-scope": ""}, "同时选择角色和管辖范围"),
        ({"granted-0-scope": "unit:no-such"}, "请从列出的选项中选择"),
        ({"name": "a\0b"}, "不能保存的字符"),
        ({"username": "administrator"}, "已经有人用了"),
    ],
)
def test_a_bad_form_is_refused_in_place_and_keeps_what_was_typed(app, change, sentence):
    typed = {"username": "zhang", "name": "张三", "phone": "123456", "granted-0-role": "keeper"}
    answer = administrator(app).post("/persons/add", data=typed | {"granted-0-scope": "district"} | change)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "张三" in answer.text or "name" in change


def test_roles_changed_are_in_force_at_the_next_request(app):
    boss, client = administrator(app), member(app, Role.KEEPER)
    assert client.get("/persons").status_code == 403
    typed = {"name": "张三", "granted-0-role": "auditor", "granted-0-scope": "district"}
    assert boss.post(f"/persons/{id_of(app, 'keeper')}/edit", data=typed).status_code == 303
    assert client.get("/persons").status_code == 200


def test_the_last_administrator_can_neither_be_disabled_nor_demoted(app):
    boss = administrator(app)
    own = id_of(app, "administrator")
    refused = boss.post(f"/persons/{own}/disable")
    assert refused.status_code == 409
    assert "最后一位" in refused.text
    typed = {"name": "x", "granted-0-role": "keeper", "granted-0-scope": "district"}
    assert boss.post(f"/persons/{own}/edit", data=typed).status_code == 409
    person(app, "second", Role.ADMINISTRATOR)
    assert boss.post(f"/persons/{id_of(app, 'second')}/disable").status_code == 303
    assert boss.post(f"/persons/{own}/disable").status_code == 409


def test_a_disabled_person_comes_back_with_the_same_password(app):
    boss = administrator(app)
    person(app, "keeper", Role.KEEPER)
    keeper = id_of(app, "keeper")
    boss.post(f"/persons/{keeper}/disable")
    assert "已停用" in boss.get(f"/persons/{keeper}").text
    boss.post(f"/persons/{keeper}/enable")
    assert signed_in(app, "keeper").get("/places/").status_code == 200


def test_resetting_a_password_ends_sessions_and_shows_the_new_one_once(app):
    boss, client = administrator(app), member(app, Role.KEEPER)
    url = f"/persons/{id_of(app, 'keeper')}"
    page = boss.post(f"{url}/reset-password").text
    new = page.split('class="secret">')[1].split("<")[0]
    assert new not in boss.get(url).text
    assert client.get("/places/").status_code == 401
    old = app.test_client().post("/sign-in", data={"username": "keeper", "password": PASSWORD})
    assert old.status_code == 422
    assert app.test_client().post("/sign-in", data={"username": "keeper", "password": new}).status_code == 303


def test_the_whole_telephone_number_takes_a_reason_that_is_kept(app):
    boss = administrator(app)
    person(app, "zhang", Role.KEEPER, phone="13800138000")
    url = f"/persons/{id_of(app, 'zhang')}"
    assert "13800138000" not in boss.get(url).text
    assert boss.post(f"{url}/phone", data={"reason": " "}).status_code == 422
    assert "13800138000" in boss.post(f"{url}/phone", data={"reason": "夜间紧急联系"}).text
    with app.app_context():
        rows = db.session.query(JournalRow).filter_by(action="person.phone-revealed").all()
        assert [row.reason for row in rows] == ["夜间紧急联系"]


def test_an_administrator_of_a_unit_reaches_no_further(app):
    above = unit(app, "A")
    mine = unit(app, "B", above)
    person(app, "local", Role.ADMINISTRATOR, unit_id=mine)
    person(app, "mate", Role.COMMANDER)
    with app.app_context():
        mate = queries.find_by_username("mate")
        mate.unit_id = mine
        db.session.commit()
    person(app, "far", Role.KEEPER)
    local = signed_in(app, "local")
    assert local.get(f"/persons/{id_of(app, 'far')}").status_code == 404
    assert local.post(f"/persons/{id_of(app, 'mate')}/reset-password").status_code == 403
    wide = {"username": "new", "name": "x", "granted-0-role": "keeper", "granted-0-scope": "district"}
    assert local.post("/persons/add", data=wide).status_code == 422
    good = wide | {"granted-0-scope": f"unit:{mine}", "unit": str(mine)}
    assert local.post("/persons/add", data=good).status_code == 200


def test_persons_come_in_from_excel_all_with_initial_passwords(app):
    boss = administrator(app)
    unit(app, "EPB")
    raw = workbook(
        HEADINGS,
        ["zhang", "张三", "副区长", "13800138000", "EPB", "仓库保管员", "EPB", ""],
        ["li", "李四", "", 13900139000, "", "auditor", "", ""],
    )
    preview = upload(boss, "/persons/import", raw)
    assert preview.status_code == 200
    assert "2 行都没有问题" in preview.text
    with app.app_context():
        assert queries.find_by_username("zhang") is None
    key = preview.text.split('name="key" value="')[1].split('"')[0]
    done = boss.post("/persons/import", data={"key": key})
    assert "已导入 2 行" in done.text
    first = done.text.split("<td>zhang</td><td><code>")[1].split("<")[0]
    assert app.test_client().post("/sign-in", data={"username": "zhang", "password": first}).status_code == 303
    again = boss.post("/persons/import", data={"key": key})
    assert (again.status_code, "没有重复导入" in again.text) == (200, True)
    with app.app_context():
        assert [queries.find_by_username(name).post for name in ("zhang", "li")] == ["副区长", None]


def test_every_wrong_cell_is_named_and_nothing_is_imported(app):
    boss = administrator(app)
    raw = workbook(
        HEADINGS,
        ["zhang", "张三", "", "", "", "仓库保管员", "", ""],
        ["zhang", "", "长" * 61, "bad", "NOPE", "king", "", "X-1"],
        ["administrator", "李四", "长" * 60, "", "", "keeper", "", ""],
    )
    answer = upload(boss, "/persons/import", raw)
    assert answer.status_code == 422
    for cell in ("A3", "B3", "C3", "D3", "E3", "F3", "H3", "A4"):
        assert f'<th scope="row">{cell}</th>' in answer.text, cell
    with app.app_context():
        assert queries.find_by_username("zhang") is None


def test_a_preview_is_its_uploaders_only(app):
    boss = administrator(app)
    preview = upload(boss, "/persons/import", workbook(HEADINGS, ["zhang", "张三", "", "", "", "keeper", "", ""]))
    key = preview.text.split('name="key" value="')[1].split('"')[0]
    person(app, "second", Role.ADMINISTRATOR)
    assert signed_in(app, "second").post("/persons/import", data={"key": key}).status_code == 409
    assert boss.post("/persons/import", data={"key": "../../keys/data.key"}).status_code == 409


@pytest.mark.parametrize("typed", ["古丽·买买", "古丽‧买买", "古丽．买买", "古丽买买", "阿依古丽"])
def test_a_name_is_found_by_any_middle_dot(app, typed):
    with app.app_context(), transaction():
        for username, name in (("ayi", "阿依古丽•买买提"), ("zhang", "张三")):
            service.put_person(username, name, PASSWORD, [], by=None, at=clock.now(), is_demonstration=True)
    page = administrator(app).get("/persons", query_string={"name": typed}).text
    assert "阿依古丽•买买提" in page
    assert "张三" not in page

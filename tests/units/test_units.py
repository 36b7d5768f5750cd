import pytest

from tests.support.masters import administrator, member, person, signed_in, unit, upload, workbook
from tests.support.reading import words_of
from webapp.accounts import queries as accounts
from webapp.kernel.access import Role
from webapp.units import queries

HEADINGS = ["单位编号", "名称", "类别", "上级单位编号"]
WITH_PEOPLE = [*HEADINGS, "领导（带班）用户名", "责任人用户名"]


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.GATEKEEPER, Role.KEEPER])
def test_field_roles_do_not_see_the_tree(app, role):
    assert member(app, role).get("/units/").status_code == 403


def test_who_is_not_signed_in_sees_nothing(app):
    assert app.test_client().get("/units/").status_code == 401


@pytest.mark.parametrize("role", [Role.COMMANDER, Role.AUDITOR, Role.APPROVER])
def test_readers_read_and_change_nothing(app, role):
    epb = unit(app, "EPB")
    client = member(app, role)
    assert "单位EPB" in client.get("/units/").text
    assert client.get("/units/add").status_code == 403
    assert client.post(f"/units/{epb}/edit", data={"name": "x", "kind": "bureau"}).status_code == 403


def test_a_reader_of_one_unit_gets_404_for_another(app):
    mine, other = unit(app, "A"), unit(app, "B")
    below = unit(app, "C", mine)
    client = member(app, Role.APPROVER, unit_id=mine)
    assert client.get(f"/units/{below}").status_code == 200
    assert client.get(f"/units/{other}").status_code == 404
    assert "单位B" not in client.get("/units/").text


def test_an_administrator_adds_a_unit_with_its_leader(app):
    boss, above = administrator(app), unit(app, "EPB")
    person(app, "leader", Role.APPROVER)
    with app.app_context():
        leader = accounts.find_by_username("leader").id
    typed = {"code": "law", "name": "执法大队", "kind": "institution", "parent": str(above), "leader": str(leader)}
    answer = boss.post("/units/add", data=typed)
    assert answer.status_code == 303
    assert "Leader" in boss.get(answer.location).text
    assert "EPB" in words_of(boss.get(answer.location))


def test_a_code_used_twice_is_refused_on_its_field_and_the_rest_is_kept(app):
    boss = administrator(app)
    unit(app, "EPB")
    answer = boss.post("/units/add", data={"code": "EPB", "name": "另一个局", "kind": "bureau"})
    assert answer.status_code == 422
    assert "已经有了" in answer.text
    assert 'value="另一个局"' in answer.text


def test_changing_a_unit(app):
    boss, epb = administrator(app), unit(app, "EPB")
    assert boss.get(f"/units/{epb}/edit").status_code == 200
    assert boss.post(f"/units/{epb}/edit", data={"name": "", "kind": "bureau"}).status_code == 422
    assert boss.post(f"/units/{epb}/edit", data={"name": "新名称", "kind": "bureau"}).status_code == 303
    assert "新名称" in boss.get(f"/units/{epb}").text


def test_units_come_in_from_excel_children_before_their_parents_too(app):
    boss = administrator(app)
    raw = workbook(HEADINGS, ["LAW", "大队", "部门", "EPB"], ["EPB", "分局", "bureau", ""])
    preview = upload(boss, "/units/import", raw)
    assert preview.status_code == 200, preview.text
    key = preview.text.split('name="key" value="')[1].split('"')[0]
    assert "已导入 2 行" in boss.post("/units/import", data={"key": key}).text
    with app.app_context():
        law, epb = queries.find_by_code("LAW"), queries.find_by_code("EPB")
        assert law.parent_id == epb.id
        assert law.path.startswith(epb.path)


def test_wrong_cells_of_units_are_named(app):
    boss = administrator(app)
    unit(app, "OLD")
    rows = (["OLD", "a", "部门", ""], ["A", "a", "部门", "B"], ["B", "b", "部门", "A"], ["C", "c", "部门", "NOPE"])
    answer = upload(boss, "/units/import", workbook(HEADINGS, *rows))
    assert answer.status_code == 422
    for cell in ("A2", "D3", "D4", "D5"):
        assert f'<th scope="row">{cell}</th>' in answer.text, cell


def test_units_come_in_with_who_leads_and_who_answers(app):
    boss, leader = administrator(app), person(app, "zhang", Role.COMMANDER)
    raw = workbook(WITH_PEOPLE, ["EPB", "分局", "部门", "", "Zhang", "administrator"])
    preview = upload(boss, "/units/import", raw)
    assert preview.status_code == 200, preview.text
    boss.post("/units/import", data={"key": preview.text.split('name="key" value="')[1].split('"')[0]})
    with app.app_context():
        found = queries.find_by_code("EPB")
        assert found.leader_id == leader
        assert found.responsible_id == accounts.find_by_username("administrator").id


def test_a_leader_nobody_knows_or_who_is_disabled_is_named_by_cell(app):
    boss, gone = administrator(app), person(app, "gone", Role.KEEPER)
    boss.post(f"/persons/{gone}/disable")
    rows = (["A", "a", "部门", "", "nobody", ""], ["B", "b", "部门", "", "", "gone"])
    answer = upload(boss, "/units/import", workbook(WITH_PEOPLE, *rows))
    assert answer.status_code == 422
    for cell in ("E2", "F3"):
        assert f'<th scope="row">{cell}</th>' in answer.text, cell
    with app.app_context():
        assert queries.find_by_code("A") is None


def test_member_units_come_in_with_the_units_of_the_file_and_those_there_are(app):
    boss, finance = administrator(app), unit(app, "FIN")
    headings = [*HEADINGS, "成员单位编号"]
    wrong = upload(boss, "/units/import", workbook(headings, ["SUP", "保障组", "工作专班", "", "FIN、NOPE"]))
    assert wrong.status_code == 422
    assert '<th scope="row">E2</th>' in wrong.text
    raw = workbook(headings, ["SUP", "保障组", "工作专班", "", "FIN，tra"], ["TRA", "商务局", "部门", "", ""])
    preview = upload(boss, "/units/import", raw)
    assert preview.status_code == 200, preview.text
    boss.post("/units/import", data={"key": preview.text.split('name="key" value="')[1].split('"')[0]})
    with app.app_context():
        members = queries.members(queries.find_by_code("SUP").id)
        assert [member.code for member in members] == ["FIN", "TRA"]
        assert members[0].id == finance


def test_only_administrators_import(app):
    commander = member(app, Role.COMMANDER)
    assert commander.get("/units/import").status_code == 403
    assert commander.get("/places/import").status_code == 403
    assert commander.get("/persons/import").status_code == 403


def test_members_are_counted(app):
    boss, epb = administrator(app), unit(app, "EPB")
    person(app, "member", Role.KEEPER, unit_id=None)
    typed = {"name": "成员甲", "unit": str(epb), "granted-0-role": "keeper", "granted-0-scope": "district"}
    with app.app_context():
        member_id = accounts.find_by_username("member").id
    boss.post(f"/persons/{member_id}/edit", data=typed)
    assert "成员甲" in boss.get(f"/units/{epb}").text
    with app.app_context():
        assert accounts.count_by_unit() == {epb: 1}
    assert signed_in(app, "member").get("/places/").status_code == 200


def test_units_that_work_in_a_task_force_are_chosen_and_shown(app):
    boss, force = administrator(app), unit(app, "SUP")
    finance, trade = unit(app, "FIN"), unit(app, "TRA")
    typed = {"name": "保障组", "kind": "task_force"}
    assert boss.post(f"/units/{force}/edit", data=typed | {"members": [str(finance), str(trade)]}).status_code == 303
    words = words_of(boss.get(f"/units/{force}"))
    assert "成员单位（2 个）" in words
    assert "单位FIN" in words
    assert f'value="{finance}" checked' in boss.get(f"/units/{force}/edit").text
    assert boss.post(f"/units/{force}/edit", data=typed | {"members": [str(force)]}).status_code == 422
    boss.post(f"/units/{force}/edit", data=typed | {"members": [str(trade)]})
    with app.app_context():
        assert [member.code for member in queries.members(force)] == ["TRA"]


def test_a_reader_sees_the_names_of_members_beyond_their_reach_without_a_link(app):
    boss, force, finance = administrator(app), unit(app, "SUP"), unit(app, "FIN")
    below = unit(app, "OWN", force)
    boss.post(f"/units/{force}/edit", data={"name": "保障组", "kind": "task_force", "members": [str(finance)]})
    page = member(app, Role.APPROVER, unit_id=force).get(f"/units/{force}")
    assert "单位FIN" in page.text
    assert f"/units/{finance}" not in page.text
    assert f"/units/{below}" in page.text

import json
import re
from pathlib import Path

import pytest

from tests.support.masters import CAST, administrator, member, place, unit, upload, workbook
from tests.support.reading import words_of
from webapp.accounts import queries as accounts
from webapp.kernel import navigation, scanning
from webapp.kernel.access import Role
from webapp.places import queries, views
from webapp.places.rules import DischargeRoute, Disinfectant, Institution, PlaceKind

HEADINGS = ["编号", "名称", "类别", "所属单位编号", "属于场所编号", "联系电话", "床位数", "机构类别（GB 18466-2005）"]
TYPED = {"code": "h-9", "name": "第九医院", "kind": "hospital"}


def actor(app, username):
    with app.app_context():
        return accounts.actor_of(accounts.find_by_username(username))


def test_who_is_not_signed_in_sees_nothing(app):
    assert app.test_client().get("/places/").status_code == 401


@pytest.mark.parametrize("role", [role for role in CAST if role is not Role.ADMINISTRATOR])
def test_only_administrators_change_places(app, role):
    one = place(app, "H-01")
    client = member(app, role)
    assert client.get(f"/places/{one}").status_code == 200
    assert client.get("/places/add").status_code == 403
    assert client.post(f"/places/{one}/edit", data=TYPED).status_code == 403


def test_a_place_out_of_scope_is_not_found_anywhere(app):
    mine, other = unit(app, "A"), unit(app, "B")
    seen, hidden = place(app, "H-01", unit_id=mine), place(app, "H-02", unit_id=other)
    client = member(app, Role.INSPECTOR, unit_id=mine)
    assert client.get(f"/places/{seen}").status_code == 200
    assert client.get(f"/places/{hidden}").status_code == 404
    assert client.get(f"/places/labels/print?place={hidden}").status_code == 404
    assert client.post(f"/places/{hidden}/phone", data={"reason": "x"}).status_code == 404
    listed = client.get("/places/").text
    assert "H-01" in listed
    assert "H-02" not in listed


def test_the_list_filters_by_kind_unit_below_and_text(app):
    above = unit(app, "A")
    below = unit(app, "B", above)
    place(app, "H-01", unit_id=below)
    place(app, "E-01", PlaceKind.ENTERPRISE)
    place(app, "X-01", PlaceKind.LOSS)
    client = administrator(app)
    everything = words_of(client.get("/places/"))
    assert "E-01" in everything
    assert "X-01" not in everything
    assert "E-01" not in words_of(client.get("/places/?kind=hospital"))
    assert "E-01" not in words_of(client.get(f"/places/?unit={above}"))
    assert "H-01" in words_of(client.get(f"/places/?unit={above}"))
    assert "E-01" in words_of(client.get("/places/?text=e-01"))
    assert client.get("/places/?kind=castle").status_code == 422
    assert client.get("/places/?text=%25").status_code == 200


def test_an_administrator_adds_a_hospital_with_what_the_standard_asks(app):
    boss = administrator(app)
    more = {"institution": "infectious", "discharge_route": "sewer", "disinfectant": "chlorine", "beds": "320"}
    answer = boss.post("/places/add", data=TYPED | more)
    assert answer.status_code == 303
    words = words_of(boss.get(answer.location))
    assert "H-9" in words
    assert "传染病、结核病医疗机构" in words
    with app.app_context():
        found = queries.find_by_code("H-9")
        assert (found.institution, found.discharge_route) == (Institution.INFECTIOUS, DischargeRoute.SEWER)
        assert found.disinfectant is Disinfectant.CHLORINE
        assert found.beds == 320


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"code": "第九"}, "编号只能用"),
        ({"beds": "-1"}, "应在 0 到"),
        ({"beds": "9" * 30}, "请填写数字"),
        ({"latitude": "91"}, "应在 -90 到 90"),
        ({"kind": "loss"}, "请从列出的选项中选择"),
        ({"contact_phone": "x"}, "请填写电话号码"),
        ({"name": "   "}, "请填写这一项"),
        ({"code": "H-01"}, "已经有了"),
    ],
)
def test_a_bad_place_is_refused_in_place_and_kept(app, change, sentence):
    place(app, "H-01")
    answer = administrator(app).post("/places/add", data=TYPED | {"address": "人民路1号"} | change)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "人民路1号" in answer.text


def test_editing_keeps_what_was_not_changed(app):
    epb = unit(app, "EPB")
    one = place(app, "H-01", unit_id=epb, beds=0, contact_phone="13900000001")
    boss = administrator(app)
    form = boss.get(f"/places/{one}/edit").text
    assert 'value="H-01"' in form
    assert f'<option selected value="{epb}"' in form
    assert boss.post(f"/places/{one}/edit", data=TYPED | {"is_closed": "y"}).status_code == 303
    assert "已关闭" in boss.get(f"/places/{one}").text


def test_a_stored_number_comes_back_as_it_was_typed(app):
    one = place(app, "H-01", beds=320)
    form = administrator(app).get(f"/places/{one}/edit").text
    assert re.search(r'name="beds"[^>]*value="320"|value="320"[^>]*name="beds"', form)


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04 broken", b"not a sheet", "编号,名称".encode("gb18030")])
@pytest.mark.parametrize("path", ["/places/import", "/units/import", "/persons/import"])
def test_a_file_that_is_no_spreadsheet_is_refused_in_words(app, path, raw):
    answer = upload(administrator(app), path, raw)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_the_contact_is_masked_until_a_reason_is_given(app):
    one = place(app, "H-01", contact_phone="13900000001")
    client = member(app, Role.INSPECTOR)
    assert "139****0001" in client.get(f"/places/{one}").text
    assert client.post(f"/places/{one}/phone", data={"reason": ""}).status_code == 422
    assert "13900000001" in client.post(f"/places/{one}/phone", data={"reason": "约检查时间"}).text


def test_scanning_a_label_or_typing_its_code_opens_the_place(app):
    one = place(app, "H-01")
    member(app, Role.INSPECTOR)
    who = actor(app, "inspector")
    with app.test_request_context():
        for code in (f"https://old.example/places/{one}", f"/places/{one}/", "h-01", " H-01 "):
            found = [answer for answer in scanning.answers(code, who) if answer.kind == "place"]
            assert [answer.url for answer in found] == [f"/places/{one}"], code
        assert [a for a in scanning.answers("H-02", who) if a.kind == "place"] == []
        assert [a for a in scanning.answers("/places/not-an-id", who) if a.kind == "place"] == []


def test_scanning_finds_nothing_out_of_scope(app):
    mine = unit(app, "A")
    hidden = place(app, "H-02")
    member(app, Role.INSPECTOR, unit_id=mine)
    who = actor(app, "inspector")
    with app.test_request_context():
        assert [a for a in scanning.answers("H-02", who) if a.kind == "place"] == []
        assert [a for a in scanning.answers(f"/places/{hidden}", who) if a.kind == "place"] == []


def test_a_place_offers_what_its_kind_and_the_role_allow(app, monkeypatch):
    action = navigation.PlaceAction(
        "test.check",
        "做检查",
        "check",
        (Role.INSPECTOR,),
        lambda place_id: f"/x/{place_id}",
        frozenset({"hospital"}),
    )
    monkeypatch.setitem(app.extensions, "frontline.place_actions", (action,))
    hospital, shop = place(app, "H-01"), place(app, "E-01", PlaceKind.ENTERPRISE)
    inspector, auditor = member(app, Role.INSPECTOR), member(app, Role.AUDITOR)
    assert f'href="/x/{hospital}"' in inspector.get(f"/places/{hospital}").text
    assert "做检查" not in inspector.get(f"/places/{shop}").text
    assert "做检查" not in auditor.get(f"/places/{hospital}").text


def test_labels_print_a_code_for_each_chosen_place(app):
    one, two = place(app, "H-01"), place(app, "H-02")
    client = member(app, Role.AUDITOR)
    assert client.get("/places/labels").text.count('name="place" value=') == 2
    sheet = client.get(f"/places/labels/print?place={one}&place={two}&place=nonsense").text
    assert sheet.count("<svg") == 2
    assert "H-02" in sheet
    assert client.get("/places/labels/print").status_code == 404


def test_labels_beyond_those_of_one_print_are_announced(app, monkeypatch):
    for number in range(3):
        place(app, f"H-0{number}")
    monkeypatch.setattr(views, "MOST_LABELS", 2)
    page = member(app, Role.AUDITOR).get("/places/labels").text
    assert page.count('name="place" value=') == 2
    assert "共 3 个场所，一次最多打印 2 个" in page


def test_places_come_in_from_excel_with_their_outlets(app):
    boss = administrator(app)
    unit(app, "EPB")
    raw = workbook(
        HEADINGS,
        ["O-01", "总排口", "排放口（采样点）", "EPB", "H-01", "", "", ""],
        ["H-01", "三院", "医院", "EPB", "", 13900000001, 320, "传染病、结核病医疗机构"],
    )
    preview = upload(boss, "/places/import", raw)
    assert preview.status_code == 200, preview.text
    key = preview.text.split('name="key" value="')[1].split('"')[0]
    assert "已导入 2 行" in boss.post("/places/import", data={"key": key}).text
    with app.app_context():
        outlet, hospital = queries.find_by_code("O-01"), queries.find_by_code("H-01")
        assert outlet.parent_id == hospital.id
        assert hospital.contact_phone == "13900000001"


def test_wrong_cells_of_places_are_named_and_nothing_is_half_imported(app):
    boss = administrator(app)
    place(app, "OLD")
    rows = (
        ["OLD", "a", "医院"],
        ["NEW", "b", "医院"],
        ["B", "c", "城堡", "NOPE", "NOPE", "x", 1.5, "大医院"],
    )
    answer = upload(boss, "/places/import", workbook(HEADINGS, *rows))
    assert answer.status_code == 422
    for cell in ("A2", "C4", "D4", "E4", "F4", "G4", "H4"):
        assert f'<th scope="row">{cell}</th>' in answer.text, cell
    with app.app_context():
        assert queries.find_by_code("NEW") is None


def test_a_code_taken_between_preview_and_confirmation_imports_nothing(app):
    boss = administrator(app)
    preview = upload(boss, "/places/import", workbook(HEADINGS, ["N-1", "a", "医院"], ["N-2", "b", "医院"]))
    key = preview.text.split('name="key" value="')[1].split('"')[0]
    place(app, "N-2")
    assert boss.post("/places/import", data={"key": key}).status_code == 422
    with app.app_context():
        assert queries.find_by_code("N-1") is None


def test_a_place_is_found_by_its_label_and_its_code(app):
    cases = json.loads((Path(__file__).parent / "labels.json").read_text(encoding="utf-8"))
    gate = place(app, cases["code"], PlaceKind.CHECKPOINT)
    with app.app_context():
        for text in cases["found"]:
            assert queries.find_by_label(text.replace("{id}", str(gate))).id == gate, text
        for text in cases["not_found"]:
            assert queries.find_by_label(text.replace("{id}", str(gate))) is None, text

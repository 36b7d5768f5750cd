"""The pages of the gate: page and fragment, kept input, masks, and what nobody may do."""

import html
import io
import re
from uuid import UUID, uuid4

import openpyxl
import pytest
from sqlalchemy import func, select, text

from tests.checkpoints.conftest import ARRIVAL, HTMX, WANG, arrival
from tests.support import masters
from webapp.accounts.models import PersonGrant
from webapp.checkpoints import queries
from webapp.checkpoints.models import Visit
from webapp.extensions import db
from webapp.kernel import listing
from webapp.kernel.access import Role
from webapp.kernel.database import transaction
from webapp.kernel.entries import Entry
from webapp.kernel.journal import JournalRow

HOSTILE = {
    "nul": "王\x00秀英",
    "emoji": "😷👩‍👩‍👧",
    "right to left": "\u202eمحمد\u202c",
    "very long": "长" * 10_000,
    "huge number": "9" * 400,
    "markup": "<script>alert(1)</script>{{7*7}}",
    "quotes": "'; DROP TABLE visit; --",
    "line breaks": "a\r\nb",
    "control": "\x07\x1b[31m",
    "full width": "３７．９",
    "combining": "e\u0301" * 20,
}


def head_count(gates):
    with gates.app.app_context():
        return queries.head_count(gates.here)


def test_whoever_has_one_gate_goes_straight_to_it(keeper_of_gate, gate_url):
    assert keeper_of_gate.get("/checkpoints").location == f"{gate_url}/gate"


def test_whoever_has_several_chooses(app, gates):
    page = masters.signed_in(app, masters.person(app, "all", Role.GATEKEEPER) and "all").get("/checkpoints").text
    assert f"/checkpoints/{gates.here}/gate" in page
    assert f"/checkpoints/{gates.there}/gate" in page


def test_the_gate_has_one_box_the_form_and_who_is_inside(keeper_of_gate, gate_url, visit):
    page = keeper_of_gate.get(f"{gate_url}/gate").text
    assert page.count("<h1") == 1
    assert 'name="q"' in page
    assert 'name="celsius"' in page
    assert re.search(r"data-head-count>1<", page)
    assert "王**" in page
    assert "王秀英" not in page


def test_an_arrival_in_a_browser_leads_back_to_the_gate(keeper_of_gate, gates, gate_url):
    answer = keeper_of_gate.post(f"{gate_url}/visits", data=arrival(gates))
    assert answer.status_code == 303
    assert "放行" in keeper_of_gate.get(answer.location).text


def test_an_arrival_by_htmx_is_answered_in_place(keeper_of_gate, gates, gate_url):
    answer = keeper_of_gate.post(f"{gate_url}/visits", data=arrival(gates), headers=HTMX)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<section id="gate"')
    assert "放行" in answer.text
    assert "HX-Request" in answer.headers["Vary"]
    assert head_count(gates) == 1


def test_the_same_arrival_posted_twice_is_one(keeper_of_gate, gates, gate_url):
    fields = arrival(gates)
    answers = [keeper_of_gate.post(f"{gate_url}/visits", data=fields) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert head_count(gates) == 1


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["browser", "htmx"])
def test_a_wrong_form_comes_back_with_everything_typed(keeper_of_gate, gates, gate_url, headers):
    fields = arrival(gates, celsius="99", id_number="110105194912310021", purpose="探亲", companions="2", host="张主任")
    answer = keeper_of_gate.post(f"{gate_url}/visits", data=fields, headers=headers)
    assert answer.status_code == 422
    for typed in ("王秀英", "13800138000", "110105194912310021", "鲁A12345", "本区三里庄", "探亲", "张主任", "99"):
        assert f'value="{typed}"' in answer.text
    assert fields["uuid"] in answer.text
    assert "证件号码不对" in answer.text
    assert head_count(gates) == 0


def test_nobody_is_logged_without_phone_or_document(keeper_of_gate, gates, gate_url):
    answer = keeper_of_gate.post(f"{gate_url}/visits", data=arrival(gates, phone="", id_number="", id_type=""))
    assert answer.status_code == 422
    assert "手机号和证件号码至少填一项" in answer.text


def test_a_fever_is_not_let_in_without_a_reason(keeper_of_gate, gates, gate_url):
    fields = arrival(gates, celsius="37.3")
    answer = keeper_of_gate.post(f"{gate_url}/visits", data=fields)
    assert answer.status_code == 422
    assert "填写理由" in answer.text
    assert 'value="37.3"' in answer.text
    assert head_count(gates) == 0
    kept = keeper_of_gate.post(f"{gate_url}/visits", data=fields | {"override_reason": "复测36.8"})
    assert kept.status_code == 303
    assert head_count(gates) == 1


def test_a_fever_is_refused_entry(keeper_of_gate, gates, gate_url):
    fields = arrival(gates, celsius="37.3", decision="refuse")
    answer = keeper_of_gate.post(f"{gate_url}/visits", data=fields, headers=HTMX)
    assert answer.status_code == 200
    assert "劝返" in answer.text
    assert head_count(gates) == 0


def test_who_is_inside_already_is_told_in_place_with_the_form_kept(keeper_of_gate, gates, gate_url, visit):
    answer = keeper_of_gate.post(f"{gate_url}/visits", data=arrival(gates, purpose="再来"), headers=HTMX)
    assert answer.status_code == 409
    assert "已登记在内" in answer.text
    assert 'value="再来"' in answer.text
    assert head_count(gates) == 1


@pytest.mark.parametrize(
    ("q", "name"),
    [
        ("13900139000", "phone"),
        ("1390013900", "phone"),
        ("鲁B54321", "plate"),
        ("应急12345", "plate"),
        ("E12345678", "id_number"),
        ("110105194912310021", "id_number"),
        ("李雷", "name"),
    ],
)
def test_what_was_looked_for_in_vain_stands_in_the_form(keeper_of_gate, gate_url, q, name):
    answer = keeper_of_gate.post(f"{gate_url}/look", data={"q": q})
    assert answer.status_code == 200
    assert f'value="{q}"' in re.search(rf'<input[^>]*name="{name}"[^>]*>', answer.text)[0]


def test_a_foreign_gate_is_not_found(keeper_of_gate, gates, visit):
    there = f"/checkpoints/{gates.there}"
    assert keeper_of_gate.get(f"{there}/gate").status_code == 404
    assert keeper_of_gate.get(f"{there}/live").status_code == 404
    assert keeper_of_gate.post(f"{there}/look", data={"q": "x"}).status_code == 404
    assert keeper_of_gate.post(f"{there}/visits", data=arrival(gates, place=gates.there)).status_code == 404
    assert keeper_of_gate.post(f"{there}/visits", data=arrival(gates, id_number="", id_type="")).status_code == 404
    assert head_count(gates) == 1, "nothing may be written through a foreign gate's address"


def test_a_foreign_visit_is_not_found(app, gates, visit):
    masters.person(app, "other", Role.GATEKEEPER, place_id=gates.there)
    other, there = masters.signed_in(app, "other"), f"/checkpoints/{gates.there}"
    assert other.get(f"/checkpoints/visits/{visit}").status_code == 404
    assert other.post(f"/checkpoints/visits/{visit}/reveal", data={"reason": "x"}).status_code == 404
    assert other.post(f"{there}/again/{visit}").status_code == 404
    assert other.post(f"{there}/departures", data={"visit": visit}).status_code == 404
    assert other.post(f"{there}/departures/{visit}/undo").status_code == 404
    assert str(visit) not in other.get("/checkpoints/visits").text


def test_the_list_and_its_files_mask_who_came(app, gates, visit):
    auditor = masters.member(app, Role.AUDITOR)
    book = openpyxl.load_workbook(io.BytesIO(auditor.get("/checkpoints/visits?format=xlsx").data))
    cells = " ".join(str(cell.value) for row in book.active.iter_rows() for cell in row)
    pages = [auditor.get(f"/checkpoints/visits{query}").text for query in ("", "?format=csv", "?format=print")]
    pages.append(auditor.get(f"/checkpoints/visits/{visit}").text)
    for told in (cells, *pages):
        assert "王**" in told
        assert "138****8000" in told
        for secret in ("王秀英", WANG["phone"], WANG["id_number"], "鲁A12345"):
            assert secret not in told


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("decision=pass", 1),
        ("decision=refuse", 0),
        ("inside=y", 1),
        ("overridden=y", 0),
        ("place=g-01", 1),
        ("place=G-02", 0),
        ("since=2099-01-01", 0),
    ],
)
def test_the_list_is_filtered(keeper_of_gate, visit, query, is_found):
    assert (str(visit) in keeper_of_gate.get(f"/checkpoints/visits?{query}").text) == bool(is_found)


def test_the_pages_of_the_list_turn_forth_and_back(monkeypatch, keeper_of_gate, gates, arrive):
    monkeypatch.setattr(listing.pages, "PAGE", 2)
    with gates.app.app_context():
        for phone in ("13800138000", "13800138001", "13800138002"):
            arrive(phone=phone, id_type=None, id_number=None, plate=None)

    def turn(page, words):
        [link] = re.findall(rf'href="([^"]+)" hx-get=.*{words}', page)
        answer = keeper_of_gate.get(html.unescape(link))
        assert answer.status_code == 200
        return answer.text

    first = keeper_of_gate.get("/checkpoints/visits").text
    second = turn(first, "下一页")
    assert (first.count("row-link"), second.count("row-link")) == (2, 1)
    assert turn(second, "上一页").count("row-link") == 2


def test_a_person_is_searched_for_by_post_only(keeper_of_gate, visit):
    assert str(visit) in keeper_of_gate.post("/checkpoints/visits", data={"q": WANG["phone"]}).text
    assert "没有找到" in keeper_of_gate.post("/checkpoints/visits", data={"q": "13900139000"}).text
    page = keeper_of_gate.get("/checkpoints/visits?q=13900139000").text
    assert str(visit) in page, "an address does not search for persons"


def test_full_data_is_shown_for_a_reason_that_is_journalled(app, keeper_of_gate, visit):
    url = f"/checkpoints/visits/{visit}/reveal"
    assert keeper_of_gate.post(url, data={"reason": " "}).status_code == 422
    shown = keeper_of_gate.post(url, data={"reason": "流调核实"})
    for secret in ("王秀英", WANG["phone"], WANG["id_number"], "鲁A12345"):
        assert secret in shown.text
    with app.app_context():
        rows = db.session.scalars(select(JournalRow).where(JournalRow.action == "visit.revealed")).all()
        assert [row.reason for row in rows] == ["流调核实"]


def test_the_auditor_is_not_offered_full_data(app, visit):
    auditor = masters.member(app, Role.AUDITOR)
    assert "/reveal" not in auditor.get(f"/checkpoints/visits/{visit}").text
    assert auditor.post(f"/checkpoints/visits/{visit}/reveal", data={"reason": "x"}).status_code == 403


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_input_is_answered_and_nothing_half_written(keeper_of_gate, gates, gate_url, text):
    before = arrival(gates)
    for field in [*ARRIVAL, "uuid", "place", "known", "captured_at", "device", "companions", "purpose", "host"]:
        answer = keeper_of_gate.post(f"{gate_url}/visits", data=before | {"uuid": str(uuid4()), field: text})
        assert answer.status_code in (303, 404, 409, 422), field
        assert "<script>alert" not in answer.text
    assert keeper_of_gate.post(f"{gate_url}/look", data={"q": text}).status_code in (200, 422)
    assert keeper_of_gate.post("/checkpoints/visits", data={"q": text}).status_code in (200, 422)
    assert keeper_of_gate.post(f"{gate_url}/departures", data={"visit": text}).status_code == 400
    filtered = keeper_of_gate.get("/checkpoints/visits", query_string={"place": text, "since": text})
    assert filtered.status_code in (400, 422)
    assert keeper_of_gate.get(f"{gate_url}/gate", query_string={"done": text}).status_code in (200, 400)
    assert keeper_of_gate.get(f"{gate_url}/gate").status_code == 200


WRONG = [
    ("companions", "9" * 400, "请填写数字"),
    ("companions", "61", "应在 0 到 60 之间"),
    ("companions", "1.5", "请填写整数"),
    ("companions", "NaN", "请填写数字"),
    ("celsius", "1e400", "请填写数字"),
    ("celsius", "33.9", "应在 34.0 到 43.0 之间"),
    ("celsius", "43.1", "应在 34.0 到 43.0 之间"),
    ("celsius", "36.55", "最多保留 1 位小数"),
    ("celsius", "😷", "请填写数字"),
    ("name", "王\x07秀英", "不能保存的字符"),
    ("name", "长" * 41, "最多 40 个字"),
    ("origin", "   ", "请填写这一项"),
    ("origin", "本区\x1b[31m", "不能保存的字符"),
    ("plate", "鲁" * 17, "最多 16 个字"),
    ("phone", "1380013800", "请填写11位手机号"),
    ("phone", "١" * 11, "请填写11位手机号"),
    ("id_number", "11010519491231002😷", "证件号码不对"),
    ("id_type", "library_card", "请从列出的选项中选择"),
    ("decision", "maybe", "请从列出的选项中选择"),
    ("decision", "", "请填写这一项"),
]


@pytest.mark.parametrize(("field", "text", "told"), WRONG)
def test_what_is_wrong_is_said_in_place_and_the_rest_is_kept(app, keeper_of_gate, gates, gate_url, field, text, told):
    fields = arrival(gates, purpose="探亲", companions="2", host="张主任") | {field: text}
    answer = keeper_of_gate.post(f"{gate_url}/visits", data=fields, headers=HTMX)
    assert answer.status_code == 422
    assert told in answer.text
    for name in {"name", "phone", "id_number", "plate", "origin", "celsius", "companions", "purpose", "host"} - {field}:
        assert f'value="{fields[name]}"' in answer.text, name
    if field not in ("decision", "id_type") and text.strip():
        assert f'value="{text}"' in answer.text
    with app.app_context():
        assert [db.session.scalar(select(func.count()).select_from(table)) for table in (Visit, Entry)] == [0, 0]


def test_figures_in_full_width_are_figures(keeper_of_gate, gates, gate_url):
    fields = arrival(gates, celsius="３７．２", companions="２", phone="１３８００１３８０００")
    assert keeper_of_gate.post(f"{gate_url}/visits", data=fields).status_code == 303
    assert head_count(gates) == 3


def test_bytes_that_are_no_text_are_answered(keeper_of_gate, gates, gate_url):
    body = "&".join(f"{name}={value}" for name, value in arrival(gates).items()).encode() + b"&host=%ff%fe%00%ED%A0%80"
    kind = "application/x-www-form-urlencoded"
    assert keeper_of_gate.post(f"{gate_url}/visits", data=body, content_type=kind).status_code in (303, 422)


def test_a_receipt_number_stands_on_the_visit(keeper_of_gate, visit):
    assert isinstance(visit, UUID)
    assert "回执号" in keeper_of_gate.get(f"/checkpoints/visits/{visit}").text


@pytest.mark.parametrize("filters", [{}, {"decision": "refuse"}])
def test_a_page_of_the_newest_does_not_sort_the_whole_history(app, gates, filters):
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL chooses by its statistics")
        page = (
            queries.visits(gates.actor.through(Role.GATEKEEPER), filters)
            .order_by(Visit.entered_at.desc(), Visit.id.desc())
            .limit(51)
        )
        asked = str(page.compile(db.engine, compile_kwargs={"literal_binds": True}))
        plan = [row.detail for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {asked}"))]
    assert any("ix_visit_entered" in step for step in plan), plan
    assert not any("TEMP B-TREE" in step for step in plan), plan


def test_whoever_only_keeps_a_gate_starts_there(app, gates, keeper_of_gate, gate_url):
    started = keeper_of_gate.get("/", follow_redirects=True)
    assert started.request.path == f"{gate_url}/gate"
    assert 'href="/today"' in started.text
    assert keeper_of_gate.get("/today").status_code == 200


def test_whoever_keeps_several_gates_starts_at_the_choice(app, gates):
    masters.person(app, "everywhere", Role.GATEKEEPER)
    everywhere = masters.signed_in(app, "everywhere")
    assert everywhere.get("/", follow_redirects=True).request.path == "/checkpoints"


def test_whoever_does_more_than_keep_a_gate_starts_at_today(app, gates):
    person_id = masters.person(app, "both", Role.GATEKEEPER, place_id=gates.here)
    with app.app_context(), transaction() as session:
        session.add(PersonGrant(id=uuid4(), person_id=person_id, role=Role.CLERK))
    answer = masters.signed_in(app, "both").get("/")
    assert (answer.status_code, 'id="today"' in answer.text) == (200, True)

"""The pages of an inspection: choose, fill in, what is wrong in place, the record, the lists, photos."""

import csv
import io
import json
import re
from html import unescape
from uuid import uuid4

import openpyxl
import pytest
from PIL import Image
from sqlalchemy import func, select

from tests.inspections.conftest import filled
from tests.support import masters
from tests.support.reading import words_of
from webapp.extensions import db
from webapp.inspections import choosing
from webapp.inspections.checklists import find
from webapp.inspections.models import Inspection
from webapp.kernel import media
from webapp.kernel.access import Role
from webapp.kernel.entries import Entry
from webapp.places.rules import PlaceKind

HTMX = {"HX-Request": "true"}
BELOW = {"chlorine_tank": "4.2", "chlorine_tank__quantity": "total"}
HOSTILE = {
    "nul": "良\x00好",
    "emoji": "😷👩‍👩‍👧",
    "right to left": "\u202eمحمد\u202c",
    "very long": "长" * 10_000,
    "huge number": "9" * 400,
    "exponent": "1e999999999",
    "not a number": "NaN",
    "markup": "<script>alert(1)</script>{{7*7}}",
    "quotes": "'; DROP TABLE inspection; --",
}


def jpeg(colour="teal"):
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return out.getvalue()


def with_photo(fields, raw, name="reading_photo", filename="现场.jpg"):
    return fields | {name: (io.BytesIO(raw), filename)}


@pytest.fixture
def inspector(ward):
    return masters.signed_in(ward.app, "inspector")


@pytest.fixture
def other(ward):
    """The inspector of the other hospital."""
    masters.person(ward.app, "other", Role.INSPECTOR, place_id=ward.there)
    return masters.signed_in(ward.app, "other")


@pytest.fixture
def recorded(inspector, ward):
    """The address of a record with a reading below its limit, a finding and a photo."""
    answer = inspector.post("/inspections", data=with_photo(filled(ward.here, **BELOW, no_bypass="no"), jpeg()))
    assert answer.status_code == 303, answer.text
    return answer.location


def count(ward, model=Inspection):
    with ward.app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def photos_in(page):
    return sorted(set(re.findall(r"/inspections/photos/[0-9a-f-]{36}", page)))


def test_the_choice_shows_the_places_in_reach_and_their_checklists(inspector, ward):
    answer = inspector.get("/inspections/new")
    assert answer.text.count("<h1") == 1
    assert "H-01" in words_of(answer)
    assert "H-02" not in words_of(answer)
    assert f"place={ward.here}" in answer.text
    assert "尚未检查" in words_of(answer)


def test_a_place_is_looked_for_by_name_or_number(inspector):
    assert "H-01" in words_of(inspector.get("/inspections/new?q=h-01"))
    found = inspector.get("/inspections/new?q=没有这里", headers=HTMX)
    assert found.text.lstrip().startswith('<div id="choices"')
    assert "没有找到场所" in found.text


def test_places_beyond_those_listed_are_announced(ward, monkeypatch):
    masters.person(ward.app, "both", Role.INSPECTOR)
    both = masters.signed_in(ward.app, "both")
    monkeypatch.setattr(choosing, "SHOWN", 1)
    assert "还有 1 个场所没有列出" in words_of(both.get("/inspections/new"))
    assert "没有列出" not in words_of(both.get("/inspections/new?q=h-01"))


@pytest.mark.parametrize("code", ["medical-waste", "hospital-wastewater"])
def test_the_form_has_every_item_and_what_the_phone_judges_by(inspector, ward, code):
    page = inspector.get(f"/inspections/new?place={ward.here}&checklist={code}").text
    fields = filled(ward.here, code)
    assert set(fields) <= set(re.findall(r'name="([\w-]+)"', page))
    assert "data-limits=" in page
    assert "data-circumstances=" in page
    assert 'enctype="multipart/form-data"' in page


def test_a_reading_has_its_unit_in_the_field_and_keys_for_decimals(inspector, ward):
    page = inspector.get(f"/inspections/new?place={ward.here}&checklist=hospital-wastewater").text
    field = re.search(r'<input[^>]*name="chlorine_tank"[^>]*>.{0,60}', page)
    assert 'inputmode="decimal"' in field[0]
    assert '<span class="unit">mg/L</span>' in field[0]


def test_the_phone_judges_a_disposal_plants_store_as_the_server_does(app):
    plant = masters.place(app, "P-01", PlaceKind.DISPOSAL_PLANT)
    page = masters.member(app, Role.INSPECTOR).get(f"/inspections/new?place={plant}&checklist=medical-waste").text
    told = re.search(r'data-circumstances="([^"]+)"', page).group(1)
    assert json.loads(unescape(told))[str(plant)]["points"] == {"waste_store": "disposal_plant"}


def test_a_foreign_place_has_no_form(inspector, ward):
    for place in (ward.there, uuid4(), "x", "' OR 1=1"):
        assert inspector.get("/inspections/new", query_string={"place": place}).status_code == 404


def test_a_check_leads_to_its_record(inspector, recorded):
    page = inspector.get(recorded).text
    for told in ("回执号", "4.2", "6.5", "GB 18466-2005", "注1", "低于下限", "无直排、偷排、溢流", "待整改"):
        assert told in page, told
    assert len(photos_in(page)) == 1


def test_by_htmx_the_record_is_opened_by_a_header(inspector, ward):
    answer = inspector.post("/inspections", data=filled(ward.here), headers=HTMX)
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith("/inspections/")


def test_the_same_check_posted_twice_is_one(inspector, ward):
    fields = filled(ward.here)
    places = {inspector.post("/inspections", data=fields).location for _time in range(2)}
    assert len(places) == 1
    assert count(ward) == 1


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["browser", "htmx"])
def test_a_wrong_form_comes_back_with_everything_typed(inspector, ward, headers):
    typed = BELOW | {"chlorine_tank": "四点二", "witness": "张主任", "no_bypass": "no", "no_bypass__note": "西侧有溢流"}
    typed |= {"remark": "天气阴", "no_bypass__due": "2199-12-24T08:30", "sample_kind": "grab", "ph": "7.35"}
    fields = filled(ward.here, **typed)
    answer = inspector.post("/inspections", data=fields, headers=headers)
    assert answer.status_code == 422
    for value in ("四点二", "张主任", "天气阴", "2199-12-24T08:30", "7.35", fields["uuid"]):
        assert f'value="{value}"' in answer.text, value
    assert "西侧有溢流</textarea>" in answer.text
    checked = set(re.findall(r'<input type="radio"[^>]*checked[^>]*>', answer.text))
    kept = {re.search(r'name="(\w+)"', tag)[1]: re.search(r'value="(\w+)"', tag)[1] for tag in checked}
    assert kept["no_bypass"] == "no"
    assert kept["chlorine_tank__quantity"] == "total"
    assert kept["sample_kind"] == "grab"
    assert kept["ppe_worn"] == "yes"
    assert "请填写读数" in answer.text
    assert answer.text.lstrip().startswith("<section") == bool(headers)
    assert count(ward, Entry) == 0


def test_what_is_not_answered_is_asked_for(inspector, ward):
    answer = inspector.post("/inspections", data=filled(ward.here, ppe_worn=None, confirmed=None))
    assert answer.status_code == 422
    assert "请填写这一项" in answer.text
    assert "请确认后再提交" in answer.text


def test_a_foreign_place_is_not_found_and_nothing_is_kept(inspector, ward):
    answer = inspector.post("/inspections", data=filled(ward.there))
    assert answer.status_code == 404
    assert "不在您的检查范围内" in answer.text
    assert count(ward, Entry) == 0


def test_the_record_can_be_printed(inspector, recorded):
    page = inspector.get(f"{recorded}/print").text
    for told in ("现场检查记录", "场所H-01", "4.2", "GB 18466-2005", "检查人（签名）", "打印人"):
        assert told in page, told


def test_a_record_is_shown_to_those_in_scope_only(app, recorded, other):
    assert other.get(recorded).status_code == 404
    assert other.get(f"{recorded}/print").status_code == 404
    assert recorded not in other.get("/inspections").text
    assert recorded not in other.get("/inspections/findings").text
    auditor = masters.member(app, Role.AUDITOR)
    assert auditor.get(recorded).status_code == 200
    assert masters.member(app, Role.KEEPER).get(recorded).status_code == 403


def test_a_photo_is_shown_to_those_in_scope_only(app, client, inspector, recorded, other):
    (photo,) = photos_in(inspector.get(recorded).text)
    shown = inspector.get(photo)
    assert (shown.status_code, shown.mimetype, shown.headers["Cache-Control"]) == (200, "image/jpeg", "no-store")
    assert other.get(photo).status_code == 404
    assert client.get(photo).status_code in (303, 401)
    assert masters.member(app, Role.GATEKEEPER).get(photo).status_code == 403
    assert inspector.get(f"/inspections/photos/{uuid4()}").status_code == 404


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("", True),
        ("checklist=hospital-wastewater", True),
        ("checklist=medical-waste", False),
        ("outcome=out_of_limits", True),
        ("outcome=clean", False),
        ("place=h-01", True),
        ("place=场所", True),
        ("place=H-02", False),
        ("place=%25", False),
        ("since=2099-01-01", False),
        ("until=2000-01-01", False),
    ],
)
def test_the_list_is_filtered(inspector, recorded, query, is_found):
    assert (recorded in inspector.get(f"/inspections?{query}").text) is is_found


def test_a_bad_filter_is_said_and_shows_nothing(inspector, recorded):
    answer = inspector.get("/inspections?since=yesterday&outcome=great")
    assert answer.status_code == 422
    assert recorded not in answer.text


def test_the_list_is_a_fragment_for_htmx(inspector, recorded):
    assert inspector.get("/inspections", headers=HTMX).text.lstrip().startswith('<section id="inspections"')


@pytest.mark.parametrize("path", ["/inspections", "/inspections/findings"])
def test_the_lists_are_exported_as_they_are_seen(inspector, recorded, other, path):
    book = openpyxl.load_workbook(io.BytesIO(inspector.get(f"{path}?format=xlsx").data))
    assert any("场所H-01" in map(str, row) for row in book.active.iter_rows(values_only=True))
    rows = list(csv.reader(io.StringIO(inspector.get(f"{path}?format=csv").data.decode("utf-8-sig"))))
    assert any("场所H-01" in row for row in rows)
    assert "场所H-01" in inspector.get(f"{path}?format=print").text
    assert "场所H-01" not in other.get(f"{path}?format=csv").text
    assert inspector.get(f"{path}?format=exe").status_code in (400, 404)


def test_what_is_to_be_put_right_stands_in_the_list(inspector, recorded):
    page = inspector.get("/inspections/findings").text
    assert "无直排、偷排、溢流" in page
    assert "接触池出口余氯" in page
    finding = re.search(r"/inspections/findings/[0-9a-f-]{36}", page).group()
    assert recorded in inspector.get(finding).text


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_input_is_answered_and_nothing_half_written(inspector, ward, text):
    names = ["ppe_worn", "disinfectant", "chlorine_tank", "chlorine_tank__quantity", "contact_time", "stock_days", "ph"]
    names += [
        "remark",
        "witness",
        "sampled_at",
        "sample_kind",
        "no_bypass__note",
        "no_bypass__due",
        "no_bypass__severity",
    ]
    names += ["place", "checklist", "uuid", "captured_at", "device", "confirmed", "reading_photo-sha256"]
    for name in names:
        before = count(ward, Entry)
        answer = inspector.post("/inspections", data=filled(ward.here, **{name: text}))
        assert answer.status_code in (303, 422), (name, answer.status_code)
        assert "<script>alert" not in answer.text, name
        assert count(ward, Entry) == before + (answer.status_code == 303), name
        assert count(ward) == count(ward, Entry)
        if answer.status_code == 303:
            assert inspector.get(answer.location).status_code == 200
            assert inspector.get(f"{answer.location}/print").status_code == 200
    assert inspector.get("/inspections/new", query_string={"q": text}).status_code in (200, 400)
    assert inspector.get("/inspections", query_string={"place": text, "since": text}).status_code in (400, 422)
    assert inspector.get("/inspections?format=csv").status_code == 200


@pytest.mark.parametrize(
    "raw", [b"", b"not a photo", jpeg()[:300], b"\x00" * 2000], ids=["empty", "text", "cut", "nul"]
)
def test_a_broken_photo_is_said_and_nothing_is_kept(inspector, ward, raw):
    answer = inspector.post("/inspections", data=with_photo(filled(ward.here), raw))
    assert answer.status_code == 422
    assert "不是能打开的照片" in answer.text
    assert count(ward, Entry) == 0
    with ward.app.app_context():
        assert list(media.folder().iterdir()) == []


def test_a_photo_that_did_not_arrive_whole_is_said(inspector, ward):
    fields = filled(ward.here) | {"reading_photo-sha256": "0" * 64}
    answer = inspector.post("/inspections", data=with_photo(fields, jpeg()), headers=HTMX)
    assert answer.status_code == 422
    assert "照片没有传完整" in answer.text
    assert answer.headers["HX-Retarget"] == "#messages"
    assert count(ward, Entry) == 0


def test_the_names_of_files_and_fields_are_not_trusted(inspector, ward):
    fields = with_photo(filled(ward.here), jpeg(), filename="../../../etc/passwd\x00.jpg")
    answer = inspector.post("/inspections", data=fields)
    assert answer.status_code == 303
    odd = inspector.post("/inspections", data=with_photo(filled(ward.here), jpeg(), name="x" * 300))
    assert odd.status_code in (303, 400, 422)
    with ward.app.app_context():
        assert all(re.fullmatch(r"[0-9a-f]{48}", path.name) for path in media.folder().iterdir())


def test_a_photo_too_large_is_said(inspector, ward):
    parts = [
        f'--cut\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in filled(ward.here).items()
    ]
    parts.append('--cut\r\nContent-Disposition: form-data; name="reading_photo"; filename="x.jpg"\r\n\r\n')
    body = "".join(parts).encode() + jpeg() + bytes(media.MAX_BYTES) + b"\r\n--cut--\r\n"
    answer = inspector.post("/inspections", data=body, content_type="multipart/form-data; boundary=cut")
    assert answer.status_code == 413
    assert "10 MB" in answer.text
    assert count(ward, Entry) == 0


def test_every_reading_has_a_line_for_its_limit_in_words_of_the_persons_language(inspector, ward):
    address = f"/inspections/new?place={ward.here}&checklist=hospital-wastewater"
    page = inspector.get(address).text
    readings = [item.code for item in find("hospital-wastewater", 1).items if item.parameter]
    assert re.findall(r'data-limit-of="(\w+)"', page) == readings
    assert "限值 {range}{unit}" in page
    inspector.post("/language", data={"language": "en"})
    assert "Limit {range}{unit}" in inspector.get(address).text


@pytest.mark.parametrize(("blank", "lines"), [(3, 3), (4, 1)])
def test_many_items_left_blank_are_one_line_that_leads_to_the_first(inspector, ward, blank, lines):
    duties = [item.code for item in find("medical-waste", 1).items if item.is_duty]
    fields = filled(ward.here, "medical-waste", **dict.fromkeys(duties[-blank:]), store_celsius="x")
    summary = inspector.post("/inspections", data=fields).text.split("data-errors")[1].split("</ul>")[0]
    assert summary.count("<li>") == lines + 1, "and one for what cannot be read"
    assert f'href="#{duties[-blank]}"' in summary
    assert ("从第一项" in summary) is (lines == 1)


def test_the_record_and_its_print_tell_what_was_answered_for_a_section_at_once(inspector, ward):
    fields = filled(ward.here, "medical-waste", together="bags labels", labels="no")
    record = inspector.post("/inspections", data=fields).location
    for path in (record, f"{record}/print"):
        assert inspector.get(path).text.count("按节一次填写") == 1


def test_the_next_place_of_the_kind_is_offered(app, ward):
    masters.person(app, "both", Role.INSPECTOR)
    both = masters.signed_in(app, "both")
    masters.place(app, "O-01", PlaceKind.OUTLET)
    for here, following in ((ward.here, "H-02"), (ward.there, "H-01")):
        record = both.post("/inspections", data=filled(here)).location
        assert f"下一家：{following}" in words_of(both.get(record))


def test_there_is_no_next_place_where_there_is_no_other(inspector, ward):
    assert "下一家" not in words_of(inspector.get(inspector.post("/inspections", data=filled(ward.here)).location))

"""Pages of reports and templates: who may, what is checked, what is kept."""

import io
import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.support import masters
from tests.support.counting import counted
from tests.support.reading import words_of
from tests.support.words import docx, texts
from webapp.briefings import uploads
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.units import queries as units

GOOD = docx("悬挂横幅{{ publicity.banner }}条，问题：{{ text.problems }}")


@pytest.fixture
def office(app, within):
    """office.commander, office.unit, office.upload(raw, name=, file=): a district with one unit."""

    class Office:
        unit = masters.unit(app, "TOP")
        commander = masters.member(app, Role.COMMANDER)

        def upload(self, raw, name="日常汇报", file="a.docx", url="/briefings/templates/add"):
            data = {"name": name, "file": (io.BytesIO(raw), file)}
            return self.commander.post(url, data=data, content_type="multipart/form-data")

        def version(self):
            page = self.commander.get(self.upload(GOOD).location).text
            return page.split("/briefings/new?version=")[1].split('"')[0]

        def fields(self, **changes):
            today = clock.district_day(clock.now())
            fields = {"id": str(uuid4()), "version": self.version(), "unit": str(self.unit), "until": str(today)}
            return (
                fields
                | {"since": str(today - timedelta(days=6)), "problems": "一是甲\n二是乙", "act": "make"}
                | changes
            )

        def make(self, fields):
            return self.commander.post("/briefings/new", data=fields)

    return Office()


def test_a_template_is_checked_kept_and_offered(office):
    answer = office.upload(GOOD)
    assert answer.status_code == 303
    assert "日常汇报" in words_of(office.commander.get("/briefings/new"))
    assert "日常汇报 1 可用" in words_of(office.commander.get("/briefings/templates"))


def test_faults_are_named_and_nothing_is_kept(office):
    answer = office.upload(docx("第一段", "横幅{{ publicity.banners }}条"))
    assert answer.status_code == 422
    assert "第 2 段“横幅{{ publicity.banners }}条” 没有“publicity.banners”这个代码" in words_of(answer)
    assert "日常汇报" in words_of(answer)  # the name stays in its field
    assert "还没有汇报模板" in words_of(office.commander.get("/briefings/templates"))


@pytest.mark.parametrize(("raw", "status", "words"), [(b"x", 422, "这不是 Word 文档"), (b"x" * 99, 413, "文件太大")])
def test_another_file_is_refused_in_words(office, monkeypatch, raw, status, words):
    monkeypatch.setattr(uploads, "TEMPLATE", replace(uploads.TEMPLATE, most_bytes=98))
    answer = office.upload(raw)
    assert answer.status_code == status
    assert words in words_of(answer)


def test_a_file_of_200_megabytes_is_refused_before_it_is_read(office):
    environ = {"wsgi.input": io.BytesIO(b"x" * 99), "CONTENT_LENGTH": str(200 * 1024 * 1024)}
    answer = office.commander.post(
        "/briefings/templates/add", content_type="multipart/form-data; boundary=x", environ_overrides=environ
    )
    assert answer.status_code == 413
    assert "文件太大" in answer.text
    assert environ["wsgi.input"].tell() == 0


def test_a_name_is_taken_once(office):
    office.upload(GOOD)
    answer = office.upload(GOOD)
    assert answer.status_code == 422
    assert "已有同名的模板" in words_of(answer)


def test_a_next_version_is_used_from_then_on_and_the_old_one_stays(office):
    url = office.upload(GOOD).location
    other = docx("新的一版{{ publicity.banner }}")
    assert office.upload(other, url=url).status_code == 303
    page = office.commander.get(url)
    assert "下载第 2 版" in words_of(page)
    old = page.text.split("/briefings/templates/versions/")[2].split('"')[0]
    assert office.commander.get(f"/briefings/templates/versions/{old}").data == GOOD


def test_a_closed_template_is_not_offered(office):
    fields = office.fields()
    page = office.commander.get("/briefings/templates").text
    close = re.search(r"/briefings/templates/[0-9a-f-]{36}", page)[0] + "/close"
    office.commander.post(close, data={"act": "close"})
    assert "还没有汇报模板" in words_of(office.commander.get("/briefings/new"))
    assert office.make(fields).status_code == 422
    office.commander.post(close, data={"act": "open"})
    assert office.make(fields).status_code == 303


def test_a_preview_keeps_nothing(office):
    answer = office.make(office.fields(act="preview"))
    assert answer.status_code == 200
    words = words_of(answer)
    assert "悬挂横幅 0 条，问题：一是甲" in words
    assert "还没有工作情况汇报" in words_of(office.commander.get("/briefings/"))


def test_what_stays_blank_is_named_for_whoever_fills_it_in(office):
    words = words_of(office.make(office.fields(act="preview", problems="")))
    assert "还空着 1 项，打印为 __" in words
    assert "存在问题和困难 没有填写，也没有勾选日报告里的。请重新生成，或在 Word 里补填。" in words


def test_a_report_is_downloaded_byte_for_byte_and_its_numbers_lead_to_their_rows(office):
    fields = office.fields()
    first, second = office.make(fields), office.make(fields)
    assert (first.status_code, first.location) == (303, second.location)
    page = office.commander.get(first.location)
    assert f"means=banner&amp;since={fields['since']}&amp;until={fields['until']}" in page.text
    file, same = (office.commander.get(f"{first.location}/file").data for _time in range(2))
    assert file == same
    assert texts(file) == ["悬挂横幅0条，问题：一是甲", "二是乙"]
    assert "悬挂横幅 0 条" in words_of(office.commander.get(f"{first.location}/print"))


def test_what_is_wrong_is_said_and_what_was_typed_stays(office):
    tomorrow, fields = str(clock.district_day(clock.now()) + timedelta(days=1)), office.fields()
    for changes, words in (
        ({"until": tomorrow}, "结束日期不能晚于今天"),
        ({"since": "2026-11-02", "until": "2026-11-01"}, "不能早于“开始日期”"),
        ({"unit": str(uuid4())}, "请从列出的选项中选择"),
        ({"version": "x"}, "请从列出的选项中选择"),
        ({"since": ""}, "开始日期"),
    ):
        answer = office.make(fields | changes)
        assert answer.status_code == 422
        assert words in words_of(answer)
        assert "一是甲" in answer.text


@pytest.mark.parametrize(("days", "status"), [(5, 303), (6, 422)])
def test_a_unit_that_was_dissolved_has_reports_of_the_days_before(app, office, days, status):
    """The period begins six days ago: the unit must have existed on that day."""
    gone_on = clock.district_day(clock.now()) - timedelta(days=days)
    with app.app_context():
        unit = units.find_unit(office.unit)
        unit.dissolved_on = gone_on
        db.session.commit()
    answer = office.make(office.fields())
    assert answer.status_code == status
    assert status == 303 or "撤销。请选那天以前的开始日期" in words_of(answer)
    assert status == 303 or "一是甲" in answer.text


def test_a_clerk_sees_and_makes_the_reports_of_their_own_unit_only(app, office):
    fields = office.fields()
    office.make(fields)
    child = masters.unit(app, "ZONE", office.unit)
    masters.person(app, "zone", Role.CLERK, unit_id=child)
    zone = masters.signed_in(app, "zone")
    assert "还没有工作情况汇报" in words_of(zone.get("/briefings/"))
    assert zone.post("/briefings/new", data=fields | {"id": str(uuid4())}).status_code == 422
    made = zone.post("/briefings/new", data=fields | {"id": str(uuid4()), "unit": str(child)})
    assert made.status_code == 303
    assert "悬挂横幅 0 条" in words_of(zone.get(made.location))
    assert "单位ZONE" in words_of(office.commander.get("/briefings/"))


def test_a_commander_of_a_unit_sees_and_makes_its_own_only(app, office):
    office.make(office.fields())
    child = masters.unit(app, "ZONE", office.unit)
    masters.person(app, "zone", Role.COMMANDER, unit_id=child)
    zone = masters.signed_in(app, "zone")
    assert "还没有工作情况汇报" in words_of(zone.get("/briefings/"))
    assert "单位TOP" not in words_of(zone.get("/briefings/new"))
    assert zone.get("/briefings/templates/add").status_code == 403


def test_the_page_of_a_report_takes_few_statements(app, office):
    location = office.make(office.fields()).location
    with counted(app) as statements:
        assert office.commander.get(location).status_code == 200
    assert len(statements) <= 5, statements


def test_the_table_of_codes_lists_every_figure_and_what_nobody_records(office):
    words = words_of(office.commander.get("/briefings/codes"))
    for code in ("{{ publicity.banner }}", "{{ inspections.checks }}", "{{ org.leader }}", "{{ period.since }}"):
        assert code in words
    assert "还没有功能登记，打印为 __" in words


def test_our_templates_are_downloaded_and_adopted(office):
    assert "{{ report.unit }}" in texts(office.commander.get("/briefings/presets/zone/file").data)[0]
    assert office.commander.post("/briefings/presets/zone").status_code == 303
    assert office.commander.get("/briefings/presets/nothing/file").status_code == 404

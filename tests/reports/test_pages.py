"""The pages: the clerk's form, a signed report, the grid with its totals, the four evils."""

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from tests.reports import office
from tests.support import masters
from tests.support.counting import counted
from tests.support.reading import words_of
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.reports import queries, service
from webapp.reports.kinds import SIGNING
from webapp.reports.rules import CheckKind
from webapp.sync.models import Device


@pytest.fixture
def due(app, street):
    with app.app_context():
        return office.due(street.kind, street.units["east"], office.today())


@pytest.fixture
def east(street):
    return street.clients["east"]


def form_of(app, due, **typed):
    with app.app_context():
        return office.filled(due, **typed)


def test_one_press_signs_zero_where_nothing_happened(east, due, app):
    page = east.get(f"/reports/due/{due}/sign")
    assert "零报告并签报" in words_of(page)
    answer = east.post(f"/reports/due/{due}/sign", data={"zero": "y"})
    assert answer.status_code == 303
    shown = words_of(east.get(answer.location))
    assert "零报告：签报人确认这一天没有发生。" in shown
    with app.app_context():
        digest = queries.versions(due)[0].digest
    assert digest in shown


def test_zero_is_not_offered_where_the_records_have_something(app, east, due, hang):
    with app.app_context():
        hang("east", 3)
    page = words_of(east.get(f"/reports/due/{due}/sign"))
    assert "零报告并签报" not in page
    assert "系统算出 3" in page
    assert east.post(f"/reports/due/{due}/sign", data={"zero": "y"}).status_code == 409


def test_what_the_checks_say_does_not_block(app, east, street, due):
    with app.app_context():
        lines = office.LINES[:2]
        part = (CheckKind.PART, (1, 2)), (CheckKind.PART, (2, 1))
        told = office.draft(street.units["east"], lines=lines, checks=part)
        service.save_kind(street.kind, told, by=None, at=clock.now())
    with app.app_context():
        codes = [line["code"] for line in queries.find_kind(street.kind).lines]
    form = {"uuid": "5b7f5a0e-5d0b-4b6e-8d7c-111111111111", f"n_{codes[0]}": 0, f"s_{codes[0]}": 0, f"n_{codes[1]}": 4}
    asked = east.post(f"/reports/due/{due}/sign", data=form)
    assert asked.status_code == 409, "nothing is signed: the copy on the device waits for no answer"
    assert "“在岗值守人数”报了 4，比“悬挂横幅”的 0 还多。" in words_of(asked)
    heard = re.search(r'name="heard" value="(\w+)"', asked.text).group(1)
    signed = east.post(f"/reports/due/{due}/sign", data=form | {"heard": heard})
    assert signed.status_code == 303
    assert "“在岗值守人数”报了 4" in words_of(east.get(signed.location))


def test_a_number_that_moved_is_shown_and_what_was_typed_stays(app, east, due, hang):
    form = form_of(app, due, n_l2=7, t_l3="缺口罩")
    with app.app_context():
        hang("east", 3)
    answer = east.post(f"/reports/due/{due}/sign", data=form)
    assert answer.status_code == 409
    assert "数字已经换成最新的" in words_of(answer)
    assert 'name="n_l1" id="n_l1" value="3"' in answer.text
    assert 'value="7"' in answer.text
    assert "缺口罩" in answer.text


def test_who_is_second_is_told_and_finds_the_signed_report(app, street, due):
    form = form_of(app, due, t_l3="缺口罩")
    street.clients["street"].post(f"/reports/due/{due}/sign", data=form_of(app, due))
    answer = street.clients["east"].post(f"/reports/due/{due}/sign", data=form)
    assert answer.status_code == 409
    assert "刚才已有人签报了" in words_of(answer)
    assert "看已签的一份" in words_of(answer)
    assert "缺口罩" in answer.text


def test_a_correction_shows_its_difference(app, east, due):
    first = east.post(f"/reports/due/{due}/sign", data=form_of(app, due)).location
    page = east.get(f"{first}/amend")
    corrects = re.search(r'name="corrects" value="([\w-]+)"', page.text).group(1)
    form = form_of(app, due, n_l2=4, corrects=corrects)
    assert east.post(f"{first}/amend", data=form).status_code == 422, "it needs a reason"
    answer = east.post(f"{first}/amend", data=form | {"reason": "少数了一人"})
    shown = words_of(east.get(answer.location))
    assert "在岗值守人数：3 → 4" in shown
    assert "更正原因：少数了一人" in shown
    assert "第 1 版" in words_of(east.get(first))


def test_a_number_leads_to_its_rows_only_for_those_who_may_open_them(app, street, due):
    with app.app_context():
        lines = (replace(office.LINES[0], figure="inspections.checks", code="l1"), *office.LINES[1:])
        service.save_kind(street.kind, office.draft(street.units["east"], lines=lines), by=None, at=clock.now())
        codes = [line["code"] for line in queries.find_kind(street.kind).lines]
        fields = office.filled(due) | {f"n_{codes[1]}": 3}
        uuid = office.sign(
            SIGNING, {name: text for name, text in fields.items() if name != "n_l2"}, street.by["east"]
        ).uuid
    rows = f'href="/inspections?since={office_day(app)}&amp;until={office_day(app)}&amp;unit=EAST"'
    assert rows in street.clients["commander"].get(f"/reports/{uuid}").text
    assert "/inspections?" not in street.clients["east"].get(f"/reports/{uuid}").text


def office_day(app):
    with app.app_context():
        return office.today()


def test_the_grid_adds_up_and_names_who_is_missing(app, street, due, hang):
    commander = street.clients["commander"]
    with app.app_context():
        hang("east", 3)
        office.sign(SIGNING, office.filled(due), street.by["east"])
    page = words_of(commander.get("/reports/"))
    assert "还没有报的单位 单位WEST" in page
    assert "还缺：单位WEST" in page
    assert "悬挂横幅 3 条" in page
    assert "没有设备存着没发送的记录" in page


def test_unsent_work_of_a_units_device_is_told_apart(app, street, due):
    with app.app_context():
        person = street.by["west"].id
        db.session.execute(sa.text("UPDATE person SET unit_id = :unit WHERE username = 'west'"), {"unit": _hex(street)})
        at = clock.now()
        kept = {"first_seen_at": at, "seen_at": at, "agent": "x", "waiting": 4, "withdrawn": []}
        db.session.add(Device(id=person, person_id=person, **kept))
        db.session.commit()
    page = words_of(street.clients["commander"].get("/reports/"))
    assert "1 台设备未发送" in page
    assert "1 台设备还有没发送的记录（共 4 条），不在合计里" in page
    with app.app_context():
        west = office.due(street.kind, street.units["west"], office.today())
    assert "还存着没有发送的记录（共 4 条）" in words_of(street.clients["west"].get(f"/reports/due/{west}/sign"))
    assert "没有发送" not in words_of(street.clients["east"].get(f"/reports/due/{due}/sign"))


def _hex(street):
    """The id as both databases store it."""
    unit = street.units["west"]
    return unit.hex if db.engine.dialect.name == "sqlite" else unit


def test_a_parent_that_reports_itself_counts_alone_and_sees_the_sum_of_its_units(app, street, due, hang):
    with app.app_context():
        told = office.draft(*street.units.values())
        lines = queries.find_kind(street.kind).lines
        told = office.draft(*street.units.values(), lines=office.rules_lines(lines))
        service.save_kind(street.kind, told, by=None, at=clock.now(), since=office.today())
        hang("east", 3)
        office.sign(SIGNING, office.filled(due), street.by["east"])
        own = office.due(street.kind, street.units["street"], office.today())
        office.sign(SIGNING, office.filled(own, n_l2=20), street.by["street"])
    page = words_of(street.clients["commander"].get("/reports/"))
    assert "在岗值守人数 20 人" in page
    below = words_of(street.clients["commander"].get(f"/reports/?unit={street.units['street']}"))
    assert "在岗值守人数 3 人" in below
    form = words_of(street.clients["street"].get(f"/reports/due/{own}/sign", follow_redirects=True))
    assert "下级单位最新一版的合计" in form
    assert "单位WEST" in form


def test_each_evil_opens_its_reports(app, street):
    commander = street.clients["commander"]
    page = commander.get("/reports/evils")
    assert "过了截止时间还没有签报，零报告也没有。" in words_of(page)
    links = {
        link.replace("&amp;", "&") for link in re.findall(r'href="(/reports/list\?[^"]*evil=missing[^"]*)"', page.text)
    }
    assert len(links) == 2
    for link in links:
        assert "共 10 条" in words_of(commander.get(link))


def test_a_clerk_sees_own_units_only(street, due):
    assert street.clients["west"].get(f"/reports/due/{due}").status_code == 404
    assert "单位EAST" not in words_of(street.clients["west"].get("/reports/"))


def test_the_pages_cost_few_statements_however_many_units_there_are(app, street, due):
    for number in range(6):
        masters.unit(app, f"V{number}", street.units["street"])
    costs = {}
    for path, who in (("/reports/", "commander"), (f"/reports/due/{due}/sign", "east"), ("/reports/mine", "east")):
        client = street.clients[who]
        with counted(app) as statements:
            assert client.get(path).status_code == 200
        costs[path] = len(statements)
    assert max(costs.values()) <= 10, costs


def test_an_administrator_sets_up_a_kind_from_the_preset(app, administrator):
    unit = masters.unit(app, "A")
    page = administrator.get("/reports/kinds/add?preset=daily").text
    fields = MultiDict(re.findall(r'<input[^>]* name="([\w-]+)"[^>]* value="([^"]*)"', page))
    assert "检查次数" in page
    answer = administrator.post("/reports/kinds/add", data=preset_fields(app) | {"owing": str(unit)})
    assert answer.status_code == 303, words_of(answer)
    assert "每日疫情防控日报" in words_of(administrator.get("/reports/kinds"))
    assert fields
    taken = administrator.post("/reports/kinds/add", data=preset_fields(app) | {"owing": str(unit)})
    assert taken.status_code == 422
    assert "已经有同名的日报告" in words_of(taken)


def preset_fields(app):
    from webapp.reports.views.settings import _preset

    with app.test_request_context():
        return _preset().to_dict(flat=False)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"cutoff": "25:00"}, "请按 17:00 的样子填写时间。"),
        ({"days": "weekdays", "weekdays": []}, "请至少选一天。"),
        ({"owing": "x"}, "有的单位不在您管辖的范围内，请重新选择。"),
        ({"checks-0-kind": "sum", "checks-0-places": "1 99"}, "请写上面各行的行号"),
        ({"lines-20-what": "publicity.banner"}, "第 14 行"),
    ],
)
def test_a_kind_that_is_wrong_is_returned_with_what_was_typed(app, administrator, wrong, sentence):
    answer = administrator.post("/reports/kinds/add", data=preset_fields(app) | {"name": ["我的日报"]} | wrong)
    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert "我的日报" in answer.text


def test_the_figures_a_line_may_take_count_the_same_rows(app, street):
    """Every figure that a line may be computed by gives the number that it has everywhere else."""
    from webapp.kernel.access import Reach
    from webapp.kernel.figures import number_of
    from webapp.reports import counting
    from webapp.reports.rules import Line, LineKind

    with app.test_request_context():
        figures = counting.choosable()
        lines = [Line(code, code, LineKind.FIGURE, code) for code in figures]
        now = counting.counted(lines, street.units["street"], office.today())
        reach: Reach = counting.reach_of(street.units["street"])
        assert {code: row.number for code, row in now.items()} == {
            code: number_of(figure, reach, office.today()) for code, figure in figures.items()
        }
        assert len(figures) > 10
        assert reach.roles == {Role.CLERK}

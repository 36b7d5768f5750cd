"""The district's three reports, made anew from the records of the demonstration, and recounted by hand-written SQL."""

import json
import re
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import Date, String, bindparam, select, text

from tests.support.masters import signed_in
from tests.support.reading import words_of
from tests.support.words import texts
from webapp.accounts import queries as accounts
from webapp.briefings import queries, service, sources
from webapp.briefings.models import Briefing
from webapp.briefings.presets import NAMES
from webapp.briefings.rules import Holds, Preset, Scope, Span
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.columns import UtcDateTime
from webapp.units import queries as units

pytestmark = pytest.mark.only_on("sqlite")
UNITS = {Preset.ZONE: "ZONE", Preset.SUPPLIES: "SUP", Preset.ENVIRONMENT: "EPB"}
DAYS = timedelta(days=3)
# The organisation paragraphs of the seeds, whole.
WORDS = {
    Preset.ZONE: [
        "由管委会主任苏海涛带班，保管员高翠兰为责任人",
        "下设园区社会防控专班、园区疫情监测专班、园区督查督办专班等3个工作专班",
        "园区疫情监测专班：由管委会主任苏海涛牵头，信息员何晓琳为责任人。",
    ],
    Preset.SUPPLIES: [
        "应急保障组由副区长曹志明任组长，区应急管理局局长陈立新任副组长。",
        "应急管理局、生态环境分局、财政局、卫生健康局、工业和信息化局、市场监督管理局、商务局等负责同志组成",
        "财政局：局长叶永华。",
    ],
    Preset.ENVIRONMENT: [
        "由局长傅文博带班、监督员李建国为责任人，党组成员和生态环境执法大队、环境监测中心组成",
    ],
}
# What no feature records yet.
BLANK = {"money", "contracts", "people", "duty", "waste", "names", "text"}
UNDER = "(SELECT u.id FROM unit u JOIN unit top ON u.path LIKE top.path || '%' WHERE top.code = :unit)"
AT_PLACE = f"place_id IN (SELECT id FROM place WHERE unit_id IN {UNDER})"
MEANS = f"sum(count) FROM publicity WHERE replaced_by IS NULL AND NOT is_void AND unit_id IN {UNDER} AND means ="
SLIPS = f"count(*) FROM stock_slip WHERE {AT_PLACE} AND occurred_at >= :begins AND kind ="
CHECKS = f"count(*) FROM inspection WHERE replaced_by IS NULL AND NOT is_void AND {AT_PLACE}"
VISITS = f"count(*) FROM visit WHERE undone_at IS NULL AND {AT_PLACE} AND entered_at >= :begins"
# The words around a printed number, and the number.
RECOUNTED = {
    Preset.ZONE: {
        r"累计张贴《通告》(\d+)份": f"{MEANS} 'notice'",
        r"其中本期(\d+)份": f"{MEANS} 'notice' AND from_on >= :since",
        r"累计悬挂宣传横幅(\d+)条": f"{MEANS} 'banner'",
        r"卡口登记来访(\d+)次": VISITS,
        r"劝返(\d+)次": f"{VISITS} AND decision = 'refuse'",
        r"下设.*等(\d+)个工作专班": f"count(*) FROM unit WHERE kind = 'task_force' AND id IN {UNDER}",
        r"本期签报日报告(\d+)份": "count(*) FROM report r JOIN report_due d ON d.id = r.due_id"
        f" WHERE r.replaced_by IS NULL AND d.day >= :since AND d.unit_id IN {UNDER}",
    },
    Preset.SUPPLIES: {
        r"本期开具入库单(\d+)张": f"{SLIPS} 'in'",
        r"出库单(\d+)张": f"{SLIPS} 'out'",
        r"其中消杀类包括84消毒液（原液）([\d.]+)吨": "sum(CASE WHEN reverses IS NULL THEN quantity ELSE -quantity END)"
        " * 1.0 / max(i.scale) FROM move m JOIN item i ON i.id = m.item_id WHERE i.code = 'XS-01'"
        f" AND to_id IN (SELECT id FROM place WHERE unit_id IN {UNDER}) AND reason = 'purchase'",
    },
    Preset.ENVIRONMENT: {
        r"本期检查(\d+)次": f"{CHECKS} AND inspected_at >= :begins",
        r"累计检查(\d+)次": CHECKS,
        r"待整改问题(\d+)个": f"count(*) FROM inspection_finding WHERE state = 'open' AND {AT_PLACE}",
    },
}


@pytest.fixture
def made(demonstration, within):
    """made(preset): the draft of a report of the last days."""
    with demonstration.test_request_context():
        by, at = accounts.actor_of(accounts.find_by_username("commander")), clock.now()
        versions = {row.template.name: row.id for row in queries.newest_versions()}
        today = clock.district_day(at)

        def made(preset):
            unit = units.find_by_code(UNITS[preset])
            return service.draft(versions[NAMES[preset]], unit.id, today - DAYS, today, {}, by=by, at=at)

        yield made


def test_the_three_reports_come_out_whole_and_only_what_no_feature_records_stays_blank(made):
    for preset in Preset:
        drafted = made(preset)
        words = "".join(texts(drafted.file))
        assert [part for part in WORDS[preset] if part not in words] == []
        blank = {row["code"] for row in drafted.printed if row["text"] is None}
        assert {code for code in blank if code.partition(".")[0] not in BLANK | {"stock"}} <= {"supplies.low"}


def test_the_printed_numbers_are_those_of_the_tables(made):
    since = clock.district_day(clock.now()) - DAYS
    begins = datetime.combine(since, time(), clock.zone())
    for preset, recounted in RECOUNTED.items():
        words = "".join(texts(made(preset).file))
        values = {"unit": UNITS[preset], "since": since, "begins": begins}
        for pattern, query in recounted.items():
            number = db.session.execute(_bound(f"SELECT {query}", values)).scalar_one() or 0
            printed = re.search(pattern, words)
            assert printed, (pattern, words)
            assert float(printed[1]) == pytest.approx(float(number), rel=0.01), pattern
        assert preset is not Preset.ZONE or int(re.search(r"累计张贴《通告》(\d+)份", words)[1]) > 0


def test_what_units_signed_is_printed_as_they_signed_it(demonstration):
    """Of one unit over days, and of the district, whose reporting units do not stand below each other."""
    with demonstration.test_request_context():
        by, today = accounts.actor_of(accounts.find_by_username("commander")), clock.district_day(clock.now())
        since = today - DAYS
        query = (
            "SELECT unit.code, numbers FROM report JOIN report_due ON report_due.id = due_id"
            " JOIN unit ON unit.id = report_due.unit_id WHERE replaced_by IS NULL AND day >= :since"
        )
        rows = [(code, json.loads(numbers)) for code, numbers in db.session.execute(_bound(query, {"since": since}))]
        for unit, line in (("ZONE", "l3"), ("ZONE", "l11"), ("DISTRICT", "l11")):
            scope = Scope(units.find_by_code(unit).id, since, today)
            asked = service._asked(scope, {}, by=by, at=clock.now())
            value = sources.values_of([f"daily.d1_{line}"], asked)[f"daily.d1_{line}"]
            own = [numbers for code, numbers in rows if unit in (code, "DISTRICT")]
            assert value.text == str(sum(numbers[line][1] for numbers in own))
        assert int(value.text) > 12


def _bound(query, values):
    kinds = {"unit": String(), "since": Date(), "begins": UtcDateTime()}
    named = [bindparam(name, value, type_=kinds[name]) for name, value in values.items() if f":{name}" in query]
    return text(query).bindparams(*named)


def _everything(unit, days, by):
    """What a report of a unit prints of every code that is a number, with every span; lists row by row."""
    known, scope = sources.known(), Scope(units.find_by_code(unit).id, *days)
    counted = [code for code in known.values() if code.holds in (Holds.DAYS, Holds.NOW, Holds.LAST, Holds.LIST)]
    names = [f"{code.name}{span.value}" for code in counted for span in (Span.PERIOD, *code.spans)]
    values = sources.values_of(names, service._asked(scope, {}, by=by, at=clock.now()))
    printed = [name for name in names if values[name].rows is None]
    for name in set(names) - set(printed):
        rows = values[name].rows
        printed += [f"{name}[{number}].{field}" for number, row in enumerate(rows) for field in row]
    return [service._printed(code, values) for code in printed]


def test_every_printed_number_opens_its_rows(demonstration):
    """Each page is opened once: other numbers of a list differ in its filters."""
    opened = {}
    with demonstration.test_request_context():
        by, today = accounts.actor_of(accounts.find_by_username("commander")), clock.district_day(clock.now())
        for unit in ("DISTRICT", "SUP"):
            rows = _everything(unit, (today - timedelta(days=1), today), by)
            printed = {row["code"]: row for row in rows if row["text"] is not None}
            links = {code: sources.link_of(row, by) for code, row in printed.items()}
            assert len(links) > 80
            assert [code for code, link in links.items() if link is None] == []
            of_unit = [link for code, link in links.items() if not code.startswith("org.")]
            assert unit == "DISTRICT" or [link for link in of_unit if f"unit={unit}" not in link] == []
            opened |= {link.partition("?")[0]: (link, printed[code]["text"]) for code, link in links.items()}
    commander = signed_in(demonstration, "commander")
    for link, number in opened.values():
        page = commander.get(link)
        assert page.status_code == 200, link
        if 'class="listing-count"' in page.text and number.isdecimal():
            assert re.search(rf'data-(count|sum)="{number}"', page.text), (link, number)


def test_what_units_wrote_is_ticked_and_the_report_leads_to_where_it_came_from(demonstration, within):
    commander = signed_in(demonstration, "commander")
    with demonstration.test_request_context():
        zone, today = units.find_by_code("ZONE"), clock.district_day(clock.now())
        version = next(row.id for row in queries.newest_versions() if row.template.name == NAMES[Preset.ZONE])
    fields = {"id": "5f0c7a52-6f0e-4d3e-9a34-0b7f7e0c2b12", "version": str(version), "unit": str(zone.id)}
    fields |= {"since": str(today - DAYS), "until": str(today), "problems": "一是人手不足。"}
    page = commander.post("/briefings/new", data=fields | {"act": "propose"})
    assert "个别企业门岗体温登记不全。 经济开发区管委会" in words_of(page)
    assert "高速卡口夜间值守人手不足。" not in words_of(page)  # of another unit
    tick = re.search(r'name="tick" value="([^"]+)"[^>]*><span>个别企业门岗', page.text)[1]
    page = commander.post("/briefings/new", data=fields | {"act": "preview", "tick": tick})
    assert re.search(
        r"<textarea[^>]*name=.problems.[^>]*>\s*一是人手不足。\n个别企业门岗体温登记不全。</textarea>", page.text
    )
    source = re.search(r'name="source" value="([^"]+)" checked', page.text)[1]
    assert source == tick
    written = fields | {"problems": "一是人手不足。\n二是个别企业门岗登记不全。", "source": source}
    made = commander.post("/briefings/new", data=written | {"act": "make"})
    assert made.status_code == 303
    page = commander.get(made.location)
    assert "二是个别企业门岗登记不全。" in words_of(page)
    link = re.search(r'存在问题和困难</dt><dd><a href="([^"]+)"', page.text)[1]
    assert "个别企业门岗体温登记不全。" in words_of(commander.get(link))
    with demonstration.test_request_context():
        other = str(units.find_by_code("EPB").id)
    refused = commander.post("/briefings/new", data=written | {"unit": other, "act": "make"})
    assert refused.status_code == 422
    assert "有 1 条勾选的日报告不在现在的单位和时间段里" in words_of(refused)
    assert "二是个别企业门岗登记不全。" in refused.text


def test_the_demonstration_has_reports_with_the_daily_reports_that_they_quote(demonstration):
    with demonstration.app_context():
        supplies, zone = db.session.scalars(select(Briefing).order_by(Briefing.number)).all()
        assert texts(supplies.content)[0].endswith("疫情防控物资保障工作情况汇报")
        sources_of = {row["code"]: row.get("sources") for row in zone.printed}
        assert sources_of["text.problems"][0]["unit"] == "经济开发区管委会"

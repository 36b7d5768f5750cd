"""Every number that is printed after a week is counted again by hand-written SQL; what each evil hid is named."""

import csv
import io
import re
from datetime import UTC
from html import unescape
from uuid import UUID

import pytest
import sqlalchemy as sa

from tests.reports.week import Week
from tests.support.reading import words_of
from webapp.extensions import db
from webapp.reports.rules import Evil

pytestmark = pytest.mark.only_on("sqlite")
SMALL, LARGE = (2, 2), (40, 5)  # streets with a device each, villages of each
STATED = "json_extract(r.numbers, '$.%s[1]')"
VERSIONS = "report r JOIN report_due d ON d.id = r.due_id JOIN unit u ON u.id = d.unit_id"
EVILS = {
    Evil.WRONG: f"""SELECT u.code, d.day FROM {VERSIONS} JOIN report o ON o.due_id = r.due_id AND o.version < r.version
        WHERE {STATED % "l1"} <> json_extract(o.numbers, '$.l1[1]')
           OR {STATED % "l2"} <> json_extract(o.numbers, '$.l2[1]')""",
    Evil.LATE: f"SELECT u.code, d.day FROM {VERSIONS} GROUP BY d.id HAVING min(r.signed_at) > d.due_at",
    Evil.HIDDEN: f"""SELECT u.code, d.day FROM {VERSIONS}
        JOIN publicity p ON p.unit_id = d.unit_id AND p.from_on = d.day AND p.means = 'banner'
        WHERE r.replaced_by IS NULL AND p.replaced_by IS NULL AND NOT EXISTS (
            SELECT 1 FROM report_binding b, json_each(b.rows) j WHERE b.report_id = r.id
            AND replace(json_extract(j.value, '$[0]'), '-', '') = p.record_id)""",
    Evil.MISSING: """SELECT u.code, d.day FROM report_due d JOIN unit u ON u.id = d.unit_id
        WHERE d.due_at <= :now AND NOT EXISTS (SELECT 1 FROM report r WHERE r.due_id = d.id)""",
}


@pytest.fixture
def week(app, monkeypatch, pytestconfig):
    played = Week(app, monkeypatch, *(LARGE if pytestconfig.getoption("--long") else SMALL))
    played.play()
    return played


def asked(query, **values):
    return db.session.execute(sa.text(query), values).all()


def printed(page):
    """The numbers of a page: of its cards, of its totals and of the cells that name their column."""
    text = unescape(page.text)
    stats = re.findall(r'stat-value">([^<]*)</span><span class="stat-label">([^<]*)<', text)
    facts = re.findall(r"<dt>([^<]*)</dt><dd>\s*([\d,]+)", text)
    return {label: number(value) for value, label in stats} | {label: number(value) for label, value in facts}


def number(text):
    digits = re.sub(r"[^\d]", "", text)
    return int(digits) if digits else text


def test_every_number_of_the_week_is_that_of_a_second_counting(app, week):
    with app.app_context():
        now = week.now.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
        evils = {
            evil: {(c, str(d)) for c, d in asked(sql, **({"now": now} if ":now" in sql else {}))}
            for evil, sql in EVILS.items()
        }
        assert evils == {evil: {(code, str(day)) for code, day in pairs} for evil, pairs in week.hid.items()}
        assert all(evils.values()), "the week has each evil"
        for day in week.days():
            grid_is_counted_again(week, str(day))
            sums_are_counted_again(week, str(day))
        evils_are_named(week, evils)
        figures_are_counted_again(week)


def grid_is_counted_again(week, day):
    page = week.commander.get(f"/reports/?kind={week.kind}&day={day}")
    shown = printed(page)
    newest = f"FROM {VERSIONS} WHERE d.day = :day AND r.replaced_by IS NULL"
    sums = f"sum(r.recorded_at > d.due_at), sum({STATED % 'l1'}), sum({STATED % 'l2'})"
    [(signed, zero, late, l1, l2)] = asked(f"SELECT count(*), sum(r.is_zero), {sums} {newest}", day=day)
    [(owed,)] = asked("SELECT count(*) FROM report_due WHERE day = :day", day=day)
    expected = {
        "应报单位": owed,
        "已签报": signed,
        "其中零报告": zero,
        "其中迟报": late,
        "过时未报": owed - signed,
        "待报": 0,
    }
    assert {label: shown[label] for label in expected} == expected, day
    assert (shown["悬挂横幅"], shown["在岗值守人数"]) == (l1, l2), day


def sums_are_counted_again(week, day):
    """Of each consolidated report: the sums are those of the versions that were newest when it was signed."""
    rows = asked(
        "SELECT c.id, c.signed_at, c.digest, u.path, u.code FROM consolidated_report c JOIN unit u ON u.id = c.unit_id"
        " WHERE c.day = :day AND c.replaced_by IS NULL",
        day=day,
    )
    assert len(rows) == len(week.streets) + 1
    for id_, signed_at, digest, path, code in rows:
        page = week.commander.get(f"/reports/upward/{UUID(id_)}/print")
        cells = re.findall(r'data-label="(?:上报数|下级合计)">\s*(?:<span><strong>)?([\d,]+)', unescape(page.text))
        known = sums_at if code == "D" else parts_at
        before, since = known(day, path, signed_at), known(day, path, "9999-12-31")
        sums = [sum(part[column] for part in before.values()) for column in (1, 2)]
        assert [int(cell.replace(",", "")) for cell in cells] == [sums[0], sums[0], sums[1], sums[1]], (code, day)
        assert digest in words_of(page)
        is_moved = {unit: part[0] for unit, part in since.items()} != {unit: part[0] for unit, part in before.items()}
        assert ("签报以后，下级有新签或更正的" in words_of(page)) == is_moved, (code, day)


def parts_at(day, path, at):
    """unit -> (id, banners, people) of the newest versions below a street that were signed by a moment."""
    rows = asked(
        f"SELECT u.code, r.id, {STATED % 'l1'}, {STATED % 'l2'} FROM {VERSIONS}"
        " WHERE d.day = :day AND u.path LIKE :below AND r.signed_at <= :at ORDER BY r.version",
        day=day,
        below=f"{path}_%",
        at=at,
    )
    return {code: tuple(rest) for code, *rest in rows}


def sums_at(day, _path, at):
    rows = asked(
        "SELECT u.code, c.id, json_extract(c.numbers, '$.l1[2]'), json_extract(c.numbers, '$.l2[2]')"
        " FROM consolidated_report c JOIN unit u ON u.id = c.unit_id"
        " WHERE c.day = :day AND u.code <> 'D' AND c.signed_at <= :at ORDER BY c.version",
        day=day,
        at=at,
    )
    return {code: tuple(rest) for code, *rest in rows}


def evils_are_named(week, evils):
    """The statistics of the four evils, unit by unit, and the list that each number opens."""
    since, until = week.days()[0], week.days()[-1]
    page = unescape(week.commander.get(f"/reports/evils?kind={week.kind}&since={since}&until={until}").text)
    shown = {}
    for row in re.findall(r"<tr><td>单位(\w+)</td>(.*?)</tr>", page, re.DOTALL):
        shown[row[0]] = [int(n) for n in re.findall(r"(?:<strong>|>)(\d+)<", row[1])]
    days = len(week.days())
    of_unit = {code: [days, *(sum(unit == code for unit, _day in evils[evil]) for evil in Evil)] for code in week.units}
    assert shown == of_unit
    for evil in Evil:
        text = week.commander.get(f"/reports/list?evil={evil}&since={since}&until={until}&format=csv").data.decode(
            "utf-8-sig"
        )
        rows = list(csv.DictReader(io.StringIO(text)))
        assert {(row["单位"].removeprefix("单位"), row["日期"]) for row in rows} == evils[evil], evil


def figures_are_counted_again(week):
    since, until = week.days()[0], week.days()[-1]
    counts = {
        "publicity.banner": "SELECT sum(count) FROM publicity WHERE replaced_by IS NULL AND means = 'banner'",
        "reports.signed": "SELECT count(DISTINCT due_id) FROM report",
        "reports.missing": EVILS[Evil.MISSING].replace("u.code, d.day", "count(*)") + " AND d.day <= :until",
    }
    for code, sql in counts.items():
        page = unescape(week.commander.get(f"/figures/{code}?since={since}&until={until}").text)
        values = {"now": week.now.astimezone(UTC).replace(tzinfo=None).isoformat(" "), "until": str(until)}
        [(count,)] = asked(sql, **{name: value for name, value in values.items() if f":{name}" in sql})
        assert number(re.search(r'stat-value">([^<]*)<', page)[1]) == count, code

"""Consolidated reports: the sums of the newest versions below a unit, what they bind, what changes afterwards."""

import re

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from tests.reports import office
from tests.support import masters
from tests.support.counting import counted
from tests.support.reading import words_of
from webapp.extensions import db
from webapp.kernel import clock, entries
from webapp.kernel.deadlines import everything_due
from webapp.kernel.errors import Refusal
from webapp.reports import rules, service
from webapp.reports.kinds import AMENDMENT, SIGNING, UPWARD_AMENDMENT, UPWARD_SIGNING
from webapp.reports.models import ConsolidatedReport

pytestmark = pytest.mark.only_on("sqlite")


def report(street, name, **typed):
    """Sign today's report of a village; returns its uuid."""
    due = office.due(street.kind, street.units[name], office.today())
    return office.sign(SIGNING, office.filled(due, **typed), street.by[name]).uuid


def correct(street, name, first, **typed):
    due = office.due(street.kind, street.units[name], office.today())
    office.sign(AMENDMENT, office.filled(due, corrects=first, reason="少数了", **typed), street.by[name])


def sum_up(street, by="street", kind=UPWARD_SIGNING, unit="street", **typed):
    fields = office.summed(street.kind, street.units[unit], **typed)
    return office.sign(kind, fields, street.by[by]).uuid


def newest():
    return db.session.scalars(sa.select(ConsolidatedReport).order_by(ConsolidatedReport.version.desc()).limit(1)).one()


def refusal(act, *args, **kwargs):
    with pytest.raises(Refusal) as caught:
        act(*args, **kwargs)
    return caught.value.code


def test_a_street_signs_the_sum_of_its_villages_and_names_who_is_missing(app, street, hang):
    with app.app_context():
        hang("east", 3)
        first = report(street, "east")
        sum_up(street)
        row = newest()
        assert row.numbers == {"l1": [3, 3, 3], "l2": [3, None, 3]}, "sum, what the records count, stated"
        assert [(part["id"], part["version"], part["is_sum"]) for part in row.parts] == [(str(first), 1, False)]
        assert row.missing == [str(street.units["west"])]
        assert (row.whole["owed"], row.whole["signed"], row.whole["due"]) == (2, 1, 1)
        about = str(street.kind), str(street.units["street"]), office.today().isoformat()
        assert row.digest == rules.sum_digest(about, 1, row.numbers, rules.parts_of(row.parts))


def test_the_digest_depends_on_every_version_that_is_added_up_and_on_its_numbers():
    def digest(*parts, number=3):
        bound = [rules.Part("unit", id_, version, False, {"l1": number}) for id_, version in parts]
        return rules.sum_digest(("kind", "unit", "day"), 1, {"l1": [3, None, 3]}, bound)

    first = digest(("a", 1), ("b", 1))
    assert first == digest(("b", 1), ("a", 1))
    assert len({first, digest(("a", 1), ("b", 2)), digest(("a", 1)), digest(("a", 1), ("b", 1), number=4)}) == 4


def test_another_number_than_the_sum_needs_a_reason(app, street):
    with app.app_context():
        report(street, "east")
        fields = office.summed(street.kind, street.units["street"], n_l2=5)
        delivery = entries.deliver(UPWARD_SIGNING, MultiDict(fields), by=street.by["street"], at=clock.now())
        assert list(delivery.form.errors) == ["r_l2"]
        sum_up(street, n_l2=5, r_l2="街道自己有两人")
        assert newest().numbers["l2"] == [3, None, 5]
        assert newest().words == {"r_l2": "街道自己有两人"}


def test_a_village_that_corrects_meanwhile_is_not_signed_over(app, street):
    with app.app_context():
        first = report(street, "east")
        fields = office.summed(street.kind, street.units["street"])
        correct(street, "east", first, n_l2=4)
        assert refusal(office.sign, UPWARD_SIGNING, fields, street.by["street"]) == "consolidation-moved"
        shown = office.summed(street.kind, street.units["street"], n_l2=3, s_l2=3)
        assert refusal(office.sign, UPWARD_SIGNING, shown, street.by["street"]) == "consolidation-moved"
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ConsolidatedReport)) == 0


def test_nobody_signs_without_a_report_below_nor_twice_nor_for_others(app, street):
    with app.app_context():
        assert refusal(sum_up, street, n_l1=0, n_l2=0) == "consolidation-empty"
        report(street, "east")
        assert refusal(sum_up, street, by="west") == "consolidation-not-yours"
        ahead = office.summed(street.kind, street.units["street"], office.days_ago(-1), n_l1=0, n_l2=0)
        assert refusal(office.sign, UPWARD_SIGNING, ahead, street.by["street"]) == "report-future"
        sum_up(street)
        assert refusal(sum_up, street, by="commander") == "consolidation-signed"


def test_a_later_version_below_is_shown_as_changed_and_a_new_version_takes_it_up(app, street):
    with app.app_context():
        first = report(street, "east")
        summed = sum_up(street)
        correct(street, "east", first, n_l2=4)
        report(street, "west")
    page = street.clients["street"].get(f"/reports/upward/{summed}")
    assert "单位EAST ：第 1 版 → 第 2 版 在岗值守人数：3 → 4" in words_of(page)
    assert "单位WEST ：没有 → 第 1 版" in words_of(page)
    with app.test_request_context():
        [task] = [row for row in everything_due(street.by["street"], clock.now()) if row.kind == "report.moved"]
        assert task.where == "单位S"
        assert not [row for row in everything_due(street.by["east"], clock.now()) if row.kind == "report.moved"]
        sum_up(street, kind=UPWARD_AMENDMENT, corrects=summed, reason="下级更正")
        row = newest()
        assert (row.version, row.numbers["l2"], row.missing) == (2, [7, None, 7], [])
        assert not [row for row in everything_due(street.by["street"], clock.now()) if row.kind == "report.moved"]
    shown = words_of(street.clients["street"].get(f"/reports/upward/{row.id}"))
    assert "在岗值守人数：3 → 7" in shown
    assert "签报以后" not in shown
    old = words_of(street.clients["commander"].get(f"/reports/upward/{summed}"))
    assert "这是第 1 版，后来又更正过。" in old


def test_a_returned_report_counts_until_it_is_signed_again_and_is_named(app, street):
    with app.app_context():
        returned = report(street, "east")
        service.return_report(returned, "数字不对", by=street.by["commander"], at=clock.now())
    asked = f"/reports/upward/sign?kind={street.kind}&unit={street.units['street']}&day={day(app)}"
    page = words_of(street.clients["street"].get(asked))
    assert "现在也算在内：单位EAST" in page
    assert "下级合计 3" in page


def test_a_district_takes_the_consolidated_reports_of_its_streets_and_counts_nobody_twice(app, street):
    """The street of the fixture is the district here, with a village of its own and a street that has another one."""
    within = masters.unit(app, "T", street.units["street"])
    village = masters.unit(app, "TV", within)
    with app.app_context():
        street.kind = office.set_up(street.units["east"], village, since=office.today(), name="另一种")
        street.units |= {"within": within, "village": village}
        street.by |= {"village": street.by["street"]}
        report(street, "east")
        report(street, "village")
        assert office.added(street.kind, street.units["street"]).summed == {"l1": 0, "l2": 6}
        sum_up(street, unit="within", n_l2=9, r_l2="加街道")
        sum_up(street, by="commander")
        row = db.session.scalars(sa.select(ConsolidatedReport).filter_by(unit_id=street.units["street"])).one()
        assert row.numbers["l2"] == [12, None, 12]
        assert {part["unit"]: part["is_sum"] for part in row.parts} == {
            str(within): True,
            str(street.units["east"]): False,
        }


def test_the_form_shows_sums_and_missing_units_and_signs(app, street):
    with app.app_context():
        report(street, "east", t_l3="缺口罩")
    client = street.clients["street"]
    asked = f"/reports/upward/sign?kind={street.kind}&unit={street.units['street']}&day={day(app)}"
    page = client.get(asked)
    assert "还缺：单位WEST" in words_of(page)
    assert "下级合计 3" in words_of(page)
    assert "单位EAST：缺口罩" in page.text
    fields = dict(re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', page.text))
    wrong = client.post("/reports/upward/sign", data=fields | {"n_l2": "8", "t_l3": "缺口罩"})
    assert wrong.status_code == 422
    assert 'value="8"' in wrong.text
    with app.app_context():
        report(street, "west")
    late = client.post("/reports/upward/sign", data=fields | {"n_l2": "8", "r_l2": "另有", "t_l3": "缺口罩"})
    assert late.status_code == 409
    assert 'value="8"' in late.text
    assert "下级合计 6" in words_of(late)
    fields |= dict(re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', late.text))
    answer = client.post("/reports/upward/sign", data=fields | {"t_l3": "缺口罩"})
    assert answer.status_code == 303, words_of(answer)
    paper = words_of(client.get(f"{answer.location}/print"))
    with app.app_context():
        assert newest().digest in paper
    assert "另有" in paper


def day(app):
    with app.app_context():
        return office.today().isoformat()


def test_the_page_of_a_day_lists_who_reports_upward_at_few_statements(app, street):
    with app.app_context():
        report(street, "east")
    for number in range(6):
        masters.unit(app, f"V{number}", street.units["street"])
    commander = street.clients["commander"]
    with counted(app) as statements:
        page = words_of(commander.get("/reports/upward"))
    assert "下级已报 1 个，未报 1 个" in page
    assert len(statements) <= 8, statements
    assert "单位S" not in words_of(street.clients["east"].get("/reports/upward"))
    with app.app_context():
        sum_up(street)
    assert street.clients["east"].get(f"/reports/upward/{newest_id(app)}").status_code == 404


def newest_id(app):
    with app.app_context():
        return newest().id


def test_a_printed_report_has_its_digest_and_versions(app, street):
    with app.app_context():
        first = report(street, "east")
        correct(street, "east", first, n_l2=4)
        digest = db.session.scalar(sa.text("SELECT digest FROM report WHERE version = 1"))
    paper = words_of(street.clients["east"].get(f"/reports/{first}/print"))
    assert digest in paper
    assert "在岗值守人数：3 → 4" in paper
    assert "这是第 1 版，已经更正。" in paper

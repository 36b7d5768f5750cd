"""What a report prints is what the lists show, in the reach of its unit."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from werkzeug.datastructures import MultiDict

from tests.support import masters
from tests.support.words import docx, texts
from webapp.accounts import queries as accounts
from webapp.briefings import checking, queries, service
from webapp.briefings.rules import BLANK
from webapp.extensions import db
from webapp.kernel import clock, entries
from webapp.kernel.access import Role
from webapp.kernel.errors import Refusal
from webapp.publicity.kinds import PUBLICITY
from webapp.supplies.service import load_catalogue
from webapp.units import queries as units
from webapp.units import service as unit_service
from webapp.units.rules import UnitKind

SINCE, UNTIL = date(2026, 11, 10), date(2026, 11, 16)


@pytest.fixture
def command(app, within):
    """command.fill(text, unit=, since=, until=, typed=): the text of a report from a template with one paragraph."""
    top = masters.unit(app, "TOP", kind=UnitKind.GROUP)
    zone, other = (masters.unit(app, code, top, UnitKind.TASK_FORCE) for code in ("ZONE", "OTHER"))
    ids = {role: masters.person(app, role.value, role) for role in (Role.COMMANDER, Role.CLERK)}
    own = masters.person(app, "own", Role.CLERK, unit_id=zone, post="信息员")

    class Command:
        def __init__(self):
            self.units = {"top": top, "zone": zone, "other": other}
            found = (accounts.actor_of(accounts.find_person(id_)) for id_ in (*ids.values(), own))
            self.by, self.clerk, self.own = found

        def publish(self, unit, count, day, means="banner"):
            fields = {"means": means, "count": count, "unit": self.units[unit], "area": "路边", "from_on": day}
            fields = {name: str(value) for name, value in fields.items()} | {"uuid": str(uuid4())}
            delivery = entries.deliver(PUBLICITY, MultiDict(fields), by=self.clerk, at=clock.now())
            assert delivery.receipt, delivery.form.errors

        def template(self, *paragraphs):
            raw = docx(*paragraphs)
            verdict = checking.check(raw)
            assert verdict.faults == []
            template_id = service.add_template(uuid4().hex, raw, verdict.codes, by=self.by, at=clock.now())
            return queries.versions_of(template_id)[0].id

        def draft(self, version_id, unit="top", since=SINCE, until=UNTIL, by=None, **typed):
            at = clock.now()
            return service.draft(version_id, self.units[unit], since, until, typed, by=by or self.by, at=at)

        def change(self, unit, **changes):
            row = units.find_unit(self.units[unit])
            for name, value in changes.items():
                setattr(row, name, value)
            db.session.commit()

        def fill(self, *paragraphs, **chosen):
            return texts(self.draft(self.template(*paragraphs), **chosen).file)

    with app.test_request_context():
        yield Command()


BANNERS = "{{ publicity.banner }}/{{ publicity.banner_total }}/{{ publicity.banner_day }}"


def test_a_period_has_its_first_and_last_day_and_a_total_what_came_before(command):
    for count, day in ((1, "2026-11-09"), (20, "2026-11-10"), (300, "2026-11-16"), (4000, "2026-11-17")):
        command.publish("zone", count, day)
    assert command.fill(BANNERS) == ["320/321/300"]


def test_a_unit_counts_its_own_and_those_below_it_and_no_other(command):
    command.publish("zone", 5, "2026-11-12")
    command.publish("other", 70, "2026-11-12")
    text = "{{ publicity.banner }}"
    assert [command.fill(text, unit=unit) for unit in ("top", "zone", "other")] == [["75"], ["5"], ["70"]]


def test_what_no_record_holds_is_a_blank_and_what_is_recorded_as_none_is_zero(command):
    line = "{{ publicity.van }}、{{ money.supplies }}、{{ org.leader_post }}、{{ text.problems }}"
    assert command.fill(line) == [f"0、{BLANK}、{BLANK}、{BLANK}"]


def test_task_forces_are_listed_with_their_leaders(command):
    with_names = "{{ org.task_force_count }}个：{{ org.task_force_names }}"
    loop = ["{%p for f in org.task_forces %}", "{{ f.name }}：{{ f.leader_post }}{{ f.leader }}", "{%p endfor %}"]
    command.change("zone", leader_id=command.own.id)
    assert command.fill(with_names, *loop) == ["2个：单位OTHER、单位ZONE", "单位OTHER：____", "单位ZONE：信息员Own"]


def test_offices_are_those_below_and_those_that_work_in_the_unit(command):
    bureau = unit_service.add_unit("FIN", "财政局", UnitKind.BUREAU, None, by=None, at=clock.now())
    text = "{{ org.office_names }}"
    assert command.fill(text, unit="zone") == [BLANK]
    unit_service.put_members(command.units["zone"], [bureau])
    db.session.commit()
    assert command.fill(text, unit="zone") == ["财政局"]
    assert command.fill(text, unit="other") == [BLANK]


@pytest.mark.parametrize(("dissolved_on", "count"), [(UNTIL, "1"), (UNTIL + timedelta(days=1), "2")])
def test_a_unit_that_is_dissolved_by_the_end_of_the_period_is_listed_no_more(command, dissolved_on, count):
    command.change("zone", dissolved_on=dissolved_on)
    command.publish("zone", 5, str(SINCE))
    assert command.fill("{{ org.task_force_count }}", "{{ publicity.banner }}") == [count, "5"]


def test_a_clerk_makes_the_report_of_their_unit_with_the_numbers_that_a_commander_gets(command):
    load_catalogue(by=None, at=clock.now())
    command.publish("zone", 5, "2026-11-12")
    command.publish("other", 70, "2026-11-12")
    codes = ("publicity.banner", "inspections.checks", "checkpoints.arrivals", "supplies.incoming", "org.leader")
    version = command.template("/".join(f"{{{{ {code} }}}}" for code in codes))
    assert texts(command.draft(version, unit="zone", by=command.own).file) == ["5/0/0/0/__"]
    assert texts(command.draft(version, unit="zone").file) == ["5/0/0/0/__"]
    for unit in ("top", "other"):
        with pytest.raises(Refusal, match="briefing-out-of-reach"):
            command.draft(version, unit=unit, by=command.own)


def test_a_clerk_follows_only_the_numbers_whose_lists_are_open_to_them(command):
    version = command.template("{{ publicity.banner }}、{{ inspections.checks }}")
    printed = command.draft(version, unit="zone", by=command.own).printed
    links = [service.sources.link_of(row, command.own) for row in printed]
    assert links == ["/publicity?means=banner&since=2026-11-10&until=2026-11-16&unit=ZONE", None]


def test_a_text_without_a_place_in_the_template_is_told(command):
    typed = {"text.problems": "一是甲。", "text.summary": ""}
    assert command.draft(command.template("{{ publicity.banner }}"), **typed).unprinted == ["text.problems"]
    assert command.draft(command.template("{{ text.problems }}"), **typed).unprinted == []


def test_the_days_are_written_in_chinese_whatever_the_language(command):
    assert command.fill("{{ period.range }}，共{{ period.days }}天") == ["11月10日至11月16日，共7天"]
    assert command.fill("{{ period.range }}", since=UNTIL) == ["11月16日"]


def test_what_is_wrong_is_named_by_its_paragraph(command):
    wrong = {
        "{{ publicity.banners }}": "没有“publicity.banners”这个代码",
        "{{ publicity.van_total }}": "没有这种时间段",
        "{{ inspections.overdue_day }}": "没有这种时间段",
        "{{ org.offices }}": "要用 for 循环",
        "{% for x in org.leader %}{{ x.name }}{% endfor %}": "不是逐行列出的代码",
        "{% for x in org.offices %}{{ x.phone }}{% endfor %}": "没有这一项",
        "{{ ''.__class__ }}": "不支持的写法",
    }
    faults = {fault.where.partition("“")[0]: fault.sentence for fault in checking.check(docx("", *wrong)).faults}
    assert len(faults) == len(wrong)
    for number, words in enumerate(wrong.values(), 2):
        assert words in faults[f"第 {number} 段"]
    [fault] = checking.check(docx("第一段", "{{ publicity.banner")).faults
    assert (fault.where, "花括号" in fault.sentence) == ("第 2 段“{{ publicity.banner”", True)


def test_the_numbers_of_a_unit_lead_to_its_rows(command):
    version = command.template("{{ supplies.low }}、{{ publicity.banner }}")
    links = {
        unit: [service.sources.link_of(row, command.by) for row in command.draft(version, unit=unit).printed]
        for unit in ("top", "zone")
    }
    assert links["top"] == ["/supplies?low=low", "/publicity?means=banner&since=2026-11-10&until=2026-11-16"]
    of_unit = "/publicity?means=banner&since=2026-11-10&until=2026-11-16&unit=ZONE"
    assert links["zone"] == ["/supplies?low=low&unit=ZONE", of_unit]


def test_a_number_that_is_not_counted_by_unit_is_a_blank_in_the_report_of_one(command):
    version = command.template("{{ alerts.open }}")
    assert texts(command.draft(version).file) == ["0"]
    [row] = command.draft(version, unit="zone").printed
    assert row["text"] is None
    assert "不能按单位算" in str(service.sources.remedy_of(row, command.by).words)


def test_a_code_that_was_renamed_prints_a_blank_and_is_named(command):
    codes = [("publicity.streamer", 1, "悬挂条幅")]
    raw = docx("悬挂条幅{{ publicity.streamer }}条")
    template_id = service.add_template("旧模板", raw, codes, by=command.by, at=clock.now())
    version = queries.versions_of(template_id)[0]
    drafted = command.draft(version.id)
    assert texts(drafted.file) == [f"悬挂条幅{BLANK}条"]
    [fault] = checking.faults_of(version.codes, service.sources.known())
    assert fault.where == "第 1 段“悬挂条幅”"


def test_a_template_that_was_closed_meanwhile_makes_no_report(command):
    version = command.template("{{ publicity.banner }}")
    service.close_template(queries.find_version(version).template_id, True, by=command.by, at=clock.now())
    with pytest.raises(Refusal, match="template-gone"):
        command.draft(version)


def test_a_second_press_keeps_nothing_more_and_a_number_is_taken_once(command):
    drafted, id_ = command.draft(command.template("{{ publicity.banner }}")), uuid4()
    for _press in range(2):
        assert service.keep(id_, drafted, by=command.by, at=clock.now()) == id_
    assert service.keep(uuid4(), drafted, by=command.by, at=clock.now()) != id_
    reach = command.by.through(*service.READERS)
    numbers = [row.number[-4:] for row in db.session.scalars(queries.briefings(reach, {}))]
    assert sorted(numbers) == ["0001", "0002"]

"""The daily reports of the last two weeks: most in time, some zero, late or amended, one unit that never reported; what
the task force and the district signed upward for them; a superior's Excel layout and a holiday.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from webapp.demo import layouts
from webapp.district.rules import Exceptional
from webapp.kernel import clock, entries
from webapp.kernel.access import Role
from webapp.kernel.database import transaction
from webapp.reports import counting, presets, queries, service, upward
from webapp.reports.kinds import AMENDMENT, SIGNING, UPWARD_SIGNING
from webapp.reports.rules import Days, LineKind, lines_of
from webapp.units import queries as units

if TYPE_CHECKING:
    from webapp.demo.history import Line, Stage

DAYS = 14
OWING = ("ZONE", "CONTROL", "CITY", "TRAFFIC", "EPB", "HEALTH", "MONITOR")
CLERKS = ("clerk", "clerk2", "clerk3")  # those of ZONE, CONTROL and EPB; nobody reports for HEALTH and MONITOR
_LATE = {("CITY", 2), ("EPB", 6)}  # unit, days ago
_MISSING = {("TRAFFIC", 0), ("TRAFFIC", 1), ("CITY", 5), ("ZONE", 0)}
_OTHER = {("ZONE", 3): (2, "园区自查另报 2 次"), ("CONTROL", 4): (5, "一个卡口记在纸上，明日补录")}
_AMENDED = ("ZONE", 4)
UPWARD = (("CONTROL", "clerk2"), ("DISTRICT", "commander"))  # who signs for the units below
_ON_DEVICE = ("CONTROL", 1)  # signed without a network, while more was being recorded
_RETURNED = ("EPB", 1)
# unit, days ago -> problems and next steps
_WRITTEN = {
    ("ZONE", 1): ("个别企业门岗体温登记不全。", "逐家核对门岗登记，三天内补齐。"),
    ("ZONE", 2): ("复工企业口罩储备不足一周用量。", "汇总企业需求，报应急保障组统一调配。"),
    ("CONTROL", 1): ("高速卡口夜间值守人手不足。", "从机关干部中增派夜班值守人员。"),
    ("EPB", 1): ("两家医院医废暂存间台账填写不规范。", "联合卫健部门现场指导，一周后复查。"),
    ("EPB", 2): ("两家医院医废暂存间台账填写不规范。", "继续对医院废水消毒开展每日抽查。"),
}


def write(stage: "Stage", days: int) -> None:
    """Set up the kind of report and sign those of the last days, a day to a transaction."""
    stage, days = replace(stage, random=Random(DAYS)), min(days, DAYS)
    figures, codes = counting.choosable(), {unit.id: unit.code for unit in map(units.find_by_code, OWING) if unit}
    draft = service.Draft(
        name=presets.NAME,
        cutoff=presets.CUTOFF,
        weekdays="",
        days=Days.EVERY,
        lines=presets.lines(figures),
        checks=presets.checks(figures),
        units=list(codes),
    )
    since = clock.district_day(stage.now) - timedelta(days=days)
    kind_id = service.save_kind(None, draft, by=None, at=stage.now, since=since)
    for days_ago in range(days, -1, -1):
        entries.deliver_together(_signed(stage, codes, days_ago))
        for number, (code, name) in enumerate(UPWARD if days_ago else ()):
            entries.deliver_together(_summed(stage, kind_id, code, name, days_ago, number))
    entries.deliver_together(_amended(stage, codes))
    _arrive(stage, codes)
    _give_back(stage, codes)
    layouts.write(kind_id, by=stage.actors["commander"], at=stage.now)
    new_year = date(clock.district_day(stage.now).year + 1, 1, 1)
    administrator, holiday = stage.actors["administrator"], Exceptional(new_year, False, "元旦")
    service.save_calendar(new_year.year, [holiday], "", by=administrator, at=stage.now)


def _signed(stage: "Stage", codes: dict[UUID, str], days_ago: int) -> Iterator["Line"]:
    day = clock.district_day(stage.now) - timedelta(days=days_ago)
    for name in CLERKS:
        clerk = stage.actors[name]
        for row in queries.to_sign(clerk.through(Role.CLERK), day, day):
            code = codes[row.unit_id]
            if (code, days_ago) in {*_MISSING, _ON_DEVICE}:
                continue
            is_late = (code, days_ago) in _LATE
            at = stage.moment(days_ago, 18 if is_late else 16, 5 + stage.random.randrange(50))
            written = _WRITTEN.get((code, days_ago), ())
            yield SIGNING, _fields(row, _OTHER.get((code, days_ago)), stage.random, written), clerk, at


def _summed(stage: "Stage", kind_id: UUID, code: str, name: str, days_ago: int, number: int) -> Iterator["Line"]:
    """What a unit signs upward for a day; nothing where no unit below it has reported."""
    unit, day = units.find_by_code(code), clock.district_day(stage.now) - timedelta(days=days_ago)
    assert unit is not None
    added = upward.of_day(counting.reach_of(unit.id), kind_id, day).sum(unit.path)
    if not added.parts:
        return
    fields = {"kind": str(kind_id), "unit": str(unit.id), "day": day.isoformat(), "seen": added.key}
    for line, summed in added.summed.items():
        fields |= {f"n_{line}": str(summed), f"s_{line}": str(summed)}
    yield UPWARD_SIGNING, MultiDict(fields), stage.actors[name], stage.moment(days_ago, 19, 5 + 30 * number)


def _fields(
    row: Any,
    other: tuple[int, str] | None,
    random: Random,
    written: Sequence[str] = (),
    *,
    in_full: bool = False,
    **more: object,
) -> MultiDict[str, str]:
    """A form as its clerk fills it: the computed numbers, with `other` more in the first line and the reason for it;
    its texts say what is `written`. A zero where nothing happened, unless it is filled `in_full`.
    """
    lines = lines_of(queries.lines_of(row.id))
    now = counting.counted(lines, row.unit_id, row.day)
    fields: dict[str, object] = {"due": row.id} | more
    if counting.is_idle(lines, now) and not other and not more and not in_full:
        return MultiDict({name: str(value) for name, value in (fields | {"zero": "y"}).items()})
    for number, line in enumerate(lines):
        if line.kind is LineKind.FIGURE:
            counted = now[line.code].number
            fields[f"n_{line.code}"] = counted + (other[0] if other and number == 0 else 0)
            fields[f"s_{line.code}"] = counted
        elif line.kind is LineKind.NUMBER:
            fields[f"n_{line.code}"] = 12 + random.randrange(4)
    texts = (line for line in lines if line.kind is LineKind.TEXT)
    fields |= {f"t_{line.code}": text for line, text in zip(texts, written, strict=False)}
    if other:
        fields[f"r_{lines[0].code}"] = other[1]
    return MultiDict({name: str(value) for name, value in fields.items()})


def _amended(stage: "Stage", codes: dict[UUID, str]) -> Iterator["Line"]:
    """One report whose unit later stated another number."""
    code, days_ago = _AMENDED
    clerk, day = stage.actors["clerk"], clock.district_day(stage.now) - timedelta(days=days_ago)
    for row in queries.of_reach(clerk.through(Role.CLERK), day, day):
        if codes[row.unit_id] == code and row.report_id:
            more = {"corrects": row.report_id, "reason": "漏算了一次夜间检查"}
            fields = _fields(row, (1, "夜间检查一次，记在值班本上"), stage.random, **more)
            yield AMENDMENT, fields, clerk, stage.moment(days_ago - 1, 9, 30)


def _arrive(stage: "Stage", codes: dict[UUID, str]) -> None:
    """One report was signed on a device and arrived in the evening, when the records had gone on."""
    code, days_ago = _ON_DEVICE
    clerk, day = stage.actors["clerk2"], clock.district_day(stage.now) - timedelta(days=days_ago)
    signed_at, arrived_at = stage.moment(days_ago, 16, 20), stage.moment(days_ago, 19, 5)
    for row in queries.to_sign(clerk.through(Role.CLERK), day, day):
        if codes[row.unit_id] == code:
            fields = _seen_earlier(row, stage.random)
            values = entries.values_of(SIGNING, fields, (), entries.Travel(arrived_at, captured_at=signed_at), clerk)
            form = SIGNING.form(fields)
            form.validate()
            with transaction():
                entries.apply(SIGNING, values, SIGNING.prepared(form), (), by=clerk, at=signed_at, is_late=True)


def _seen_earlier(row: Any, random: Random) -> MultiDict[str, str]:
    """A form as a device filled it whose clerk knew of one record less in each line."""
    fields = _fields(row, None, random, _WRITTEN.get(_ON_DEVICE, ()), in_full=True)
    for name in [name for name in fields if name.startswith("s_")]:
        fields[name] = fields[f"n_{name[2:]}"] = str(max(int(fields[name]) - 1, 0))
    return fields


def _give_back(stage: "Stage", codes: dict[UUID, str]) -> None:
    """One report was returned by the command group."""
    code, days_ago = _RETURNED
    commander, day = stage.actors["commander"], clock.district_day(stage.now) - timedelta(days=days_ago)
    for row in queries.of_reach(commander.through(Role.COMMANDER), day, day):
        if codes[row.unit_id] == code and row.report_id:
            at = stage.moment(days_ago - 1, 8, 40)
            service.return_report(row.report_id, "请写明是哪两家医院，补上后重报。", by=commander, at=at)

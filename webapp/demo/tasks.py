"""Assignments of the command group: done and closed, to be checked, late and urged, handed on, just given."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import uuid4

from werkzeug.datastructures import MultiDict

from webapp.kernel import clock
from webapp.tasks.kinds import GIVE, STEPS
from webapp.units.queries import find_by_code

if TYPE_CHECKING:
    from webapp.demo.history import Line, Stage


@dataclass(frozen=True, slots=True)
class _Step:
    """An act some days ago: by whom, its note, for handing on the code of the new unit, and for a later deadline the
    days from the act to it.
    """

    act: str
    days_ago: int
    hour: int
    by: str
    note: str = ""
    unit: str = ""
    days: int = 0


@dataclass(frozen=True, slots=True)
class _Given:
    """An assignment some days ago for so many days, to the unit of a code or to a person by username."""

    days_ago: int
    days: int
    by: str
    to: str
    what: str
    details: str
    steps: tuple[_Step, ...] = ()


_ASSIGNMENTS = (
    _Given(
        6,
        2,
        "commander",
        "EPB",
        "督促余氯不达标的医院限期整改",
        "逐家约谈院方负责人，整改后复测，结果报指挥部。",
        (
            _Step("done", 5, 15, "inspector2", "三家医院已约谈，复测达标"),
            _Step("send-back", 5, 17, "commander", "请补充罗桥镇中心卫生院的复测结果"),
            _Step("done", 4, 11, "inspector2", "罗桥镇中心卫生院复测 4.6 mg/L，达标"),
            _Step("close", 4, 16, "commander", "同意办结"),
        ),
    ),
    _Given(
        3,
        2,
        "commander",
        "ZONE",
        "排查园区冷链企业从业人员核酸检测情况",
        "列出未检测人员名单，当天补检。",
        (_Step("urge", 0, 9, "commander"),),
    ),
    _Given(
        2,
        2,
        "commander",
        "CONTROL",
        "城北高速卡口增派夜班人员",
        "夜间不少于三人，含一名民警。",
        (_Step("done", 1, 20, "gatekeeper2", "夜班已增至四人，名单贴在值班室"),),
    ),
    _Given(
        2,
        4,
        "commander",
        "approver",
        "解决卡口防护服缺口",
        "",
        (_Step("hand-on", 1, 10, "approver", "由应急管理局统一调拨", "EMERGENCY"),),
    ),
    _Given(
        3,
        2,
        "commander",
        "MONITOR",
        "核对密切接触者排查名单",
        "与卡口登记逐人比对，名单报流调组。",
        (_Step("extend", 1, 10, "commander", "外省协查名单明天才到", days=2),),
    ),
    _Given(1, 3, "approver", "keeper", "盘点应急物资中心仓库的防护服和护目镜", "差额写明原因。"),
    _Given(1, 2, "commander", "EPB", "第三人民医院总排口加密监测", "每天上午、下午各测一次余氯，连续三天。"),
    _Given(1, 3, "commander", "gatekeeper", "补齐城北高速卡口夜间照明", "与交警大队对接，装好后拍照。"),
    _Given(0, 1, "commander", "HEALTH", "核实发热门诊隔离床位", "报可用床位和备用床位。"),
)


def assigned(stage: "Stage", days: int) -> Iterator["Line"]:
    """The assignments of the last `days` days and the acts on them, from random numbers of their own."""
    stage = replace(stage, random=Random(days))
    for given in _ASSIGNMENTS:
        if given.days_ago <= days:
            yield from _lines(stage, given)


def _lines(stage: "Stage", given: _Given) -> Iterator["Line"]:
    at, task = stage.moment(given.days_ago, 8, 30), str(uuid4())
    typed = {"uuid": task, "what": given.what, "details": given.details} | _due(at, given.days)
    yield GIVE, MultiDict(typed | _owner(stage, given.to)), stage.actors[given.by], at
    for step in given.steps:
        fields = {"task": task, "note": step.note} if step.note else {"task": task}
        fields |= _owner(stage, step.unit) if step.unit else {}
        by, at = stage.actors[step.by], stage.moment(step.days_ago, step.hour)
        fields |= _due(at, step.days) if step.days else {}
        yield STEPS[step.act], MultiDict(fields), by, at


def _due(at: datetime, days: int) -> dict[str, str]:
    """The field of a deadline so many days later at five in the afternoon."""
    due = clock.local(at + timedelta(days=days)).replace(hour=17, minute=0)
    return {"due": due.strftime("%Y-%m-%dT%H:%M")}


def _owner(stage: "Stage", name: str) -> dict[str, str]:
    """The fields of the choice of an owner."""
    if name in stage.actors:
        return {"person": str(stage.actors[name].id)}
    unit = find_by_code(name)
    assert unit is not None, name
    return {"unit": str(unit.id)}

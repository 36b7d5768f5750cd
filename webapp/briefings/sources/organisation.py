"""The unit of a report, its leaders, and the task forces and offices below it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import lazy_gettext as _l

from webapp.accounts import queries as accounts
from webapp.briefings.rules import Code, Holds, Value
from webapp.briefings.sources.group import Asked, Group
from webapp.kernel.access import Actor, may_open
from webapp.units import queries as units
from webapp.units.rules import UnitKind

PAGE = "units.unit"
_POST = _l("职务（还没有登记，打印为 __）")
_ROW = {
    "name": _l("名称"),
    "leader": _l("带班领导姓名"),
    "leader_post": _POST,
    "responsible": _l("责任人姓名"),
}
_CODES = (
    Code("org.leader", _l("领导（带班）姓名"), Holds.TEXT),
    Code("org.leader_post", _l("领导（带班）职务"), Holds.NOTHING),
    Code("org.responsible", _l("责任人姓名"), Holds.TEXT),
    Code("org.responsible_post", _l("责任人职务"), Holds.NOTHING),
    Code("org.task_force_count", _l("工作专班数"), Holds.NOW, _l("个")),
    Code("org.task_force_names", _l("各工作专班名称，用顿号隔开"), Holds.TEXT),
    Code("org.task_forces", _l("各工作专班，逐个列出"), Holds.LIST, fields=_ROW),
    Code("org.office_names", _l("各成员单位名称，用顿号隔开"), Holds.TEXT),
    Code("org.offices", _l("各成员单位，逐个列出"), Holds.LIST, fields=_ROW),
)
_OFFICES = frozenset({UnitKind.BUREAU, UnitKind.SUBDISTRICT, UnitKind.INSTITUTION})


def _values(names: Sequence[str], asked: Asked) -> Iterable[Value]:
    below = (unit for unit in units.tree(asked.reach_into("units.index")) if unit.id != asked.unit.id)
    tree = sorted(below, key=lambda unit: unit.code)
    forces = [unit for unit in tree if unit.kind is UnitKind.TASK_FORCE]
    offices = [unit for unit in tree if unit.kind in _OFFICES]
    shown = (asked.unit, *forces, *offices)
    people = accounts.names({id_ for unit in shown for id_ in (unit.leader_id, unit.responsible_id) if id_})
    own = _row(asked.unit, people)
    values = {
        "org.leader": Value("org.leader", own["leader"], about=str(asked.unit.id)),
        "org.responsible": Value("org.responsible", own["responsible"], about=str(asked.unit.id)),
        "org.task_force_count": Value("org.task_force_count", str(len(forces)), about=str(asked.unit.id)),
        "org.task_force_names": _joined("org.task_force_names", forces),
        "org.task_forces": _listed("org.task_forces", forces, people),
        "org.office_names": _joined("org.office_names", offices),
        "org.offices": _listed("org.offices", offices, people),
    }
    return [values[name] for name in names if name in values]


def _row(unit: Any, people: Mapping[UUID, str]) -> dict[str, str | None]:
    leader, responsible = (people.get(id_) if id_ else None for id_ in (unit.leader_id, unit.responsible_id))
    return {"name": unit.name, "leader": leader, "leader_post": None, "responsible": responsible}


def _joined(code: str, shown: Sequence[Any]) -> Value:
    return Value(code, "、".join(unit.name for unit in shown) or None)


def _listed(code: str, shown: Sequence[Any], people: Mapping[UUID, str]) -> Value:
    rows = [_row(unit, people) for unit in shown]
    return Value(code, None, rows=rows, abouts=[str(unit.id) for unit in shown])


def _link(printed: Mapping[str, Any], actor: Actor) -> str | None:
    about = printed.get("about")
    return url_for(PAGE, unit_id=UUID(about)) if about and may_open(PAGE, actor) else None


GROUP = Group("org", _l("组织领导"), lambda: _CODES, _values, _link)

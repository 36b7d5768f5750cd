"""The unit of a report, its leaders, and the task forces and offices that work in it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import lazy_gettext as _l

from webapp.accounts import queries as accounts
from webapp.briefings.rules import Code, Holds, Value
from webapp.briefings.sources.group import Asked, Group, Remedy
from webapp.kernel.access import Actor, may_open
from webapp.units import queries as units
from webapp.units.rules import UnitKind

PAGE = "units.unit"
_ROW = {
    "name": _l("名称"),
    "leader": _l("带班领导姓名"),
    "leader_post": _l("带班领导职务"),
    "responsible": _l("责任人姓名"),
    "responsible_post": _l("责任人职务"),
}
_CODES = (
    Code("org.leader", _l("领导（带班）姓名"), Holds.TEXT),
    Code("org.leader_post", _l("领导（带班）职务"), Holds.TEXT),
    Code("org.responsible", _l("责任人姓名"), Holds.TEXT),
    Code("org.responsible_post", _l("责任人职务"), Holds.TEXT),
    Code("org.task_force_count", _l("工作专班数"), Holds.NOW, _l("个")),
    Code("org.task_force_names", _l("各工作专班名称，用顿号隔开"), Holds.TEXT),
    Code("org.task_forces", _l("各工作专班，逐个列出"), Holds.LIST, fields=_ROW),
    Code("org.office_names", _l("各成员单位名称，用顿号隔开"), Holds.TEXT),
    Code("org.offices", _l("各成员单位，逐个列出"), Holds.LIST, fields=_ROW),
)
_OFFICES = frozenset({UnitKind.BUREAU, UnitKind.SUBDISTRICT, UnitKind.INSTITUTION})


def _values(names: Sequence[str], asked: Asked) -> Iterable[Value]:
    """Offices are the units below the unit, and those that work in it without standing below it."""
    below = [unit for unit in units.below(asked.unit) if _exists(unit, asked)]
    members = [unit for unit in units.members(asked.unit.id) if _exists(unit, asked)]
    forces = _by_code(unit for unit in below if unit.kind is UnitKind.TASK_FORCE)
    offices = _by_code(unit for unit in {*below, *members} if unit.kind in _OFFICES)
    shown = (asked.unit, *forces, *offices)
    people = accounts.titled({id_ for unit in shown for id_ in (unit.leader_id, unit.responsible_id) if id_})
    about = str(asked.unit.id)
    values = {
        "org.task_force_count": Value("org.task_force_count", str(len(forces)), about=about),
        "org.task_force_names": _joined("org.task_force_names", forces, about),
        "org.task_forces": _listed("org.task_forces", forces, people),
        "org.office_names": _joined("org.office_names", offices, about),
        "org.offices": _listed("org.offices", offices, people),
    }
    values |= {
        f"org.{part}": Value(f"org.{part}", text, about=about) for part, text in _row(asked.unit, people).items()
    }
    return [values[name] for name in names if name in values]


def _exists(unit: Any, asked: Asked) -> bool:
    """Whether a unit is not dissolved by the end of the period."""
    return unit.dissolved_on is None or unit.dissolved_on > asked.scope.until


def _by_code(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=lambda unit: unit.code)


def _row(unit: Any, people: Mapping[UUID, Any]) -> dict[str, str | None]:
    row: dict[str, str | None] = {"name": unit.name}
    for part, id_ in (("leader", unit.leader_id), ("responsible", unit.responsible_id)):
        person = people.get(id_)
        row |= {part: person and person.name, f"{part}_post": person and person.post}
    return row


def _joined(code: str, shown: Sequence[Any], about: str) -> Value:
    return Value(code, "、".join(unit.name for unit in shown) or None, about=about)


def _listed(code: str, shown: Sequence[Any], people: Mapping[UUID, Any]) -> Value:
    rows = [_row(unit, people) for unit in shown]
    return Value(code, None, rows=rows, abouts=[str(unit.id) for unit in shown])


def _link(printed: Mapping[str, Any], actor: Actor) -> str | None:
    about = printed.get("about")
    return url_for(PAGE, unit_id=UUID(about)) if about and may_open(PAGE, actor) else None


def _remedy(printed: Mapping[str, Any], actor: Actor) -> Remedy:
    if printed["code"].endswith("_post"):
        return Remedy(_l("请在人员页登记职务，再生成一次。"), _link(printed, actor))
    return Remedy(_l("请在单位页登记，再生成一次。"), _link(printed, actor))


GROUP = Group("org", _l("组织领导"), lambda: _CODES, _values, _link, _remedy)

"""The spreadsheet of persons: its columns, and the checks that need the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.accounts import queries, service
from webapp.accounts.labels import ROLES, scope_problem
from webapp.accounts.rules import LONGEST_POST, is_username, normal_username
from webapp.kernel.access import Actor, Grant, current_reach, offered_roles
from webapp.kernel.forms import checked_phone
from webapp.kernel.parse.codes import code_key
from webapp.kernel.spreadsheets.imports import Claim, Import, Outcome
from webapp.kernel.spreadsheets.sheets import Reading, Sheet, SheetColumn, SheetRow, code, one_of, words
from webapp.places import queries as places
from webapp.units import queries as units


def _username(text: str) -> str:
    plain = normal_username(text)
    if not is_username(plain):
        raise ValueError(_("用户名用 2 到 60 个小写字母、数字、点或短横线。"))
    return plain


PERSONS_SHEET = Sheet(
    "persons",
    _l("人员"),
    (
        SheetColumn("username", _l("用户名"), _username, True, "zhangsan", _l("登录用，小写字母和数字")),
        SheetColumn("name", _l("姓名"), words(80), True, "张三"),
        SheetColumn("post", _l("职务"), words(LONGEST_POST), example="副区长"),
        SheetColumn("phone", _l("电话"), checked_phone, example="13800138000"),
        SheetColumn("unit", _l("单位编号"), code(40), example="EPB", note=_l("所在单位的编号")),
        SheetColumn("role", _l("角色"), one_of(ROLES), True, next(iter(ROLES.values()))),
        SheetColumn("over_unit", _l("管辖单位编号"), code(40), example="EPB", note=_l("两个管辖列都空着就是全区")),
        SheetColumn("over_place", _l("管辖场所编号"), code(20)),
    ),
    unique=("username",),
    alike=("name",),
    max_rows=500,
)


def _unit_ids() -> dict[str, UUID]:
    return {unit.code_key: unit.id for unit in units.tree(current_reach())}


def _place_ids() -> dict[str, UUID]:
    return {place.code_key: place.id for place in places.places_of(current_reach())}


def check(reading: Reading) -> None:
    """Add faults for taken usernames, unknown units and places, and grants beyond the importer's reach."""
    unit_ids, place_ids = _unit_ids(), _place_ids()
    taken = queries.usernames([row.values["username"] for row in reading.rows if row.values["username"]])
    for row in reading.rows:
        if row.values["username"] in taken:
            reading.blame(row, "username", _("这个用户名已经有人用了。"))
        _check_known(reading, row, ("unit", "over_unit"), unit_ids, _("没有这个单位编号。请先添加单位，或检查编号。"))
        _check_known(reading, row, ("over_place",), place_ids, _("没有这个场所编号。请先添加场所，或检查编号。"))
        _check_reach(reading, row, unit_ids, place_ids)


def _check_known(reading: Reading, row: SheetRow, names: Sequence[str], known: dict[str, Any], sentence: str) -> None:
    for name in names:
        if row.values[name] and code_key(row.values[name]) not in known:
            reading.blame(row, name, sentence)


def _check_reach(reading: Reading, row: SheetRow, unit_ids: dict[str, UUID], place_ids: dict[str, UUID]) -> None:
    unit, place = row.values["over_unit"], row.values["over_place"]
    if unit and place:
        reading.blame(row, "over_place", _("管辖单位和管辖场所只能填一个。"))
    elif row.values["role"]:
        grant = Grant(row.values["role"], unit_ids.get(code_key(unit)), place_ids.get(code_key(place)))
        if grant.role not in offered_roles():
            reading.blame(row, "role", _("这个角色还没有可用的功能，暂不能分配。"))
        elif problem := scope_problem(grant):
            reading.blame(row, "role", problem)
        elif not queries.may_grant(current_reach(), [grant]):
            reading.blame(row, "role", _("这个管辖范围超出您自己的权限。"))


def write(rows: Sequence[SheetRow], by: Actor, at: datetime, claim: Claim) -> Outcome:
    """Add every row."""
    return service.add_persons(rows, _unit_ids(), _place_ids(), by=by, at=at, claim=claim)


PERSONS_IMPORT = Import(PERSONS_SHEET, check, write, back="accounts.persons")

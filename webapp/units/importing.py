"""The spreadsheet of units."""

from collections.abc import Callable, Iterable, Sequence, Set
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.accounts import queries as accounts
from webapp.accounts.rules import normal_username
from webapp.kernel.access import Actor, current_reach
from webapp.kernel.parse.codes import code_key
from webapp.kernel.spreadsheets.imports import Claim, Import, Outcome
from webapp.kernel.spreadsheets.sheets import Reading, Sheet, SheetColumn, SheetRow, code, one_of, words
from webapp.units import queries, service
from webapp.units.labels import KINDS
from webapp.units.rules import split_codes


def _codes(maximum: int) -> Callable[[str], str]:
    """Several codes of at most `maximum` characters, with 、 between them."""
    parse = code(maximum)
    return lambda text: "、".join(map(parse, split_codes(text)))


UNITS_SHEET = Sheet(
    "units",
    lazy_pgettext("list", "单位"),
    (
        SheetColumn("code", _l("单位编号"), code(40), True, "EPB-LAW"),
        SheetColumn("name", _l("名称"), words(120), True, "生态环境执法大队"),
        SheetColumn("kind", _l("类别"), one_of(KINDS), True, list(KINDS.values())[-1]),
        SheetColumn("parent", _l("上级单位编号"), code(40), example="EPB", note=_l("可以是本表中的另一行")),
        SheetColumn("leader", _l("领导（带班）用户名"), words(60), example="zhangsan", note=_l("已经添加的人员")),
        SheetColumn("responsible", _l("责任人用户名"), words(60), example="lisi", note=_l("已经添加的人员")),
        SheetColumn(
            "members", _l("成员单位编号"), _codes(40), example="FIN、TRA", note=_l("用顿号隔开；可以是本表中的其他行")
        ),
    ),
    unique=("code",),
    alike=("name",),
    max_rows=1000,
)


def check(reading: Reading) -> None:
    """Add faults for taken codes, unknown parents and units that are their own ancestors."""
    values = [row.values for row in reading.rows]
    people = _people(values)
    known = queries.ids_by_code({code for row in values for code in (row["code"], row["parent"]) if code})
    reach = current_reach()
    reached = {unit.code_key for unit in queries.tree(reach)}
    above = {code_key(row["code"]): code_key(row["parent"]) for row in values if row["code"]}
    for row in reading.rows:
        if row.values["code"] in known:
            reading.blame(row, "code", _("这个单位编号已经有了，请换一个编号。"))
        parent = row.values["parent"]
        if not parent and not reach.is_district_wide:
            reading.blame(row, "parent", _("请填写您管辖的上级单位；最上级单位请全区管理员添加。"))
        elif parent and code_key(parent) not in reached and (parent in known or code_key(parent) not in above):
            reading.blame(row, "parent", _("没有这个单位编号。请先添加单位，或检查编号。"))
        elif parent and _is_circle(code_key(row.values["code"]), above):
            reading.blame(row, "parent", _("这个单位成了自己的上级。请检查上级单位编号。"))
        _check_named(reading, row, people, reached | above.keys())


def _check_named(reading: Reading, row: SheetRow, people: dict[str, UUID], units: Set[str]) -> None:
    """Add faults for persons and member units that do not exist; `units` are the keys of those that do."""
    if any(code_key(code) not in units for code in split_codes(row.values["members"])):
        reading.blame(row, "members", _("没有这个单位编号。请先添加单位，或检查编号。"))
    for name in ("leader", "responsible"):
        if row.values[name] and row.values[name] not in people:
            reading.blame(row, name, _("没有这个用户名，或已停用。请先添加人员，或检查用户名。"))


def _is_circle(start: str, above: dict[str, str]) -> bool:
    seen = {start}
    here = above.get(start)
    while here and here not in seen:
        seen.add(here)
        here = above.get(here)
    return bool(here)


def _people(rows: Iterable[dict[str, Any]]) -> dict[str, UUID]:
    """Ids of the persons named in the rows, by username as typed."""
    typed = {row[name] for row in rows for name in ("leader", "responsible") if row[name]}
    ids = accounts.ids_by_username({normal_username(name) for name in typed})
    return {name: ids[plain] for name in typed if (plain := normal_username(name)) in ids}


def write(rows: Sequence[SheetRow], by: Actor, at: datetime, claim: Claim) -> Outcome:
    """Add all rows."""
    return service.add_units(rows, _people(row.values for row in rows), by=by, at=at, claim=claim)


UNITS_IMPORT = Import(UNITS_SHEET, check, write, back="units.index")

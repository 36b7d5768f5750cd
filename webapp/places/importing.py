"""The spreadsheet of places."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.kernel.access import Actor, current_reach
from webapp.kernel.forms import checked_phone
from webapp.kernel.parse.codes import code_key
from webapp.kernel.spreadsheets.imports import Claim, Import, Outcome
from webapp.kernel.spreadsheets.sheets import Reading, Sheet, SheetColumn, SheetRow, code, decimal, one_of, whole, words
from webapp.places import queries, service
from webapp.places.labels import DISINFECTANTS, INSTITUTIONS, KINDS, ROUTES
from webapp.places.rules import PARENTS, REAL, Institution, PlaceKind
from webapp.units import queries as units

PLACES_SHEET = Sheet(
    "places",
    lazy_pgettext("list", "场所"),
    (
        SheetColumn("code", _l("编号"), code(20), True, "H-01"),
        SheetColumn("name", _l("名称"), words(120), True, "第三人民医院"),
        SheetColumn("kind", _l("类别"), one_of({kind: KINDS[kind] for kind in REAL}), True, KINDS[PlaceKind.HOSPITAL]),
        SheetColumn("unit", _l("所属单位编号"), code(40)),
        SheetColumn("parent", _l("属于场所编号"), code(20), note=_l("排放口、暂存间填它所在医院的编号")),
        SheetColumn("address", _l("地址"), words(200), example="青云路118号"),
        SheetColumn("contact_name", _l("联系人"), words(80), example="王芳"),
        SheetColumn("contact_phone", _l("联系电话"), checked_phone, example="13900000000"),
        SheetColumn("latitude", _l("纬度"), decimal(6, minimum=-90, maximum=90), example="27.936500"),
        SheetColumn("longitude", _l("经度"), decimal(6, minimum=-180, maximum=180), example="116.358200"),
        SheetColumn("beds", _l("床位数"), whole(0, 20000), example="320"),
        SheetColumn(
            "institution",
            _l("机构类别（GB 18466-2005）"),
            one_of(INSTITUTIONS),
            example=INSTITUTIONS[Institution.INFECTIOUS],
        ),
        SheetColumn("discharge_route", _l("污水去向"), one_of(ROUTES)),
        SheetColumn("disinfectant", _l("消毒方式"), one_of(DISINFECTANTS)),
    ),
    unique=("code",),
    alike=("name",),
    max_rows=2000,
)


def _unit_ids() -> dict[str, UUID]:
    return {unit.code_key: unit.id for unit in units.tree(current_reach())}


def check(reading: Reading) -> None:
    """Add faults for taken codes and unknown units and parents."""
    values = [row.values for row in reading.rows]
    taken = queries.ids_by_code({row["code"] for row in values if row["code"]})
    unit_ids = _unit_ids()
    parents = {place.code_key for place in queries.places_of(current_reach(), PARENTS)}
    parents |= {code_key(row["code"]) for row in values if row["kind"] in PARENTS}
    for row in reading.rows:
        if row.values["code"] in taken:
            reading.blame(row, "code", _("这个场所编号已经有了，请换一个编号。"))
        if row.values["unit"] and code_key(row.values["unit"]) not in unit_ids:
            reading.blame(row, "unit", _("没有这个单位编号。请先添加单位，或检查编号。"))
        parent = code_key(row.values["parent"])
        if parent and (parent not in parents or parent == code_key(row.values["code"])):
            reading.blame(row, "parent", _("没有这个场所编号，或它不是医院等机构。请检查编号。"))


def write(rows: Sequence[SheetRow], by: Actor, at: datetime, claim: Claim) -> Outcome:
    """Add all rows."""
    return service.add_places(rows, _unit_ids(), by=by, at=at, claim=claim)


PLACES_IMPORT = Import(PLACES_SHEET, check, write, back="places.places")

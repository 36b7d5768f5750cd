"""The list of places."""

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.kernel.listing import Column, Listing, PageOf
from webapp.places import queries
from webapp.places.forms import FilterForm
from webapp.places.labels import KINDS
from webapp.places.models import Place
from webapp.units import queries as units

_IS_CLOSED = {False: _l("在用"), True: _l("已关闭")}
_TONE = {False: "ok", True: "waiting"}

PLACES = Listing(
    id="places",
    template="places/places.html",
    title=lazy_pgettext("list", "场所"),
    columns=(
        Column("name", _l("名称"), lambda place: place.name),
        Column("code", _l("编号"), lambda place: place.code, sort=Place.code),
        Column("kind", _l("类别"), lambda place: place.kind, enum=KINDS),
        Column("unit", _l("所属单位"), lambda place: place.unit_id, priority=2, names=units.names),
        Column("address", _l("地址"), lambda place: place.address, priority=2),
        Column("beds", _l("床位数"), lambda place: place.beds, kind="number", priority=3, sort=Place.beds),
        Column("state", _l("状态"), lambda place: place.is_closed, enum=_IS_CLOSED, tone=_TONE, priority=2),
    ),
    select=queries.selected,
    order=(Place.code,),
    descending=False,
    filters=FilterForm,
    url=PageOf("places.place", "place_id"),
    empty_title=_l("还没有场所"),
    empty_text=_l("管理员添加场所，或从 Excel 导入。"),
)

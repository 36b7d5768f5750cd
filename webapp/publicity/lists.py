"""The list of publicity."""

from flask_babel import lazy_gettext as _l

from webapp.kernel import records
from webapp.kernel.listing import Column, Listing, PageOf, Total
from webapp.publicity import labels, queries
from webapp.publicity.forms import PublicityFilter
from webapp.publicity.models import Publicity


def _where(row: Publicity) -> str:
    return " ".join(filter(None, (row.place.name if row.place else None, row.area)))


PUBLICITY = Listing(
    id="publicity",
    template="frames/index.html",
    title=_l("宣传记录"),
    columns=(
        Column("means", _l("宣传形式"), lambda row: row.means, enum=labels.MEANS),
        Column(
            "count",
            _l("数量"),
            lambda row: labels.amount(row.means, row.count),
            kind="number",
            plain=lambda row: row.count,
            unit=lambda row: str(labels.unit_of(row.means)),
        ),
        Column("where", _l("场所或区域"), _where),
        Column("from", _l("开始日期"), lambda row: row.from_on, kind="day"),
        Column("until", _l("结束日期"), lambda row: row.until_on, kind="day", priority=2),
        Column("unit", _l("单位"), lambda row: row.unit.name, priority=2),
        Column("author", _l("登记人"), lambda row: row.author.name, priority=3),
        Column("note", _l("备注"), lambda row: row.note, priority=3),
        records.STATE,
    ),
    select=queries.publicity,
    order=(Publicity.from_on, Publicity.id),
    filters=PublicityFilter,
    total=Total(Publicity.count, lambda _count: ""),  # a sum over different means has no unit
    url=PageOf("publicity.show", "record_id"),
    axes=queries.AXES,
    empty_title=_l("还没有宣传记录"),
    empty_text=_l("登记张贴、悬挂、播放的宣传后，会按日期排在这里。"),
)

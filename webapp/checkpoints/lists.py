"""The list of visits, with masked personal data."""

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext, ngettext

from webapp.checkpoints import labels, queries, rules
from webapp.checkpoints.forms import VisitFilter
from webapp.checkpoints.models import Visit
from webapp.kernel import personal
from webapp.kernel.i18n import write_number
from webapp.kernel.listing import Column, Listing, PageOf, Total
from webapp.places.queries import axes_of

VISITS = Listing(
    id="visits",
    template="checkpoints/visits.html",
    title=_l("来访记录"),
    columns=(
        Column("name", _l("姓名"), lambda row: personal.mask_name(row.name)),
        Column("decision", _l("处理"), lambda row: row.decision, enum=labels.DECISIONS, tone=labels.DECISION_STATUS),
        Column("celsius", _l("体温 °C"), lambda row: row.celsius, kind="number"),
        Column("entered", _l("到达"), lambda row: row.entered_at, kind="moment", sort=Visit.entered_at),
        Column("left", lazy_pgettext("time", "离开"), lambda row: row.left_at, kind="moment", priority=2),
        Column("undone", _l("撤销"), lambda row: row.undone_at, kind="moment", priority=3),
        Column("place", _l("卡口"), lambda row: row.place_name, priority=2),
        Column("plate", _l("车牌号"), lambda row: personal.mask_plate(row.plate), priority=3),
        Column("phone", _l("手机号"), lambda row: personal.mask_phone(row.phone), priority=3),
        Column("people", _l("人数"), lambda row: 1 + row.companions, kind="number", priority=3),
        Column("origin", _l("从哪里来"), lambda row: row.origin, priority=3),
        Column("id", _l("证件号码"), lambda row: personal.mask_number(row.id_number), priority=3),
        Column("recorder", _l("登记人"), lambda row: row.recorder_name, priority=3),
    ),
    select=queries.visits,
    reads=queries.SHOWN,
    order=(Visit.entered_at, Visit.id),
    filters=VisitFilter,
    url=PageOf("checkpoints.show", "visit_id"),
    status=lambda row: "refused" if row.decision is not rules.Decision.PASS else None,
    total=Total(1 + Visit.companions, lambda people: ngettext("%(n)s 人", "%(n)s 人", people, n=write_number(people))),
    axes=axes_of(Visit.place_id, Visit.entered_at),
    empty_title=_l("还没有来访记录"),
    empty_text=_l("在卡口登记的人员和车辆会按到达时间排在这里。"),
)

"""Batches by the date they must be used by."""

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from werkzeug import Response

from webapp.kernel import clock, listing
from webapp.kernel.access import allow, current_reach
from webapp.kernel.listing import Column, Listing
from webapp.places import queries as places
from webapp.supplies import queries
from webapp.supplies.forms import DatedFilters
from webapp.supplies.labels import EXPIRIES, EXPIRY_STATUS, amount, base_name, in_base_units, item_name, lot_name
from webapp.supplies.rules import Expiry, expiry_of
from webapp.supplies.views import bp

_OF_STATUS = {status: EXPIRIES[expiry] for expiry, status in EXPIRY_STATUS.items()}


def _expiry(row: Any) -> Expiry:
    return expiry_of(row.Lot.expires_on, clock.district_day(clock.now()))


DATED = Listing(
    "dated",
    "supplies/dated.html",
    _l("批次有效期"),
    (
        Column("item", _l("名称"), lambda row: item_name(row.Item)),
        Column("code", _l("编号"), lambda row: row.Item.code, priority=3),
        Column("lot", _l("批号"), lambda row: lot_name(row.Lot.number)),
        Column("expires_on", _l("有效期至"), lambda row: row.Lot.expires_on, "day"),
        Column(
            "state",
            _l("状态"),
            lambda row: EXPIRY_STATUS[_expiry(row)],
            "status",
            words=lambda status: _OF_STATUS[status],
            priority=2,
        ),
        Column(
            "on_hand",
            _l("结存"),
            lambda row: amount(row.Balance.on_hand, row.Item),
            "number",
            plain=lambda row: in_base_units(row.Balance.on_hand, row.Item),
            unit=lambda row: base_name(row.Item),
        ),
        Column("place", _l("仓库"), lambda row: row.Balance.place_id, names=places.names, priority=2),
    ),
    queries.select_dated,
    queries.DATED_ORDER,
    DatedFilters,
    url=lambda row: url_for("supplies.item", item_id=row.Item.id),
    status=lambda row: "refused" if _expiry(row) is Expiry.EXPIRED else None,
    empty_title=_l("没有登记有效期的批次"),
    empty_text=_l("入库时登记了有效期的批次会按到期的先后排在这里。"),
    descending=False,
)


@bp.get("/dated")
@allow(*queries.READERS)
def dated() -> Response:
    """What must be used by a date, the earliest first."""
    return listing.show(DATED, current_reach())

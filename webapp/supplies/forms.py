"""Forms of supplies: slips with their lines, items, packs, barcodes, filters."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import validators

from webapp.kernel import fields, forms
from webapp.kernel.parse.codes import is_code, written_code
from webapp.kernel.parse.numbers import plain_number
from webapp.places.rules import PlaceKind
from webapp.supplies.labels import CATEGORIES, EXPIRIES, KINDS, REASONS, SCOPES
from webapp.supplies.rules import Expiry, Reason, SlipKind, is_gtin, reasons_of

MAX_LINES = 100
YEARS_AHEAD = 20  # no goods last longer


class Identifier(fields.Identifier, forms.Hidden):
    """The id of something chosen on the page, in a hidden field."""


class Moment(forms.Hidden):
    """A moment that the server wrote into the page; None if malformed."""

    data: datetime | None

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist:
            with suppress(ValueError):
                moment = datetime.fromisoformat(valuelist[0].strip()[:40])
                self.data = moment if moment.tzinfo else None


def identifier(label: Any, *, required: bool = False) -> Any:
    return Identifier(label, forms.presence(required, _l("请选择这一项。")))


class LineForm(forms.Form):
    item = identifier(_l("物资"), required=True)
    lot = forms.text(_l("批号"), maximum=20)
    made_on = forms.day(_l("生产日期"))
    expires_on = forms.day(_l("有效期至"), years_ahead=YEARS_AHEAD)
    quantity = forms.number(_l("数量"), required=True, places=6, minimum=0, maximum=10**9)
    measure = forms.hidden(maximum=40)
    book = forms.number(_l("账面"), places=0, minimum=0, maximum=10**15)
    seen_seq = forms.number(_l("账面"), places=0, minimum=0, maximum=10**18)
    begun_at = Moment(_l("账面"), [validators.Optional()])

    def validate_quantity(self, field: Any) -> None:
        """Refuse a barcode that a scanner typed into the quantity."""
        digits = plain_number(field.typed or "") or ""
        if len(digits) in (8, 12, 13, 14) and digits.isdigit() and is_gtin(digits):
            raise validators.ValidationError(_("这像是一个条码，不是数量。请重新填写数量。"))


class StockForm(forms.Form):
    """A slip: its head and its lines."""

    kind = SlipKind.IN

    place = forms.reference(_l("仓库"), "places", kinds=(PlaceKind.WAREHOUSE.value,), required=True)
    note = forms.text(_l("备注"), maximum=500)

    lines = forms.lines(
        _l("单据明细"),
        LineForm,
        most=MAX_LINES,
        if_none=_l("还没有物资。请先扫码或输入编号。"),
        too_many=_l("一张单据最多 %(most)d 行，这里有 %(lines)d 行，没有保存。请移到另一张单据。"),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        is_good = super().validate(extra_validators)
        for line in self.lines:
            if self.kind is not SlipKind.COUNT and line.quantity.data == 0:
                line.problem("quantity", _("数量要大于 0。"))
                is_good = False
        return is_good


def _reasons(kind: SlipKind) -> list[tuple[str, Any]]:
    return [(reason.value, REASONS[reason]) for reason in reasons_of(kind)]


class InForm(StockForm):
    kind = SlipKind.IN
    reason = forms.choice(_l("来源"), _reasons(SlipKind.IN))
    counterparty = forms.text(_l("供货方"), maximum=120)
    document = forms.text(_l("送货单号"), maximum=60)


class OutForm(StockForm):
    kind = SlipKind.OUT
    reason = forms.choice(_l("用途"), _reasons(SlipKind.OUT))
    other = identifier(_l("领用单位"))
    counterparty = forms.text(_l("领用人"), maximum=120)
    document = forms.text(_l("审批单号"), maximum=60)

    def validate(self, extra_validators: Any = None) -> bool:
        is_good = super().validate(extra_validators)
        if self.reason.data == Reason.ISSUE and not (self.other.data or self.counterparty.data):
            self.problem("counterparty", _("请选择领用单位，或填写领用人。"))
            return False
        return is_good


class TransferForm(StockForm):
    kind = SlipKind.TRANSFER
    other = identifier(_l("调入仓库"), required=True)
    document = forms.text(_l("调拨单号"), maximum=60)


class CountForm(StockForm):
    kind = SlipKind.COUNT
    difference_reason = forms.text(_l("差异原因"), maximum=200, description=_l("例如 破损未登记、上次多记、漏记出库。"))
    scope = forms.choice(_l("盘点范围"), [(scope.value, words) for scope, words in SCOPES.items()], required=False)


class ReasonForm(forms.Form):
    difference_reason = forms.text(_l("差异原因"), required=True, maximum=200)


class ExpiryForm(forms.Form):
    expires_on = forms.day(_l("有效期至"), required=True)


class UndoForm(forms.Form):
    slip = identifier(_l("单据"), required=True)
    note = forms.text(_l("原因"), maximum=500)


FORMS: dict[SlipKind, type[StockForm]] = {
    SlipKind.IN: InForm,
    SlipKind.OUT: OutForm,
    SlipKind.TRANSFER: TransferForm,
    SlipKind.COUNT: CountForm,
}


class ItemForm(forms.Form):
    """An item. Quantities are whole steps; `scale` (1, 10, 100, 1000) steps make one base unit."""

    code = forms.text(_l("编号"), required=True, maximum=20, description=_l("字母、数字和短横线，例如 KZ-01"))
    name = forms.text(_l("名称"), required=True, maximum=80)
    name_en = forms.text(_l("英文名称"), maximum=120)
    category = forms.choice(_l("类别"), [(c.value, words) for c, words in CATEGORIES.items()])
    unit_zh = forms.text(_l("基本单位"), required=True, maximum=10, description=_l("例如 瓶、个、吨"))
    unit_en = forms.text(_l("基本单位（英文）"), maximum=20)
    scale = forms.choice(
        _l("最小计量"),
        [("1", _l("1（按整数计）")), ("10", _l("0.1")), ("100", _l("0.01")), ("1000", _l("0.001（如千克之于吨）"))],
    )
    customary_zh = forms.text(_l("习惯单位"), maximum=10, description=_l("报表里用的大单位，例如 万只"))
    customary_en = forms.text(_l("习惯单位（英文）"), maximum=30)
    customary_factor = forms.number(_l("一个习惯单位等于多少基本单位"), places=0, minimum=2, maximum=10**9)
    has_expiry = forms.yes(_l("登记批号和有效期"))
    low_level = forms.number(_l("低库存线（基本单位）"), places=3, minimum=0, maximum=10**9)

    def validate_code(self, field: Any) -> None:
        field.data = written_code(field.data)
        if not is_code(field.data, 20):
            raise validators.ValidationError(_("编号只能用字母、数字和短横线。"))


class PackForm(forms.Form):
    name = forms.text(_l("包装名称"), required=True, maximum=20, description=_l("例如 箱"))
    name_en = forms.text(_l("包装名称（英文）"), maximum=30)
    quantity = forms.number(_l("每包数量（基本单位）"), required=True, places=3, minimum=0, maximum=10**9)


class BarcodeForm(forms.Form):
    barcode = forms.text(_l("条码"), required=True, maximum=200)
    measure = forms.hidden(maximum=40)


class ItemFilters(forms.Form):
    q = forms.text(_l("名称或编号"), maximum=40)
    category = forms.choice(_l("类别"), [(c.value, words) for c, words in CATEGORIES.items()], required=False)
    low = forms.choice(_l("库存"), [("low", _l("低于低库存线")), ("expired", _l("有已过期的"))], required=False)
    place = forms.text(_l("仓库名称或编号"), maximum=60)
    unit = forms.text(_l("单位名称或编号（含下属）"), maximum=60)


class ToCountFilters(forms.Form):
    place = forms.text(_l("仓库名称或编号"), maximum=60)
    unit = forms.text(_l("单位名称或编号（含下属）"), maximum=60)


class DatedFilters(forms.Form):
    state = forms.choice(_l("有效期"), [(e.value, EXPIRIES[e]) for e in Expiry if e is not Expiry.NONE], required=False)
    place = forms.text(_l("仓库名称或编号"), maximum=60)
    unit = forms.text(_l("单位名称或编号（含下属）"), maximum=60)


class SlipFilters(forms.Form):
    q = forms.text(_l("单号或凭证号"), maximum=60)
    kind = forms.choice(_l("类型"), [(k.value, words) for k, words in KINDS.items()], required=False)
    difference = forms.choice(_l("盘点差异"), [("unexplained", _l("差异大，没有说明原因"))], required=False)
    place = forms.text(_l("仓库名称或编号"), maximum=60)
    unit = forms.text(_l("单位名称或编号（含下属）"), maximum=60)
    since = forms.day(_l("从"))
    until = forms.day(_l("到"))


class TurnoverFilters(forms.Form):
    """What came in and went out; `item` is chosen by a link."""

    category = forms.choice(_l("类别"), [(c.value, words) for c, words in CATEGORIES.items()], required=False)
    item = identifier(_l("物资"))
    unit = forms.text(_l("单位名称或编号（含下属）"), maximum=60)
    since = forms.day(_l("从"), required=True)
    until = forms.day(_l("到"), required=True, not_before="since")


class LedgerFilters(forms.Form):
    place = identifier(_l("仓库"))
    unit = forms.text(_l("单位名称或编号（含下属）"), maximum=60)
    since = forms.day(_l("从"))
    until = forms.day(_l("到"))

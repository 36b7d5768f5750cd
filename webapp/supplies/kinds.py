"""The kinds of entry of the counter, its blank form, and the reference data of items and stock."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from webapp.district.queries import preferences
from webapp.kernel.access import Reach, Role
from webapp.kernel.assets import STATIC
from webapp.kernel.entries import Entry
from webapp.kernel.kept import Reference
from webapp.kernel.kinds import Apply, BlankForm, Kind
from webapp.kernel.retention import Emptied, Keeps
from webapp.places import queries as places
from webapp.places.rules import PlaceKind
from webapp.supplies import queries, service
from webapp.supplies.counter import correcting
from webapp.supplies.counter.lines import LineView
from webapp.supplies.forms import FORMS, InForm, LineForm, UndoForm
from webapp.supplies.labels import ICONS, KINDS, MODES, NOTES, PAPERS, REASONS, REFUSALS, SCOPES, STOPS
from webapp.supplies.models import Slip
from webapp.supplies.rules import TAKES_EXPIRED, SlipKind, reasons_of

READER = "vendor/gs1-parser.js"  # reads makers' codes on the device; absent if set-up had no npm


def _blank() -> dict[str, Any]:
    """The template context of the blank form, the same for everybody."""
    return {
        "form": InForm(),
        "again": True,
        "modes": [(mode, KINDS[mode], ICONS[mode], PAPERS[mode]) for mode in MODES],
        "reasons": [(mode, reason, REASONS[reason]) for mode in MODES[:2] for reason in reasons_of(mode)],
        "takes_expired": TAKES_EXPIRED,
        "scopes": list(SCOPES.items()),
        "forms": {mode.value: _form_beside_others(mode) for mode in FORMS},
        "line": LineView(0, LineForm(), None),
        "not_whole": REFUSALS["quantity-not-whole"] % {"item": "{item}", "typed": "{typed}", "unit": "{unit}"},
        "stops": STOPS,
        "notes": NOTES,
        "goes_to": {
            "out": [kind.value for kind in PlaceKind if kind is not PlaceKind.WAREHOUSE],
            "transfer": [PlaceKind.WAREHOUSE.value],
        },
        "reader": READER if (STATIC / READER).is_file() else None,
    }


def _form_beside_others(mode: SlipKind) -> Any:
    """The empty form of a mode, whose ids name the mode: the forms of all modes stand on one page."""
    form = FORMS[mode]()
    for field in form:
        field.id = f"{mode.value}-{field.name}"
    return form


BLANK = BlankForm("stock", _l("出入库"), "scan", "supplies/blank.html", _blank, "/supplies/counter")


def _record_url(entry: Entry) -> str:
    return url_for("supplies.slip", slip_id=entry.uuid)


SLIPS_KEPT = Keeps(
    name="slips",
    label=_l("出入库单据"),
    what=_l("领用人或送货人、备注、盘点差异的说明；数量和账目不变"),
    days=3650,
    least=365,
    most=10950,  # 会计档案管理办法: vouchers are kept for thirty years
)
_SLIP: dict[str, Any] = {
    "contends": True,  # for the next number, and for the balances of a warehouse
    "keeps": SLIPS_KEPT,
    "empties": (Emptied(Slip, Slip.id.in_),),
    "unfinished": queries.unexplained,
}


def _kind(mode: SlipKind, apply: Apply) -> Kind:
    return Kind(
        name=f"stock.{mode.value}",
        label=KINDS[mode],
        form=FORMS[mode],
        apply=apply,
        late_roles=(Role.KEEPER,),
        forms=(BLANK,) if mode is SlipKind.IN else (),
        record_url=_record_url,
        fields_template="supplies/_late.html",
        assets=("css/supplies.css", "js/redraw.js"),
        of_page=frozenset({"act", "sure"}),
        load=correcting.load,
        correction=correcting.CORRECTION,
        is_observation=mode is SlipKind.COUNT,
        contradicts=queries.contradicts,
        **_SLIP,
    )


IN = _kind(SlipKind.IN, service.receive)
OUT = _kind(SlipKind.OUT, service.issue)
TRANSFER = _kind(SlipKind.TRANSFER, service.transfer)
COUNT = _kind(SlipKind.COUNT, service.count)
SLIPS = {SlipKind.IN: IN, SlipKind.OUT: OUT, SlipKind.TRANSFER: TRANSFER, SlipKind.COUNT: COUNT}
UNDO = Kind(
    name="stock.undo",
    label=KINDS[SlipKind.UNDO],
    form=UndoForm,
    apply=service.undo,
    of_page=frozenset({"place"}),  # its slip names the place
    record_url=_record_url,
    **_SLIP,
)


def _items(_reach: Reach, _at: datetime) -> list[dict[str, Any]]:
    """All open items with their names, units and codes."""
    return [
        {
            "id": str(item.id),
            "code": item.code,
            "zh": item.name,
            "en": item.name_en,
            "has_expiry": item.has_expiry,
            "measures": [asdict(measure) for measure in queries.measures_of(item)],
            "codes": {barcode.code_key: str(barcode.pack_id or "base") for barcode in item.barcodes},
        }
        for item in queries.open_items()
    ]


def _stock(reach: Reach, _at: datetime) -> list[dict[str, Any]]:
    """The available stock of the person's own warehouses, by batch, in steps."""
    return [
        {
            "place": str(shelf.place_id),
            "item": str(shelf.item.id),
            "lot": shelf.lot,
            "made_on": _iso(shelf.made_on),
            "expires_on": _iso(shelf.expires_on),
            "free": shelf.available,
        }
        for shelf in queries.open_shelves(reach)
    ]


def _consumers(_reach: Reach, _at: datetime) -> list[dict[str, Any]]:
    """The possible destinations of goods."""
    return [
        {"id": str(place.id), "code": place.code, "name": place.name, "kind": place.kind.value}
        for place in places.directory()
    ]


def _counting(_reach: Reach, _at: datetime) -> list[dict[str, Any]]:
    """The limits for large differences of a count, as a single row."""
    limits = preferences()
    return [{"share": limits.count_share, "amount": limits.count_amount}]


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


REFERENCES = (
    Reference("items", (Role.KEEPER,), _items),
    Reference("stock", (Role.KEEPER,), _stock),
    Reference("counting", (Role.KEEPER,), _counting),
    Reference("consumers", (Role.KEEPER,), _consumers),
)

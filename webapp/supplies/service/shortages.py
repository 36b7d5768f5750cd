"""Goods taken without a network that the book no longer has: what to count, and the count that puts the book right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from webapp.kernel import entries
from webapp.kernel.access import Actor
from webapp.kernel.entries import Travel
from webapp.kernel.errors import Refusal
from webapp.kernel.offline import Question, Resolution
from webapp.kernel.parse.codes import lot_key
from webapp.supplies import queries
from webapp.supplies.forms import StockForm
from webapp.supplies.labels import SHORT_ON_THE_BOOKS, base_of, item_name, lot_name, measure_name
from webapp.supplies.models import Item
from webapp.supplies.rules import steps_of
from webapp.supplies.service.moves import COUNT


@dataclass(slots=True)
class Shortage:
    """A batch of which more was taken than the book has free. `name` is its question's; the rest is in steps."""

    name: str
    item: Item
    line: dict[str, Any]
    taken: int
    on_hand: int = 0
    reserved: int = 0

    @property
    def lot(self) -> str:
        return self.line["lot"] or ""


def questions(fields: MultiDict[str, str]) -> Sequence[Question]:
    """How much of each short batch is left on the shelf now, in base units."""
    return [
        Question(
            one.name,
            _("%(item)s 批号 %(lot)s 现在还剩", item=item_name(one.item), lot=lot_name(one.lot)),
            measure_name(base_of(one.item)),
        )
        for one in shortages(fields)
    ]


def correct(fields: MultiDict[str, str], answers: Mapping[str, Decimal], *, by: Actor, at: datetime) -> None:
    """Write the count that the taking makes necessary: before it, there lay what is left and what was taken.

    Raises Refusal `shortage-changed` when another batch is short by now, `quantity-not-whole`, `count-changed`.
    """
    counted = [_counted(one, answers.get(one.name)) for one in shortages(fields)]
    lines = [line for line, must in counted if must != line["book"]]
    if not lines:
        return
    place_id = StockForm(fields).place.data
    note = _("离线出库时账面不足，按实物盘点改正")
    said = MultiDict({"place": str(place_id), "note": note, "uuid": str(entries.new_uuid())})
    for number, line in enumerate(lines):
        said.update({f"lines-{number}-{name}": str(value) for name, value in line.items() if value is not None})
    values = entries.values_of(COUNT, said, (), Travel(at), by)
    entries.apply(COUNT, values, {"place": place_id, "note": note, "lines": lines}, (), by=by, at=at)


def _counted(one: Shortage, left: Decimal | None) -> tuple[dict[str, Any], int]:
    """A line of the count, and what the book must have said, in steps."""
    if left is None:
        raise Refusal("shortage-changed")
    base = base_of(one.item)
    steps = steps_of(left, base)
    if steps is None:
        unit = measure_name(base)
        raise Refusal("quantity-not-whole", item=item_name(one.item), typed=f"{left} {unit}", unit=unit)
    must = steps + one.taken
    kept = {name: one.line[name] for name in ("item", "lot", "made_on", "expires_on")}
    return kept | {"quantity": Decimal(must) / base.steps, "measure": "base", "book": one.on_hand}, must


def shortages(fields: MultiDict[str, str]) -> list[Shortage]:
    """The batches of a slip of which the warehouse has less free now than the slip takes."""
    form = StockForm(fields)
    taken = _taken(form)
    lots = queries.lots_of({one.item.id for one in taken}, {one.lot for one in taken})
    held = queries.held(form.place.data, [lot.id for lot in lots.values()])
    for one in taken:
        lot = lots.get((one.item.id, lot_key(one.lot)))
        one.on_hand, one.reserved = held.get(lot.id, (0, 0)) if lot else (0, 0)
    return [one for one in taken if one.on_hand - one.reserved < one.taken]


def _taken(form: StockForm) -> list[Shortage]:
    """What the slip takes of each batch, its lines added up."""
    items = queries.find_items(line.item.data for line in form.lines)
    found: dict[tuple[Any, str], Shortage] = {}
    for number, line in enumerate(form.lines):
        item, said = items.get(line.item.data), line.data
        measures = {one.key: one for one in queries.measures_of(item)} if item else {}
        measure = measures.get(said["measure"] or "base")
        if item is None or measure is None:
            continue  # refused by another name
        short = found.setdefault((item.id, lot_key(said["lot"])), Shortage(f"left_{number}", item, said, 0))
        short.taken += steps_of(said["quantity"] or Decimal(0), measure) or 0
    return list(found.values())


RESOLUTION = Resolution(SHORT_ON_THE_BOOKS, questions, correct)

"""What a spreadsheet is declared to hold, and what was read from one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from openpyxl.utils import get_column_letter

from webapp.kernel.i18n import write_number

MAX_ROWS = 5000
MAX_FAULTS = 200
SHOWN = 60  # characters of a wrong cell


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """`example` fills the template's first row; `choices` (value -> words) becomes its drop-down list."""

    code: str
    label: Any
    parse: Callable[[str], Any]
    required: bool = False
    example: Any = ""
    note: Any = ""

    @property
    def choices(self) -> list[str]:
        return [str(words) for words in _choices(self.parse).values()]

    def understood(self, value: Any) -> str:
        """A value as it was understood, for the preview: 1.5, 2026-11-24, the words of a choice."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return str(_("是") if value else _("否"))
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, (Decimal, int)):
            return write_number(value)
        return str(_choices(self.parse).get(value, value))


def _choices(parse: Any) -> Mapping[Any, Any]:
    found: Mapping[Any, Any] = getattr(parse, "choices", {})
    return found


@dataclass(frozen=True, slots=True)
class Sheet:
    """`unique` names the columns whose values may stand in the file only once, `alike` those where equal values are
    worth a second look.
    """

    code: str
    title: Any
    columns: Sequence[SheetColumn]
    unique: Sequence[str] = ()
    alike: Sequence[str] = ()
    max_rows: int = MAX_ROWS


@dataclass(frozen=True, slots=True)
class SheetRow:
    """`values` has every column's code; None where the cell is empty or wrong."""

    number: int
    values: dict[str, Any]
    typed: dict[str, str]


@dataclass(frozen=True, slots=True)
class CellFault:
    cell: str
    heading: str
    value: str
    sentence: str


@dataclass(slots=True)
class Reading:
    """What a workbook says. Nothing may be imported while there are faults; `warnings` are shown beside the preview."""

    sheet: Sheet
    places: dict[str, int]
    rows: list[SheetRow] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unlisted: int = 0  # faults beyond MAX_FAULTS

    def blame(self, row: SheetRow, code: str, sentence: str) -> None:
        """Name a wrong cell."""
        if len(self.faults) >= MAX_FAULTS:
            self.unlisted += 1
            return
        heading = next(str(column.label) for column in self.sheet.columns if column.code == code)
        letter = get_column_letter(self.places.get(code, 1))
        typed = row.typed.get(code, "")
        shown = f"{typed[: SHOWN - 1]}…" if len(typed) > SHOWN else typed
        self.faults.append(CellFault(f"{letter}{row.number}", heading, shown, sentence))

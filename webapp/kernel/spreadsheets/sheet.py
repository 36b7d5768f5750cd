"""The declaration of a spreadsheet's columns, and the result of reading one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from xlsxwriter.utility import xl_col_to_name

from webapp.kernel.i18n import write_number

MAX_ROWS = 5000
MAX_FAULTS = 200
SHOWN = 60  # characters of a wrong cell


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: `parse` takes the text of a cell; `example` fills the template's first row; `choices` are its drop-down
    list.
    """

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
        """A parsed value as the preview shows it: 1.5, 2026-11-24, the label of a choice."""
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
    choices: Mapping[Any, Any] = getattr(parse, "choices", {})
    return choices


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet. Values must not repeat in the columns `unique`; in the columns `alike` they give a warning."""

    code: str
    title: Any
    columns: Sequence[SheetColumn]
    unique: Sequence[str] = ()
    alike: Sequence[str] = ()
    max_rows: int = MAX_ROWS


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row: `values` has the code of every column, with None for an empty or invalid cell."""

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
    """The result of reading a workbook. It is imported only without faults; `warnings` are shown with the preview."""

    sheet: Sheet
    places: dict[str, int]
    rows: list[SheetRow] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unlisted: int = 0  # faults beyond MAX_FAULTS

    def blame(self, row: SheetRow, code: str, sentence: str) -> None:
        """Add a fault for a cell."""
        if len(self.faults) >= MAX_FAULTS:
            self.unlisted += 1
            return
        heading = next(str(column.label) for column in self.sheet.columns if column.code == code)
        letter = xl_col_to_name(self.places.get(code, 1) - 1)
        typed = row.typed.get(code, "")
        shown = f"{typed[: SHOWN - 1]}…" if len(typed) > SHOWN else typed
        self.faults.append(CellFault(f"{letter}{row.number}", heading, shown, sentence))

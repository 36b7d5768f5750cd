"""A program that reads a workbook from standard input and writes its first worksheet as JSON.

A workbook of 1.5 kB can occupy a parser for ever. Therefore its elements are counted before openpyxl parses it, and it
is read in a separate process with limited memory and time. It imports nothing of the application, to start quickly.
"""

import io
import json
import os
import re
import sys
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from xml.parsers import expat

CELLS = 200_000  # of all worksheets; a full sheet of 5,000 rows and 24 columns has 120,000
STRINGS = 130_000  # shared strings
OTHERS = 150_000  # other elements
STYLES = 70_000  # of each of COUNTED; Excel's own limit is 65,490
# Elements that openpyxl turns into objects before the first row, at most this many; together less than a second.
SHEETS = 250
PARTS = 10_000
COUNTED = frozenset({"xf", "cellStyle"})
LISTED = frozenset({"definedName", "Relationship", "Override", "Default", "externalReference", "workbookView"})
LISTED |= {"pivotCache", "font", "fill", "border", "numFmt", "dxf", "tableStyle", "rgbColor"}
CHARACTERS = 8_000_000  # of all cells in the output
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of the format
LAST_FILLED_ROW = 100_000  # the parser visits every row up to the last filled one
MOST_MERGED = 10_000
MEMORY = 1024**3
TOO_LARGE, TOO_FAR, BROKEN = "sheet-too-large", "sheet-too-far", "sheet-broken"
TOO_MANY = "sheet-too-many-parts"
# Built-in formats of Chinese Excel that openpyxl takes for numbers: 2027年12月, 12月31日, 8时05分.
CHINESE_DATES = frozenset({*range(27, 37), *range(50, 59)})
_OBJECTS = LISTED | COUNTED | {"sheet"}
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class Refused(Exception):
    """The workbook is refused; the argument is the code."""


@dataclass(slots=True)
class Counted:
    """The result of counting a worksheet's elements."""

    last_filled: int = 0  # row
    last_column: int = 0  # that holds something
    merged: list[str] = field(default_factory=list)


class _Scan:
    """Counts the elements of a part while parsing it; stops at the first limit."""

    def __init__(self, budget: dict[str, int]) -> None:
        self.found, self._budget, self._row, self._column = Counted(), budget, 0, 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EntityDeclHandler = self._refuse
        self._parser.StartDoctypeDeclHandler = self._refuse

    def feed(self, part: Any) -> Counted:
        self._parser.ParseFile(part)
        return self.found

    def _refuse(self, *_args: Any) -> None:
        raise Refused(BROKEN)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        counted = name if name in self._budget else ""
        self._budget[counted] -= 1
        if self._budget[counted] < 0:
            raise Refused(TOO_MANY if name in _OBJECTS else TOO_LARGE)
        if name == "row":
            self._row, self._column = _row_number(attributes.get("r"), self._row), 0
        elif name == "c":
            self._check(attributes.get("r"))
        elif name in ("v", "is", "f"):
            self.found.last_filled = max(self.found.last_filled, self._row)
            self.found.last_column = max(self.found.last_column, self._column)
        elif name == "mergeCell":
            if len(self.found.merged) == MOST_MERGED:
                raise Refused(TOO_LARGE)
            self.found.merged.append(attributes.get("ref", "")[:30])

    def _check(self, ref: str | None) -> None:
        if ref is None:
            self._column += 1
            return
        match = _CELL.fullmatch(ref)
        if match is None or _column(match[1]) > LAST_COLUMN:
            raise Refused(BROKEN)
        self._row, self._column = _row_number(match[2], self._row), _column(match[1])


def _row_number(text: str | None, before: int) -> int:
    if text is None:
        return before + 1
    if not re.fullmatch(r"[0-9]{1,7}", text) or not 0 < int(text) <= LAST_ROW:
        raise Refused(TOO_FAR)
    return int(text)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def count(raw: bytes) -> dict[str, Counted]:
    """Count the elements that the parser would visit, by part; raises Refused."""
    contents = dict.fromkeys(("c", "row", "v", "f", "is", "t"), CELLS)
    objects = dict.fromkeys(LISTED, PARTS) | dict.fromkeys(COUNTED, STYLES)
    budget = contents | objects | {"sheet": SHEETS, "si": STRINGS, "": OTHERS}
    counted = {}
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                with archive.open(name) as part:
                    counted[name] = _Scan(budget).feed(part)
    return counted


def read(raw: bytes, width: int, most: int) -> dict[str, Any]:
    """The first worksheet as plain data: up to `most` non-empty rows, each [number, [[text, is_formula], ...]]; the
    merged ranges; the titles of other non-empty worksheets; and whether there are cells beyond `width` columns.
    """
    import openpyxl

    counted = count(raw)
    book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
    book._date_formats |= {n for n, style in enumerate(book._cell_styles) if style.numFmtId in CHINESE_DATES}
    page = book.worksheets[0]
    scans = {sheet.title: counted.get(sheet._worksheet_path.lstrip("/"), Counted()) for sheet in book.worksheets}
    scan = scans.pop(page.title)
    if scan.last_filled > LAST_FILLED_ROW:
        raise Refused(TOO_FAR)
    page.reset_dimensions()
    rows: list[Any] = []
    left = CHARACTERS
    for number, row in enumerate(page.iter_rows(max_col=width, max_row=max(scan.last_filled, 1)), 1):
        if number == 1 or any(cell.value is not None for cell in row):
            rows.append([number, [_cell(cell) for cell in row]])
            left -= sum(len(cell[0]) for cell in rows[-1][1])
        if left < 0:
            raise Refused(TOO_LARGE)
        if len(rows) >= most:
            break
    others = [title for title, other in scans.items() if other.last_filled]
    return {"rows": rows, "merged": scan.merged, "others": others, "is_wider": scan.last_column > width}


def _cell(cell: Any) -> tuple[str, bool]:
    return (str(cell.value), True) if cell.data_type == "f" else (_text(cell.value), False)


def _text(value: Any) -> str:
    """The approximate display text of a cell: whole numbers without .0, days as 2026-11-24."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f") if abs(value) < 1e15 else repr(value)
    return str(value)


def _limit(seconds: int) -> None:
    """Limit memory and time of this process; on systems without such limits only the parent's timeout applies."""
    try:
        import resource
    except ImportError:
        return
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def main() -> None:
    """Arguments: seconds, columns, rows."""
    seconds, width, most = (int(text) for text in sys.argv[1:4])
    _limit(seconds)
    out, sys.stdout = sys.stdout, sys.stderr  # the parser prints warnings; only the answer goes to standard output
    try:
        answer = read(sys.stdin.buffer.read(), width, most)
    except Refused as refused:
        answer = {"refused": str(refused)}
    except MemoryError:
        answer = {"refused": TOO_LARGE}
    except Exception as error:  # a hostile workbook makes the parser raise arbitrary exceptions
        answer = {"refused": BROKEN, "why": repr(error)[:200]}
    out.write(json.dumps(answer))


if __name__ == "__main__":
    main()

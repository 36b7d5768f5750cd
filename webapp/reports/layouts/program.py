"""A program that reads the names of a workbook, or fills the cells that they name, given on standard input.

It runs in a process without environment, files or network of the application, with limited memory and time, and imports
nothing of the application. It writes JSON to standard output.

Input: a line of JSON {"values": {name in lower case: text, number or None}}, then the bytes of the workbook.
Output of `check`: {"names": [[name, sheet, cell, fault]], "is_drawn": bool}; a fault is "" or one of FAULTS.
Output of `fill`: {"file": base64, "filled": [name], "blank": [name], "left": [[name, fault]]}.
Either may be {"refused": code, "what": text} instead.
"""

import base64
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell

MEMORY = 768 * 1024 * 1024
MOST_OUTPUT = 20 * 1024 * 1024
MOST_NAMES = 5_000
SHEET, AREA, MERGED, FORMULA = FAULTS = ("sheet", "area", "merged", "formula")
_REACHING = re.compile(r"\b(WEBSERVICE|RTD|CALL|REGISTER|EXEC|IMPORTDATA|DDE)\s*\(|\|[^!]*!", re.IGNORECASE)
_TARGET = re.compile(
    r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?"
)
_RELATED = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class Refused(Exception):
    """The workbook is refused; the arguments are the code and what it is about."""


def _opened(raw: bytes) -> Any:
    """The workbook; raises Refused for one that reaches outside."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for name in archive.namelist():
            if name.endswith((".rels", ".xml")):
                _look_at(name, archive.read(name))
    book = openpyxl.load_workbook(io.BytesIO(raw), keep_links=False)
    cells = (cell for page in book.worksheets for row in page.iter_rows() for cell in row)
    for cell in cells:
        if cell.data_type == "f" and (match := _REACHING.search(str(cell.value))):
            raise Refused("layout-external", f"{cell.parent.title}!{cell.coordinate} {match[0]}")
    return book


def _look_at(name: str, content: bytes) -> None:
    """Refuse a part that declares entities, or a relationship that leads outside."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Refused("layout-broken", name)
    for relation in ElementTree.fromstring(content).iter(_RELATED) if name.endswith(".rels") else ():
        if relation.get("TargetMode", "").lower() == "external":
            raise Refused("layout-external", str(relation.get("Target"))[:80])


def _names(book: Any) -> Iterator[tuple[str, str, str, str, Any]]:
    """Each name with its sheet, its cell, what is wrong with it, and the cell object if nothing is."""
    own = [(name, page.title) for page in book.worksheets for name in page.defined_names.values()]
    for number, (name, home) in enumerate([*((name, "") for name in book.defined_names.values()), *own]):
        if number >= MOST_NAMES:
            raise Refused("layout-too-large", "")
        if not name.hidden and not name.name.startswith("_xlnm"):
            yield (name.name, *_target(book, name.attr_text or "", home))


def _target(book: Any, text: str, home: str) -> tuple[str, str, str, Any]:
    match = _TARGET.fullmatch(text)
    if match is None:
        return home, text[:60], SHEET if "#REF!" in text else AREA, None
    sheet = (match[1] or match[2]).replace("''", "'")
    where = match[3] + match[4] + (f":{match[5]}{match[6]}" if match[5] else "")
    if sheet not in book.sheetnames or not hasattr(book[sheet], "merged_cells"):
        return sheet, where, SHEET, None
    page = book[sheet]
    if match[5] and where not in {str(area) for area in page.merged_cells.ranges}:
        return sheet, where, AREA, None
    cell = page[match[3] + match[4]]
    fault = MERGED if isinstance(cell, MergedCell) else FORMULA if cell.data_type == "f" else ""
    return sheet, where, fault, None if fault else cell


def check(raw: bytes) -> dict[str, Any]:
    """The names of a workbook with what is wrong with them, and whether it holds drawings, which are not kept."""
    names = [[name, sheet, where, fault] for name, sheet, where, fault, _cell in _names(_opened(raw))]
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        is_drawn = any(
            name.startswith(("xl/drawings/drawing", "xl/charts/", "xl/media/")) for name in archive.namelist()
        )
    return {"names": names, "is_drawn": is_drawn}


def fill(raw: bytes, values: Mapping[str, Any]) -> dict[str, Any]:
    """The workbook with the named cells filled. A text is written as a text, whatever it begins with."""
    book = _opened(raw)
    filled: list[str] = []
    blank: list[str] = []
    left: list[list[str]] = []
    for name, _sheet, _where, fault, cell in _names(book):
        if name.lower() not in values:
            continue
        value = values[name.lower()]
        if cell is None:
            left.append([name, fault])
            continue
        (blank if value is None else filled).append(name)
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
        if isinstance(value, str):
            cell.data_type = "s"
    book.calculation.fullCalcOnLoad = True  # the results of formulas that the file holds are of other numbers
    out = io.BytesIO()
    book.save(out)
    if out.tell() > MOST_OUTPUT:
        raise Refused("layout-too-large", "")
    return {"file": base64.b64encode(out.getvalue()).decode(), "filled": filled, "blank": blank, "left": left}


def _limit(seconds: int) -> None:
    """Limit memory and time of this process; without such limits only the parent's timeout applies."""
    try:
        import resource
        from os import nice
    except ImportError:
        return
    nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def main() -> None:
    """Arguments: seconds of processor time, `check` or `fill`."""
    _limit(int(sys.argv[1]))
    out, sys.stdout = sys.stdout, sys.stderr
    head, _newline, raw = sys.stdin.buffer.read().partition(b"\n")
    try:
        answer = check(raw) if sys.argv[2] == "check" else fill(raw, json.loads(head)["values"])
    except Refused as refused:
        answer = dict(zip(("refused", "what"), refused.args, strict=True))
    except MemoryError:
        answer = {"refused": "layout-too-large"}
    except Exception as error:  # a hostile workbook makes the parser raise arbitrary exceptions
        answer = {"refused": "layout-broken", "why": repr(error)[:200]}
    out.write(json.dumps(answer))


if __name__ == "__main__":
    main()

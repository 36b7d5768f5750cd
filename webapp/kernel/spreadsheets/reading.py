"""Runs `reader.py` in a subprocess, with a limited number of them and a limited time."""

import json
import logging
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webapp.kernel import confined
from webapp.kernel.errors import Refusal
from webapp.kernel.presence import is_blank

log = logging.getLogger(__name__)
SECONDS = 12  # of processor time; the largest real sheet takes 2
WAIT = 45  # seconds of wall-clock time, longer because the machine may be busy; stops a hung process
READER = Path(__file__).with_name("reader.py")
_gate = confined.Gate()


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    is_formula: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """The non-empty rows as (number, cells); `merged` are ranges such as D7:D9.

    Not read: further worksheets with content (`others`, their titles), and columns to the right (`is_wider`).
    """

    rows: list[tuple[int, list[Cell]]]
    merged: list[str]
    others: Sequence[str] = ()
    is_wider: bool = False


def lines_of(raw: bytes, width: int, most: int) -> Lines:
    """The first `most` rows of the first worksheet; raises Refusal `sheet-…`."""
    try:
        with _gate:
            answer = _read(raw, width, most)
    except confined.Busy as error:
        raise Refusal("sheet-busy", 503, field="file") from error
    if "refused" in answer:
        log.info("workbook refused: %s %s", answer["refused"], answer.get("why", ""))
        raise Refusal(answer["refused"], 422, field="file")
    rows = [(number, [Cell(_clean(text), is_formula) for text, is_formula in row]) for number, row in answer["rows"]]
    return Lines(rows, answer["merged"], answer["others"], answer["is_wider"])


def _read(raw: bytes, width: int, most: int) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = json.loads(confined.run(READER, raw, SECONDS, width, most, wait=WAIT))
    except confined.Ended as error:
        return {"refused": "sheet-too-slow", "why": str(error)}
    return answer


def _clean(text: str) -> str:
    return "" if is_blank(text) else unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()

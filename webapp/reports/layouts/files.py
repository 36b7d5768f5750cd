"""Receives a superior's workbook, and runs `program.py` to check or fill it."""

import json
import logging
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.datastructures import FileStorage

from webapp.kernel import archives, confined
from webapp.kernel.errors import Refusal

log = logging.getLogger(__name__)
SECONDS = 10  # of processor time; a usual form takes less than one
WAIT = 40  # seconds of wall-clock time, longer because the machine may be busy; stops a hung process
PROGRAM = Path(__file__).with_name("program.py")
_FOREIGN = (
    ("xl/externallinks/", "external"),
    ("xl/connections.xml", "external"),
    ("xl/querytables/", "external"),
    ("xl/embeddings/", "embeds"),
    ("xl/activex/", "embeds"),
    ("xl/ctrlprops/", "embeds"),
    ("xl/macrosheets/", "macros"),
    ("xl/dialogsheets/", "macros"),
)
LAYOUT = archives.Format(
    "layout", "xlsx", "xl/workbook.xml", 5 * 1024 * 1024, macro_endings=(".xlsm", ".xltm", ".xlam"), foreign=_FOREIGN
)
_gate = confined.Gate()
Name = tuple[str, str, str, str]  # name, sheet, cell, what is wrong with it


@dataclass(frozen=True, slots=True)
class Checked:
    """The names of a workbook, and whether it has drawings, which are lost when it is filled."""

    names: Sequence[Name]
    is_drawn: bool


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled workbook with the names of filled cells and of cells that stayed blank or as they were."""

    file: bytes
    filled: Sequence[str]
    blank: Sequence[str]
    left: Sequence[tuple[str, str]]


def receive(file: FileStorage | None) -> bytes:
    """The bytes of an uploaded workbook; raises Refusal `layout-…` (422, 413) for anything else."""
    return archives.receive(file, LAYOUT)


def check(raw: bytes) -> Checked:
    """The names that a workbook defines; raises Refusal `layout-…`."""
    answer = _answer("check", raw, {})
    return Checked([(name, sheet, cell, fault) for name, sheet, cell, fault in answer["names"]], answer["is_drawn"])


def fill(raw: bytes, values: Mapping[str, Any]) -> Filled:
    """The workbook with its named cells filled, by name in lower case; raises Refusal `layout-…`."""
    answer = _answer("fill", raw, values)
    left = [(name, fault) for name, fault in answer["left"]]
    return Filled(b64decode(answer["file"]), answer["filled"], answer["blank"], left)


def _answer(act: str, raw: bytes, values: Mapping[str, Any]) -> dict[str, Any]:
    given = json.dumps({"values": dict(values)}).encode() + b"\n" + raw
    try:
        with _gate:
            answer: dict[str, Any] = json.loads(confined.run(PROGRAM, given, SECONDS, act, wait=WAIT))
    except confined.Busy as error:
        raise Refusal("layout-busy", 503, field="file") from error
    except confined.Ended as error:
        log.info("layout ended: %s", error)
        raise Refusal("layout-too-slow", 422, field="file") from error
    if "refused" in answer:
        log.info("layout refused: %s %s", answer["refused"], answer.get("why", ""))
        raise Refusal(answer["refused"], 422, field="file", what=answer.get("what", ""))
    return answer

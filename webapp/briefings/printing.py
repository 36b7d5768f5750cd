"""Runs `printer.py`: checks a template, or fills it with values."""

import json
import logging
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webapp.kernel import confined
from webapp.kernel.errors import Refusal

log = logging.getLogger(__name__)
SECONDS = 10  # of processor time; a usual report takes less than one
WAIT = 40  # seconds of wall-clock time, longer because the machine may be busy; stops a hung process
PRINTER = Path(__file__).with_name("printer.py")
_gate = confined.Gate()
Filling = Mapping[str, Any]  # code -> text, None, or a list of mappings of texts


@dataclass(frozen=True, slots=True)
class Spot:
    """A paragraph of a template: its number from 1 and its first words; number 0 if it was not found.

    `part` is empty for the body, else header, footer, footnotes, endnotes or properties.
    """

    number: int
    words: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """The codes that a template prints, and the constructs that it may not use as (kind, detail)."""

    codes: Sequence[tuple[str, Spot]]
    faults: Sequence[tuple[tuple[str, str], Spot]]


@dataclass(frozen=True, slots=True)
class Filled:
    """A document, its text as (style, text or rows) with marks around each printed value, and the printed codes."""

    file: bytes
    blocks: list[Any]
    printed: Sequence[str]


def check(raw: bytes, *, tries: bool = True) -> Checked:
    """What a template prints; filled once with blanks if it `tries`. Raises Refusal `template-…`."""
    answer = _answer("check" if tries else "read", raw, {})
    codes = [(code, Spot(*spot)) for code, spot in answer["codes"]]
    return Checked(codes, [((kind, detail), Spot(*spot)) for (kind, detail), spot in answer["faults"]])


def fill(raw: bytes, values: Filling) -> Filled:
    """The template with its blanks filled; raises Refusal `template-…`."""
    answer = _answer("fill", raw, values)
    return Filled(b64decode(answer["file"]), answer["blocks"], answer["printed"])


def _answer(act: str, raw: bytes, values: Filling) -> dict[str, Any]:
    given = json.dumps({"values": dict(values)}).encode() + b"\n" + raw
    try:
        with _gate:
            answer: dict[str, Any] = json.loads(confined.run(PRINTER, given, SECONDS, act, wait=WAIT))
    except confined.Busy as error:
        raise Refusal("template-busy", 503, field="file") from error
    except confined.Ended as error:
        log.info("template ended: %s", error)
        raise Refusal("template-too-slow", 422, field="file") from error
    if "refused" in answer:
        log.info("template refused: %s %s", answer["refused"], answer.get("why", ""))
        raise Refusal(answer["refused"], 422, field="file", what=answer.get("what", ""))
    return answer

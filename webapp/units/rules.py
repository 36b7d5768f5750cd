"""Kinds of units, and lists of their codes."""

import re
from enum import StrEnum


class UnitKind(StrEnum):
    DISTRICT = "district"
    GROUP = "group"
    BUREAU = "bureau"
    TASK_FORCE = "task_force"
    SUBDISTRICT = "subdistrict"
    INSTITUTION = "institution"


def split_codes(text: str | None) -> list[str]:
    """The codes of a text that has several, with any usual sign between them."""
    return [code for code in re.split(r"[、，,;；\s]+", text or "") if code]

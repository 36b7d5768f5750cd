"""Validators for required and optional fields; whitespace and invisible characters count as blank.

WTForms' InputRequired accepts a single space or U+3000, so that a required field would end up empty.
"""

import unicodedata
from typing import Any, ClassVar

from wtforms import validators

# Invisible although Unicode classifies them as letters or symbols: Hangul fillers and the empty Braille cell.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def is_blank(text: str | None) -> bool:
    """Whether a text is empty or consists of spaces of any width and invisible characters."""
    if text and text[0].isalnum() and text[0] not in _FILLERS:
        return False  # nearly every text; the rest is slow in comparison
    return all(c.isspace() or c in _FILLERS or unicodedata.category(c) == "Cf" for c in text or "")


def is_unanswered(field: Any) -> bool:
    """Whether a field was posted without a value or with blanks only."""
    return not field.raw_data or all(isinstance(value, str) and is_blank(value) for value in field.raw_data)


class Required:
    """Requires input that yields a value; a checkbox must be ticked."""

    field_flags: ClassVar = {"required": True}

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, _form: Any, field: Any) -> None:
        """Raises StopValidation with the message unless there is a value; an error of the field itself is kept."""
        if is_unanswered(field):
            field.errors[:] = []
        elif field.errors or (field.data not in (None, "") and field.data is not False):
            return
        raise validators.StopValidation(self.message)


class Optional:
    """Skips further validation of a blank field."""

    field_flags: ClassVar = {"optional": True}

    def __call__(self, _form: Any, field: Any) -> None:
        if is_unanswered(field):
            field.errors[:] = []
            raise validators.StopValidation

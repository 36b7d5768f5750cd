"""Whether a field was filled in: blank means missing, whatever kind of blank was typed.

WTForms' own InputRequired lets a lone space or U+3000 pass, and the field then holds nothing although it is required.
"""

import unicodedata
from typing import Any, ClassVar

from wtforms import validators

# Printed as nothing although Unicode calls them letters or symbols: Hangul fillers and the empty Braille cell.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def is_blank(text: str | None) -> bool:
    """Does a text show nothing at all: empty, spaces of any width and format characters only?"""
    return all(c.isspace() or c in _FILLERS or unicodedata.category(c) == "Cf" for c in text or "")


def is_unanswered(field: Any) -> bool:
    """Did a field come with nothing, or with blanks only?"""
    return not field.raw_data or all(isinstance(value, str) and is_blank(value) for value in field.raw_data)


class Required:
    """The field was answered, and the answer came to a value (a box that must be ticked is ticked)."""

    field_flags: ClassVar = {"required": True}

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, _form: Any, field: Any) -> None:
        """Stop with the message unless there is a value; what the field itself said against the value stays."""
        if is_unanswered(field):
            field.errors[:] = []
        elif field.errors or (field.data not in (None, "") and field.data is not False):
            return
        raise validators.StopValidation(self.message)


class Optional:
    """A field left blank is checked no further."""

    field_flags: ClassVar = {"optional": True}

    def __call__(self, _form: Any, field: Any) -> None:
        if is_unanswered(field):
            field.errors[:] = []
            raise validators.StopValidation

"""Form fields of records: references to reference data, photos and signatures."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import validators
from wtforms.widgets import TextInput

from webapp.kernel.presence import Optional, Required, is_blank


def presence(required: bool, message: Any = None) -> list[Any]:
    """The first validator of a field: required or optional. Whitespace of any kind counts as blank."""
    return [Required(message or _l("请填写这一项。"))] if required else [Optional()]


class Identifier(wtforms.Field):
    """The id of a row as a UUID; any other text is an error of the field."""

    data: UUID | None

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else str(self.data or "")

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and not is_blank(valuelist[0]):
            try:
                self.data = UUID(valuelist[0].strip())
            except ValueError:
                raise ValueError(_("请从列出的选项中选择。")) from None


class Reference(Identifier):
    """The id of a row of reference data. `offered` are the choices as (id, label), set by kernel/kept.py.

    `or_else` names an alternative field: one of the two must be filled in.
    """

    widget = TextInput()
    is_fixed = False  # chosen on another page; the form carries it in a hidden field
    offered: Sequence[tuple[str, str]] = ()

    def __init__(self, *args: Any, or_else: str = "", **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.or_else = or_else

    @property
    def macro(self) -> str:
        return "hidden" if self.is_fixed else "reference"

    @property
    def checks(self) -> dict[str, Any]:
        """HTML attributes for the checks that a device makes before it stores the form."""
        return {"data_or_else": self.or_else} if self.or_else else {}

    def post_validate(self, form: Any, _validation_stopped: bool) -> None:
        if self.or_else and not self.data and not self.errors and not form[self.or_else].data:
            what = form[self.or_else].label.text
            raise validators.ValidationError(_("请选择这一项，或填写“%(what)s”。", what=what))


def reference(
    label: Any,
    part: str,
    *,
    kinds: Iterable[str] = (),
    required: bool = False,
    or_else: str = "",
    description: Any = "",
) -> Any:
    """A select of rows of one part of the reference data, limited to `kinds` if given."""
    attributes = {"data-reference": part} | ({"data-kinds": " ".join(kinds)} if kinds else {})
    checks = presence(required, _l("请从列出的选项中选择。"))
    return Reference(label, checks, description=description, render_kw=attributes, or_else=or_else)


class Photos(wtforms.Field):
    """Photos from the camera or the album. They are posted as files under the field's name and are not in `data`."""

    macro = "photos"
    is_wide = True

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not all(map(is_blank, valuelist)):
            raise ValueError(_("请重新选择照片。"))


def photos(label: Any) -> Any:
    return Photos(label, presence(required=False))


class Signature(Photos):
    """A name written with a finger or a pen (js/signature.js), which travels as a photo. Nobody must write by hand: its
    form has a field for the name in letters too.
    """

    macro = "signature"


def signature(label: Any, *, description: Any = "") -> Any:
    return Signature(label, presence(required=False), description=description)

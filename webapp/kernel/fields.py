"""Form fields of records: references to reference data, photos, signatures, and repeated lines."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import validators
from wtforms.utils import unset_value
from wtforms.widgets import TextInput

from webapp.kernel.presence import Optional, Required, is_blank


def presence(required: bool, message: Any = None) -> list[Any]:
    """The first validator of a field: required or optional. Whitespace of any kind counts as blank."""
    return [Required(message or _l("请填写这一项。"))] if required else [Optional()]


AT_A_GLANCE = 12  # choices of a select


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
    """The id of a row of reference data. kernel/kept.py sets `offered`, the choices as (id, label), and `proposed`, the
    id of the one that a required field starts with.

    `or_else` names an alternative field: one of the two must be filled in.
    """

    widget = TextInput()
    scanned = ("places", "items")  # parts whose rows carry a printed code (js/scan-fields.js)
    is_fixed = False  # chosen on another page; the form carries it in a hidden field
    offered: Sequence[tuple[str, str]] = ()
    proposed = ""

    def __init__(self, *args: Any, or_else: str = "", **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.or_else = or_else

    @property
    def macro(self) -> str:
        return "hidden" if self.is_fixed else "reference"

    @property
    def is_long(self) -> bool:
        """Whether there are so many choices that one searches among them (js/choice-search.js)."""
        return len(self.offered) > AT_A_GLANCE

    @property
    def is_scanned(self) -> bool:
        """Whether a scan chooses a row."""
        return self.render_kw["data-reference"] in self.scanned

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


class Lines(wtforms.Field):
    """Repeated lines, posted as `lines-0-item`, `lines-0-quantity` ...; iterating gives their bound forms.

    Lines are read in the order of their numbers, which may have gaps. None is dropped, also beyond `most`.
    """

    macro = "lines"

    def __init__(self, label: Any, *, line: type[Any], most: int, if_none: Any, too_many: Any, **rest: Any) -> None:
        super().__init__(label, **rest)
        self.line, self.most, self.if_none, self.too_many = line, most, if_none, too_many
        self.forms: list[Any] = []
        self.sentences: list[str] = []  # what is wrong with the lines as a whole

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Only posted fields make lines."""
        numbers = line_numbers(formdata or (), self.name)
        self.forms = [self.line(formdata, prefix=f"{self.name}-{number}-") for number in numbers]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.forms)

    def __len__(self) -> int:
        return len(self.forms)

    def validate(self, _form: Any, _validators: Any = ()) -> bool:
        self.sentences = [] if self.forms else [str(self.if_none)]
        if len(self) > self.most:
            self.sentences = [str(self.too_many) % {"most": self.most, "lines": len(self)}]
        wrong = [line for line in self.forms if not line.validate()]
        return not wrong and not self.sentences

    @property
    def data(self) -> list[dict[str, Any]]:
        return [line.data for line in self.forms]

    @property
    def errors(self) -> list[str]:
        """The sentences about all lines, and the errors of each line with its place in the list."""
        each = [
            _("第 %(n)d 行：%(what)s", n=number, what=" ".join(map(str, chain(*line.errors.values()))))
            for number, line in enumerate(self.forms, 1)
            if line.errors
        ]
        return [*self.sentences, *each]


def line_numbers(fields: Iterable[str], name: str) -> Sequence[int]:
    """The numbers of the lines among some names of posted fields, in order."""
    of_line = re.compile(rf"{re.escape(name)}-([0-9]{{1,3}})-[a-z_]+", re.ASCII)
    return sorted({int(match.group(1)) for field in fields if (match := of_line.fullmatch(field))})


def lines(label: Any, line: type[Any], *, most: int, if_none: Any, too_many: Any) -> Any:
    """A list of forms of one shape; `if_none` and `too_many` (%(most)d, %(lines)d) are its sentences."""
    return Lines(label, line=line, most=most, if_none=if_none, too_many=too_many)


class Boxes(wtforms.SelectMultipleField):
    """Several of many, as a list of boxes (ui/forms.html)."""

    def pre_validate(self, form: Any) -> None:
        if set(self.data or ()) - {choice.value for choice in self.choices}:
            raise validators.StopValidation(_("请从列出的选项中选择。"))


def boxes(label: Any) -> Any:
    """Several of the choices that the form sets."""
    return Boxes(label, choices=[])

"""Form fields: text, numbers, moments and choices, with messages that say what to do.

Input is shown again as it was typed. Values that no field can store (NUL, control characters, absurd numbers) are
refused here, before any rule or table sees them. Every field names the macro of ui/forms.html that draws it (`macro`).
"""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import validators
from wtforms.fields import SelectChoice
from wtforms.widgets import TextInput

from webapp.kernel import clock
from webapp.kernel.fields import Lines, Photos, Reference, Signature, lines, photos, presence, reference, signature
from webapp.kernel.i18n import LOCALES, current
from webapp.kernel.parse.dates import parse_day, parse_moment
from webapp.kernel.parse.numbers import parse_number
from webapp.kernel.personal import contact_phone
from webapp.kernel.prepared import bound
from webapp.kernel.presence import Optional, is_blank, is_unanswered
from webapp.kernel.repeats import problem_of


@lru_cache(maxsize=len(LOCALES))
def _own_messages(locale: str) -> Any:
    return wtforms.i18n.get_translations([locale])


class Form(wtforms.Form):
    """The base of every form. CSRF is checked for the whole application, not here."""

    class Meta(wtforms.meta.DefaultMeta):
        def get_translations(self, _form: wtforms.Form) -> Any:
            """Translate the library's own messages into the person's language too."""
            return _own_messages(LOCALES[current()])

        def bind_field(self, form: wtforms.Form, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Make fields from those of the form's first instance."""
            return bound(unbound_field, form, options)

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether every field is valid and none was posted with several different values."""
        is_good: bool = super().validate(extra_validators)
        for field in self:
            if sentence := problem_of(field):
                self.problem(field.short_name, sentence)
                is_good = False
        return is_good

    @property
    def unanswered(self) -> list[Any]:
        """The fields that had to be filled in and came blank, in their order."""
        return [field for field in self if field.errors and field.flags.required and is_unanswered(field)]

    def problem(self, field: str, sentence: Any) -> None:
        """Add an error to a field after validation."""
        blamed = self[field]
        blamed.errors = [*blamed.errors, sentence]


def _clean(value: Any) -> Any:
    """Normalise text: NFC, no outer spaces, line ends as one character; invisible text becomes None."""
    if not isinstance(value, str):
        return value
    return "" if is_blank(value) else unicodedata.normalize("NFC", value).replace("\r\n", "\n").strip()


def _printable(_form: Any, field: Any) -> None:
    """Refuse control characters and lone surrogates, except line breaks in a long text."""
    for character in field.data or "":
        if character != "\n" and unicodedata.category(character) in ("Cc", "Cs", "Cn"):
            raise validators.StopValidation(_("含有不能保存的字符，请删除后重新输入。"))


def text(label: Any, *, required: bool = False, maximum: int = 200, description: Any = "", **render: Any) -> Any:
    """One line of text."""
    length = validators.Length(max=maximum, message=_l("最多 %(max)d 个字。"))
    checks = [*presence(required), length, _printable]
    return _Text(label, checks, [_clean], description=description, render_kw={"maxlength": maximum} | render)


def checked_phone(typed: str) -> str:
    """The phone number of an office or a colleague, normalised. Raises ValidationError; for forms and cells."""
    phone = contact_phone(typed) if typed else ""
    if phone is None:
        raise validators.ValidationError(_("请填写电话号码，例如 13800138000 或 0794-8221234 转 802。"))
    return phone


def area(label: Any, *, required: bool = False, maximum: int = 2000, description: Any = "", **render: Any) -> Any:
    """Several lines of text."""
    length = validators.Length(max=maximum, message=_l("最多 %(max)d 个字。"))
    return _Area(label, [*presence(required), length, _printable], [_clean], description=description, render_kw=render)


def choice(label: Any, choices: Iterable[tuple[str, Any]], *, required: bool = True, description: Any = "") -> Any:
    """A select; an optional one has an empty first choice."""
    options = [SelectChoice(value, words) for value, words in choices]
    if not required:
        options.insert(0, SelectChoice("", "—"))
    return _Select(label, presence(required), choices=options, description=description)


def segments(label: Any, choices: Iterable[tuple[str, Any]], *, required: bool = True, description: Any = "") -> Any:
    """A few choices, drawn as large buttons."""
    options = [SelectChoice(value, words) for value, words in choices]
    return _Radio(label, presence(required), choices=options, description=description)


def yes(label: Any, *, required: Any = None, description: Any = "") -> Any:
    """A checkbox; `required` is the message for one that must be ticked and is not."""
    return _Yes(label, presence(True, required) if required else (), description=description)


def hidden(*, maximum: int = 200) -> Any:
    return Hidden(validators=[Optional(), validators.Length(max=maximum), _printable])


class Hidden(wtforms.HiddenField):
    macro = "hidden"


class _Bounded:
    """Text of a greatest length."""

    validators: Sequence[Any]

    @property
    def checks(self) -> dict[str, Any]:
        """HTML attributes for the checks that a device makes before it stores the form (js/bounds.js)."""
        return {"data_longest": next(check.max for check in self.validators if isinstance(check, validators.Length))}


class _Text(_Bounded, wtforms.StringField):
    macro = "line"


class _Area(_Bounded, wtforms.TextAreaField):
    macro = "line"
    is_wide = True


class _Choices:
    """Choice fields with translated messages; None when nothing was chosen."""

    data: Any
    choices: Sequence[SelectChoice]

    def pre_validate(self, _form: Any) -> None:
        values = {choice.value for choice in self.choices}
        if self.data is not None and self.data not in values:
            raise validators.StopValidation(_("请从列出的选项中选择。"))

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] or None if valuelist else None


class _Select(_Choices, wtforms.SelectField):
    macro = "line"

    def process_data(self, value: Any) -> None:
        self.data = None if value is None else str(value)


class _Radio(_Choices, wtforms.RadioField):
    macro = "segments"
    is_wide = True

    def process_data(self, value: Any) -> None:
        self.data = None if value is None else str(value)


class _Yes(wtforms.BooleanField):
    """A checkbox that is ticked by any non-blank value, whatever a hidden field of the same name says."""

    macro = "box"

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(
            [value for value in valuelist if not is_blank(value) and value not in self.false_values]
        )


class Number(wtforms.Field):
    """An exact decimal, parsed by kernel/parse/numbers.py."""

    widget = TextInput()
    macro = "figure"

    def __init__(
        self,
        label: Any,
        validators: Sequence[Any] = (),
        places: int = 2,
        minimum: Decimal | int | None = None,
        maximum: Decimal | int | None = None,
        unit: Any = "",
        **rest: Any,
    ) -> None:
        super().__init__(label, validators, **rest)
        self.places = places
        self.minimum = minimum
        self.maximum = maximum
        self.unit = unit
        self.typed: str | None = None

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return "" if self.data is None else format(Decimal(self.data), "f")

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        self.typed = valuelist[0] if valuelist else None
        if self.typed and not is_blank(self.typed):
            self.data = self._parse(self.typed)

    def _parse(self, typed: str) -> Decimal:
        value = parse_number(typed)
        if value is None:
            raise ValueError(_("请填写数字，例如 6.5。"))
        if -int(value.as_tuple().exponent) > self.places:
            raise ValueError(_("最多保留 %(n)d 位小数。", n=self.places) if self.places else _("请填写整数。"))
        if (self.minimum is not None and value < self.minimum) or (self.maximum is not None and value > self.maximum):
            raise ValueError(self._range())
        return value

    @property
    def signs(self) -> Sequence[tuple[str, str]]:
        """Signs that a telephone's keys for numbers lack and this field takes, each with the words of its button."""
        return (("-", "±"),) if self.minimum is not None and self.minimum < 0 else ()

    @property
    def checks(self) -> dict[str, Any]:
        """HTML attributes for the checks that a device makes before it stores the form (js/bounds.js)."""
        bounds = {"data_lowest": self.minimum, "data_highest": self.maximum}
        attributes = {name: "" if bound is None else bound for name, bound in bounds.items()}
        return {"data_kind": "number", "data_places": self.places} | attributes

    def _range(self) -> str:
        if self.maximum is None:
            return str(_("不能小于 %(low)s。", low=self.minimum))
        if self.minimum is None:
            return str(_("不能大于 %(high)s。", high=self.maximum))
        return str(_("应在 %(low)s 到 %(high)s 之间。", low=self.minimum, high=self.maximum))


def number(
    label: Any,
    *,
    required: bool = False,
    places: int = 2,
    minimum: Decimal | int | None = None,
    maximum: Decimal | int | None = None,
    unit: Any = "",
    description: Any = "",
) -> Any:
    """An exact decimal with at most `places` decimals; `unit` is shown in the field."""
    return Number(
        label,
        presence(required),
        places=places,
        minimum=minimum,
        maximum=maximum,
        unit=unit,
        description=description,
    )


class Moment(wtforms.Field):
    """A `datetime-local` in the district's time zone; `data` is an aware UTC time."""

    widget = TextInput("datetime-local")
    macro = "line"

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return clock.local(self.data).strftime("%Y-%m-%dT%H:%M") if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not valuelist or is_blank(valuelist[0]):
            return
        typed = parse_moment(valuelist[0])
        if typed is None:
            raise ValueError(_("请按 2026-11-24 08:05 的样子填写日期和时间。"))
        self.data = typed.replace(tzinfo=clock.zone()).astimezone(UTC)


def moment(label: Any, *, required: bool = False, description: Any = "") -> Any:
    return Moment(label, presence(required), description=description)


class Day(wtforms.DateField):
    """A district day; `not_before` names the field with the earliest permitted day, `years_ahead` bounds the year: a
    scanner in such a field makes years of six digits.
    """

    macro = "line"

    def __init__(self, *args: Any, not_before: str = "", years_ahead: int | None = None, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.not_before = not_before
        self.years_ahead = years_ahead

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not valuelist or is_blank(valuelist[0]):
            return
        self.data = parse_day(valuelist[0])
        if self.data is None:
            raise ValueError(_("请按 2026-11-24 的样子填写日期。"))

    @property
    def checks(self) -> dict[str, Any]:
        """HTML attributes for the checks that a device makes before it stores the form."""
        bounds = {"data_not_before": self.not_before or None, "data_years_ahead": self.years_ahead}
        return {name: bound for name, bound in bounds.items() if bound is not None}

    def post_validate(self, form: Any, _validation_stopped: bool) -> None:
        first = form[self.not_before].data if self.not_before else None
        if first and self.data and self.data < first:
            raise validators.ValidationError(_("不能早于“%(what)s”。", what=form[self.not_before].label.text))
        latest = None if self.years_ahead is None else clock.district_day(clock.now()).year + self.years_ahead
        if self.data and latest is not None and self.data.year > latest:
            raise validators.ValidationError(_("日期太远了：最晚填到 %(year)d 年。请核对。", year=latest))


def day(
    label: Any,
    *,
    required: bool = False,
    description: Any = "",
    not_before: str = "",
    years_ahead: int | None = None,
) -> Any:
    checks = presence(required)
    return Day(label, checks, description=description, not_before=not_before, years_ahead=years_ahead)


class UuidField(Hidden):
    """An id as a UUID; None for any other text."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            self.data = UUID(valuelist[0]) if valuelist else None
        except ValueError:
            self.data = None


__all__ = [
    "Day",
    "Form",
    "Hidden",
    "Lines",
    "Moment",
    "Number",
    "Photos",
    "Reference",
    "Signature",
    "UuidField",
    "area",
    "checked_phone",
    "choice",
    "day",
    "hidden",
    "lines",
    "moment",
    "number",
    "photos",
    "presence",
    "reference",
    "segments",
    "signature",
    "text",
    "yes",
]

"""Parsers of spreadsheet cells: text to value, or ValueError with a translated sentence that says what to type."""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from webapp.kernel.i18n import LOCALES
from webapp.kernel.parse.codes import code_key, is_code, written_code
from webapp.kernel.parse.dates import parse_day
from webapp.kernel.parse.numbers import parse_number

_YES = frozenset({"是", "有", "y", "yes", "true", "1", "√"})
_NO = frozenset({"否", "无", "n", "no", "false", "0", "×"})


def words(maximum: int) -> Callable[[str], str]:
    """Text of at most `maximum` characters."""

    def parse(text: str) -> str:
        if len(text) > maximum:
            raise ValueError(_("最多 %(max)d 个字，现在有 %(n)d 个。", max=maximum, n=len(text)))
        if any(c != "\n" and unicodedata.category(c) in ("Cc", "Cs", "Cn") for c in text):
            raise ValueError(_("含有不能保存的字符，请删除后重新输入。"))
        return text

    return parse


def code(maximum: int = 20) -> Callable[[str], str]:
    """A code as printed on labels: capital letters, digits and hyphens."""

    def parse(text: str) -> str:
        plain = written_code(text)
        if not is_code(plain, maximum):
            raise ValueError(_("编号只能用字母、数字和短横线，最多 %(max)d 位，例如 H-01。", max=maximum))
        return plain

    parse.key = code_key  # type: ignore[attr-defined]
    return parse


def one_of(choices: Mapping[Any, Any]) -> Callable[[str], Any]:
    """One of `choices` (value -> label), typed as its label in any language or as its value."""

    spelt: dict[str, Any] = {}  # filled at the first cell, because there is no request language before

    def parse(text: str) -> Any:
        if not spelt:
            spelt.update({text: value for value in choices for text in _spellings(value, choices[value])})
        key = "".join(text.split()).lower()
        if key not in spelt:
            offered = _("、").join(str(label) for label in choices.values())
            raise ValueError(_("请填写下列之一：%(choices)s。", choices=offered))
        return spelt[key]

    parse.choices = choices  # type: ignore[attr-defined]
    return parse


def _spellings(value: Any, label: Any) -> set[str]:
    spelt = {str(value).lower()}
    for locale in LOCALES.values():
        with force_locale(locale):
            spelt.add("".join(str(label).split()).lower())
    return spelt


def decimal(
    places: int, *, minimum: Decimal | int | None = None, maximum: Decimal | int | None = None
) -> Callable[[str], Decimal]:
    """An exact number with at most `places` decimals."""

    def parse(text: str) -> Decimal:
        value = parse_number(text)
        if value is None:
            raise ValueError(_("请填写数字，例如 6.5。"))
        if -int(value.as_tuple().exponent) > places:
            raise ValueError(_("最多保留 %(n)d 位小数。", n=places) if places else _("请填写整数。"))
        if minimum is not None and value < minimum:
            raise ValueError(_("不能小于 %(low)s。", low=minimum))
        if maximum is not None and value > maximum:
            raise ValueError(_("不能大于 %(high)s。", high=maximum))
        return value

    return parse


def whole(minimum: int, maximum: int) -> Callable[[str], int]:
    """A whole number within a range."""
    exact = decimal(0, minimum=minimum, maximum=maximum)
    return lambda text: int(exact(text))


def day() -> Callable[[str], date]:
    """A day (see kernel/parse/dates.py)."""

    def parse(text: str) -> date:
        typed = parse_day(text)
        if typed is None:
            raise ValueError(_("请按 2026-11-24 的样子填写日期。"))
        return typed

    return parse


def yes() -> Callable[[str], bool]:
    """Yes or no."""

    def parse(text: str) -> bool:
        plain = text.strip().lower()
        if plain not in _YES | _NO:
            raise ValueError(_("请填写“是”或“否”。"))
        return plain in _YES

    return parse

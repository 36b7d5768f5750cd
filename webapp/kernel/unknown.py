"""Fields that a form does not know, posted by an older or newer page. They are refused and not silently dropped."""

import re
from collections.abc import Set
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from webapp.kernel.errors import Refusal
from webapp.kernel.fields import Lines
from webapp.kernel.presence import is_blank

_SHOWN = 5
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,60}", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{0,64}", re.ASCII)


def unknown_fields(form: Any, fields: MultiDict[str, str], beside: Set[str]) -> list[str]:
    """The names of posted values without a field in the bound form.

    Not counted are the names in `beside`, the hashes that accompany photos, and blank values.
    """
    known = names_of(form) | beside
    return [
        name
        for name, values in fields.lists()
        if name not in known and not all(map(is_blank, values)) and not _is_hash(name, values)
    ]


def refuse_unknown(form: Any, fields: MultiDict[str, str], beside: Set[str]) -> None:
    """Raises Refusal `fields-unknown` with the names of such fields."""
    if unknown := unknown_fields(form, fields, beside):
        shown = [name if _NAME.fullmatch(name) else "…" for name in unknown[:_SHOWN]]
        raise Refusal("fields-unknown", 422, names=", ".join(shown), count=len(unknown))


def names_of(form: Any) -> set[str]:
    """The names of all fields of a bound form, including those of its lines and subforms."""
    names: set[str] = set()
    for field in form:
        if isinstance(field, Lines):
            names = names.union(*map(names_of, field))
            continue
        if hasattr(field, "entries"):  # a list of fields
            names |= names_of(field)
        elif hasattr(field, "form"):  # a form within the form
            names |= names_of(field.form)
        else:
            names.add(field.name)
    return names


def _is_hash(name: str, values: list[str]) -> bool:
    return name.endswith(("-sha256", "-original", "-bytes")) and all(map(_HASH.fullmatch, values))


REFUSALS = {
    "fields-unknown": _l(
        "有 %(count)s 项内容本系统不认识（%(names)s），为免丢失没有入库。可能页面版本不同：请刷新页面后重新提交。"
    ),
}

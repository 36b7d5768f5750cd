"""Fields that are posted with several values: a form would silently drop all but the first."""

import unicodedata
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.kernel.errors import Refusal
from webapp.kernel.presence import is_blank

# A checkbox may have a hidden counterpart for "not ticked"; the other fields accept several values.
_TAKES_SEVERAL = (
    wtforms.BooleanField,
    wtforms.SelectMultipleField,
    wtforms.MultipleFileField,
    wtforms.FieldList,
    wtforms.FormField,
)


def repeats_of(field: Any) -> list[str]:
    """The different values posted for a bound field, first the one it takes; empty if none is dropped.

    Equal values count once, and blanks after the first do not count.
    """
    raw = getattr(field, "raw_data", None) or []
    if isinstance(field, _TAKES_SEVERAL) or not all(isinstance(text, str) for text in raw):
        return []
    taken, *others = [_plain(text) for text in raw] or [""]
    if all(is_blank(text) or text == taken for text in others):
        return []
    return list(dict.fromkeys(text for text in (taken, *others) if not is_blank(text)))


def problem_of(field: Any) -> str | None:
    """The sentence for a field with several values; those of a password field are not shown."""
    contents = repeats_of(field)
    if not contents:
        return None
    if isinstance(field, wtforms.PasswordField):
        return str(_("这一项收到了不止一个内容，没有保存。请核对后重新填写。"))
    words = _("、").join(f"“{text}”" for text in contents)
    return str(_("这一项收到了不止一个内容（%(contents)s），没有保存。请核对后只留一个再提交。", contents=words))


def repeated_names(*forms: Any) -> list[str]:
    """The names of the fields of bound forms that were posted with several values."""
    return [field.name for form in forms for field in form if repeats_of(field)]


def refuse_repeats(form: Any) -> None:
    """Raises Refusal `fields-repeated` with the names of such fields, for a form that is not shown on a page."""
    if names := repeated_names(form):
        raise Refusal("fields-repeated", 422, names=", ".join(names))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()


REFUSALS = {
    "fields-repeated": _l("有内容收到了不止一份（%(names)s），为免丢失没有入库。请刷新页面后重新提交。"),
}

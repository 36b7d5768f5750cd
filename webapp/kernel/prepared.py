"""Fields made once: a form is built for every request, and most of what its fields hold is the same each time."""

from typing import Any

import wtforms
from wtforms.fields import Label

_ENCLOSING = (wtforms.FieldList, wtforms.FormField)  # bind fields of their own
_OF_A_FORM = {"name", "prefix", "translations"}  # the options of a field that stands in a form itself


def bound(unbound: Any, form: Any, options: dict[str, Any]) -> Any:
    """A field of a form, as `unbound.bind` makes it: a copy of one that was made for the first such form.

    What a form may change of its field (flags, choices, attributes) is the copy's own.
    """
    if options.keys() != _OF_A_FORM or issubclass(unbound.field_class, _ENCLOSING):
        return unbound.bind(form=form, **options)
    name, prefix, kept = options["name"], options["prefix"], unbound.__dict__.setdefault("prepared", {})
    if name not in kept:
        kept[name] = _prepared(unbound, form, name)
    pattern, changeable = kept[name]
    field = object.__new__(unbound.field_class)
    own = field.__dict__
    own.update(pattern, _form=form, meta=form.meta, _translations=options["translations"])
    for attribute in changeable:
        own[attribute] = pattern[attribute].copy()
    own["flags"] = type(pattern["flags"])()
    own["flags"].__dict__.update(pattern["flags"].__dict__)
    if prefix:
        own["name"] = prefix + name
        own["id"] = unbound.kwargs.get("id") or own["name"]
        own["label"] = Label(own["id"], pattern["label"].text)
    return field


def _prepared(unbound: Any, form: Any, name: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The attributes of a field without its form, and the names of those that hold a list or a dict."""
    pattern = vars(unbound.bind(form=form, name=name))
    pattern.update(_form=None, meta=None)
    return pattern, tuple(attribute for attribute, value in pattern.items() if isinstance(value, (list, dict)))

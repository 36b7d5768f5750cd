"""Where the values of reports come from: one module for each group of codes."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.briefings.rules import Code, Value, asked_of, entry_of
from webapp.briefings.sources import daily, figures, nothing, organisation, stock, times, typed
from webapp.briefings.sources.group import Asked, Group, Remedy
from webapp.kernel.access import Actor

_GONE = Remedy(_l("这个代码已经失效。请在模板里换成现在的代码，上传新的一版。"))


def groups() -> tuple[Group, ...]:
    """All groups, in the order of the picker."""
    return (
        times.PERIOD,
        times.REPORT,
        organisation.GROUP,
        *figures.groups(),
        daily.GROUP,
        stock.GROUP,
        typed.GROUP,
        *nothing.GROUPS,
    )


def known(codes: Iterable[str] | None = None) -> dict[str, Code]:
    """Every code by name; of those groups only that some codes belong to."""
    prefixes = None if codes is None else {code.partition(".")[0] for code in codes}
    own = (group for group in groups() if prefixes is None or group.prefix in prefixes)
    return {code.name: code for group in own for code in group.codes()}


def values_of(codes: Iterable[str], asked: Asked) -> dict[str, Value]:
    """The values of the codes of a template (`printing.check`); blank for what is unknown or not recorded."""
    names = sorted(asked_of(codes))
    values = {name: Value(name, None) for name in names}
    for group in groups():
        own = [name for name in names if name.startswith(f"{group.prefix}.")]
        values |= {value.code: value for value in (group.values(own, asked) if own else ())}
    return values


def link_of(printed: Mapping[str, Any], actor: Actor) -> str | None:
    """The address of the rows behind a printed value, if there are any that the person may see."""
    group = _group_of(printed)
    return group.link(printed, actor) if group else None


def remedy_of(printed: Mapping[str, Any], actor: Actor) -> Remedy:
    """What to do about a value that stayed blank."""
    group = _group_of(printed)
    return group.remedy(printed, actor) if group else _GONE


def _group_of(printed: Mapping[str, Any]) -> Group | None:
    prefix = entry_of(printed["code"]).partition(".")[0]
    return next((group for group in groups() if group.prefix == prefix), None)


__all__ = ["Asked", "Group", "Remedy", "groups", "known", "link_of", "remedy_of", "values_of"]

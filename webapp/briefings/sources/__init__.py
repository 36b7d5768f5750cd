"""Where the values of reports come from: one module for each group of codes."""

from collections.abc import Iterable, Mapping
from typing import Any

from webapp.briefings.rules import Code, Value, asked_of, entry_of
from webapp.briefings.sources import figures, nothing, organisation, stock, times, typed
from webapp.briefings.sources.group import Asked, Group
from webapp.kernel.access import Actor


def groups() -> tuple[Group, ...]:
    """All groups, in the order of the picker."""
    return (
        times.PERIOD,
        times.REPORT,
        organisation.GROUP,
        *figures.groups(),
        stock.GROUP,
        typed.GROUP,
        *nothing.GROUPS,
    )


def known() -> dict[str, Code]:
    """Every code by name."""
    return {code.name: code for group in groups() for code in group.codes()}


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
    prefix = entry_of(printed["code"]).partition(".")[0]
    group = next((group for group in groups() if group.prefix == prefix), None)
    return group.link(printed, actor) if group else None


__all__ = ["Asked", "Group", "groups", "known", "link_of", "values_of"]

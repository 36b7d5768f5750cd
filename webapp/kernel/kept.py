"""Reference data that devices keep, so that blank forms offer choices without a network."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.kernel import clock, forms, i18n
from webapp.kernel.access import Actor, Reach, Role
from webapp.kernel.contributions import Contribution


@dataclass(frozen=True, slots=True)
class Reference:
    """A part of the reference data for holders of these roles: plain data without personal data."""

    name: str
    roles: tuple[Role, ...]
    provide: Callable[[Reach, datetime], Any]


references: Contribution[tuple[Reference, ...]] = Contribution("references")


def parts(actor: Actor, at: datetime) -> dict[str, Any]:
    """The parts of the reference data for the actor's roles, by name."""
    return {part.name: _provided(part, actor, at) for part in references() if actor.has(*part.roles)}


def _provided(part: Reference, actor: Actor, at: datetime) -> Any:
    return part.provide(actor.through(*part.roles), at)


def offer(form: Any, standing: Reach) -> None:
    """Set the choices of a form's reference fields to the rows within a reach."""
    fields = [field for field in form if isinstance(field, forms.Reference) and not field.is_fixed]
    names = {field.render_kw["data-reference"] for field in fields}
    actor, at = standing.actor, clock.now()
    known = {part.name: _provided(part, actor, at) for part in references() if part.name in names}
    for field in fields:
        rows = _fitting(known, field.render_kw, standing)
        field.offered, field.proposed = _labelled(rows), proposed(rows)


def choices_of(form: Any, _present: Reach, standing: Reach) -> dict[str, Any]:
    """The default `Load` of a kind."""
    offer(form, standing)
    return {}


def proposed(rows: Sequence[Mapping[str, Any]]) -> str:
    """The id of the row that a required field starts with: the only one, or the only one that is the person's own."""
    fitting = rows if len(rows) == 1 else [row for row in rows if row.get("own")]
    return str(fitting[0]["id"]) if len(fitting) == 1 else ""


def _fitting(known: Mapping[str, Any], attributes: Mapping[str, str], reach: Reach) -> list[Mapping[str, Any]]:
    """The rows that one field offers; js/kept-form.js does the same on the device."""
    kinds = attributes.get("data-kinds", "").split()
    rows = [row for row in known.get(attributes["data-reference"], ()) if not kinds or row.get("kind") in kinds]
    return [row for row in rows if "roles" not in row or reach.roles & set(row["roles"])]


def _labelled(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The choices of these rows as (id, label)."""
    words = i18n.current()
    return [
        (row["id"], " ".join(filter(None, (row.get("code"), row.get("name") or row.get(words) or row.get("zh")))))
        for row in rows
    ]

"""The reference data that a device keeps, so that its blank forms offer choices without a network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.kernel import clock, forms, i18n
from webapp.kernel.access import Actor, Reach, Role
from webapp.kernel.contributions import Contribution


@dataclass(frozen=True, slots=True)
class Reference:
    """A part of the reference data (plain data, nothing personal) for whoever has one of the roles."""

    name: str
    roles: tuple[Role, ...]
    provide: Callable[[Reach, datetime], Any]


references: Contribution[tuple[Reference, ...]] = Contribution("references")


def parts(actor: Actor, at: datetime) -> dict[str, Any]:
    """All parts of the reference data that the actor's roles need, by name."""
    return {part.name: _provided(part, actor, at) for part in references() if actor.has(*part.roles)}


def _provided(part: Reference, actor: Actor, at: datetime) -> Any:
    return part.provide(actor.through(*part.roles), at)


def offer(form: Any, standing: Reach) -> None:
    """Give the fields of a form that ask for reference data what they offer: the rows that these roles reach."""
    asking = [field for field in form if isinstance(field, forms.Reference) and not field.is_fixed]
    wanted = {field.render_kw["data-reference"] for field in asking}
    actor, at = standing.actor, clock.now()
    known = {part.name: _provided(part, actor, at) for part in references() if part.name in wanted}
    for field in asking:
        field.offered = _offered(known, field.render_kw, standing)


def choices_of(form: Any, _present: Reach, standing: Reach) -> dict[str, Any]:
    """The `Load` of a kind that names none."""
    offer(form, standing)
    return {}


def _offered(known: Mapping[str, Any], wanted: Mapping[str, str], reach: Reach) -> list[tuple[str, str]]:
    """As js/kept-form.js does it on the device."""
    kinds = wanted.get("data-kinds", "").split()
    rows = [row for row in known.get(wanted["data-reference"], ()) if not kinds or row.get("kind") in kinds]
    reached = [row for row in rows if "roles" not in row or reach.roles & set(row["roles"])]
    words = i18n.current()
    return [
        (row["id"], " ".join(filter(None, (row.get("code"), row.get("name") or row.get(words) or row.get("zh")))))
        for row in reached
    ]

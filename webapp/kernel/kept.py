"""The reference data that a device keeps, so that its blank forms offer choices without a network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.kernel import clock, i18n
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
    mine = (part for part in references() if actor.has(*part.roles))
    return {part.name: part.provide(actor.through(*part.roles), at) for part in mine}


def choices_of(form: Any, _present: Reach, standing: Reach) -> dict[str, Any]:
    """What the fields of a form offer of the reference data: (id, words) by the field's name."""
    asking = {field.name: field.render_kw for field in form if "data-reference" in (field.render_kw or {})}
    known = parts(standing.actor, clock.now()) if asking else {}
    return {"reference": {name: _offered(known, wanted) for name, wanted in asking.items()}}


def _offered(known: Mapping[str, Any], wanted: Mapping[str, str]) -> list[tuple[str, str]]:
    """As js/outbox/blank.js does it on the device."""
    kinds = wanted.get("data-kinds", "").split()
    rows = [row for row in known.get(wanted["data-reference"], ()) if not kinds or row.get("kind") in kinds]
    words = i18n.current()
    return [
        (row["id"], " ".join(filter(None, (row.get("code"), row.get("name") or row.get(words) or row.get("zh")))))
        for row in rows
    ]

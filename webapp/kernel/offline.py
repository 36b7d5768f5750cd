"""Recording without a network: what a kind declares so that it may be recorded on a device and delivered later.

A kind's form and apply function stay the only ones (`kernel.entries`); here it says who may record it, which blank form
a device keeps, where its record is shown, and what is asked when it can no longer be applied as it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from webapp.kernel.access import Actor, Role
from webapp.kernel.entries import Entry


@dataclass(frozen=True, slots=True)
class BlankForm:
    """A form that a device keeps. `slug` is its address below /offline/forms/.

    `template` is rendered with `load()` and without any person or data of the database (it is the same for everybody);
    choices come on the device from reference data. `stands_for` is the online address (its beginning, and what its
    query must not contradict) in whose stead it opens when there is no network; the query goes along behind the #.
    Where several forms stand for an address equally well, the person chooses.
    """

    slug: str
    label: Any
    icon: str
    template: str
    load: Callable[[], dict[str, Any]]
    stands_for: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something to be counted before a record can be applied: `name` of the field, words, unit."""

    name: str
    label: str
    unit: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """How a discrepancy ends: what has to be counted, and the correction made of it in the open transaction."""

    codes: frozenset[str]
    questions: Callable[[MultiDict[str, str]], Sequence[Question]]
    correct: Callable[..., None]  # correct(fields, answers: Mapping[str, Decimal], *, by, at)


@dataclass(frozen=True, slots=True)
class LateKind:
    """A kind of entry that may arrive late, under the name it has in `kernel.entries`."""

    name: str
    label: Any
    roles: tuple[Role, ...]
    record_url: Callable[[Entry], str]
    fields_template: str  # a template with the block `fields` that draws the bound form, for correcting it
    load: Callable[[Any, Actor], dict[str, Any]]  # load(form, actor): what that template needs besides `form`
    forms: tuple[BlankForm, ...] = ()
    resolution: Resolution | None = None


Provider = Callable[[Actor, datetime], Any]

_kinds: dict[str, LateKind] = {}
_parts: dict[str, tuple[tuple[Role, ...], Provider]] = {}


def register(kind: LateKind) -> None:
    _kinds[kind.name] = kind


def kinds() -> Mapping[str, LateKind]:
    return _kinds


def find_form(slug: str) -> tuple[LateKind, BlankForm] | None:
    """The kind and its blank form of an address."""
    return next(((kind, form) for kind in _kinds.values() for form in kind.forms if form.slug == slug), None)


def reference(name: str, roles: tuple[Role, ...], provider: Provider) -> None:
    """Offer a part of the reference data (plain data, nothing personal) to whoever has one of the roles."""
    _parts[name] = (roles, provider)


def parts(actor: Actor, at: datetime) -> dict[str, Any]:
    """All parts of the reference data that the actor's roles need."""
    return {name: provider(actor, at) for name, (roles, provider) in _parts.items() if actor.has(*roles)}

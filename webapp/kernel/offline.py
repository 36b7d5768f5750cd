"""Recording without a network: what a kind declares so that it may be recorded on a device and delivered later.

A kind's form and apply function stay the only ones (`kernel.entries`); here it says who may record it, which blank form
a device keeps, where its record is shown, and whether an applied entry contradicts what is on record.

Only a name, a label, the roles and a `BlankForm` with slug and label are needed: the blank page and the page for
correcting then draw every field of the kind's registered form. A field whose choices come from the database is a
`UuidField` with `render_kw={"data-reference": "places"}`: it is drawn as a select of that part of the reference data
(`data-kinds` next to it: only rows of these kinds). Rows have `id`, `code` if any, and `name`, or `zh` and `en`. Such a
form is made without arguments, without a person and without the database.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from webapp.kernel import clock, entries, i18n
from webapp.kernel.access import Actor, Reach, Role
from webapp.kernel.entries import Entry

# load(form, present, standing): `standing` also reaches where its author was when it was recorded, for the names of
# places to choose from; what lies or who is there is shown by `present` only.
Load = Callable[[Any, Reach, Reach], dict[str, Any]]


def _no_page(_entry: Entry) -> None:
    """A record without a page of its own."""


def _references(form: Any, _present: Reach, standing: Reach) -> dict[str, Any]:
    """What the fields of a form offer of the reference data: (id, words) by the field's name."""
    asking = {field.name: field.render_kw for field in form if "data-reference" in (field.render_kw or {})}
    known = parts(standing.actor, clock.now()) if asking else {}
    return {"reference": {name: _offered(known, said) for name, said in asking.items()}}


def _offered(known: Mapping[str, Any], said: Mapping[str, str]) -> list[tuple[str, str]]:
    """As js/outbox/blank.js does it on the device."""
    kinds = said.get("data-kinds", "").split()
    rows = [row for row in known.get(said["data-reference"], ()) if not kinds or row.get("kind") in kinds]
    words = i18n.current()
    return [
        (row["id"], " ".join(filter(None, (row.get("code"), row.get("name") or row.get(words) or row.get("zh")))))
        for row in rows
    ]


def _contradicts_nothing(_uuid: UUID) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class BlankForm:
    """A form that a device keeps. `slug` is its address below /offline/forms/.

    `template` is rendered with `load()` (else with the kind's own form, as `form`) and without any person or data of
    the database (it is the same for everybody); choices come on the device from reference data. `stands_for` is the
    online address (its beginning, and what its query must not contradict) in whose stead it opens when there is no
    network; the query goes along behind the #.
    Where several forms stand for an address equally well, the person chooses.
    """

    slug: str
    label: Any
    icon: str = "edit"
    template: str = "shell/blank.html"
    load: Callable[[], dict[str, Any]] | None = None
    stands_for: str = ""


@dataclass(frozen=True, slots=True)
class LateKind:
    """A kind of entry that may arrive late, under the name it has in `kernel.entries`."""

    name: str
    label: Any
    roles: tuple[Role, ...]
    record_url: Callable[[Entry], str | None] = _no_page
    fields_template: str = "sync/_fields.html"  # draws the bound form, for correcting it
    load: Load = _references  # what it needs besides `form`
    forms: tuple[BlankForm, ...] = ()
    is_observation: bool = False  # corrected later, it is a new observation: it happens when it is corrected
    contradicts: Callable[[UUID], bool] = _contradicts_nothing  # does the applied entry contradict what is on record?


Provider = Callable[[Reach, datetime], Any]

_kinds: dict[str, LateKind] = {}
_parts: dict[str, tuple[tuple[Role, ...], Provider]] = {}


def register(kind: LateKind) -> None:
    _kinds[kind.name] = kind


def kinds() -> Mapping[str, LateKind]:
    return _kinds


def find_form(slug: str) -> tuple[LateKind, BlankForm] | None:
    """The kind and its blank form of an address."""
    return next(((kind, form) for kind in _kinds.values() for form in kind.forms if form.slug == slug), None)


def blank(kind: LateKind, form: BlankForm) -> dict[str, Any]:
    """What a blank form is drawn with."""
    return form.load() if form.load else {"form": entries.kinds()[kind.name].form(MultiDict())}


def reference(name: str, roles: tuple[Role, ...], provider: Provider) -> None:
    """Offer a part of the reference data (plain data, nothing personal) to whoever has one of the roles."""
    _parts[name] = (roles, provider)


def parts(actor: Actor, at: datetime) -> dict[str, Any]:
    """All parts of the reference data that the actor's roles need."""
    return {
        name: provider(actor.through(*roles), at) for name, (roles, provider) in _parts.items() if actor.has(*roles)
    }

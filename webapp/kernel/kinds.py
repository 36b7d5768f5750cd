"""The kinds of entry: name, form and apply function of each, and how it is recorded without a network.

A kind needs a name, a label, a form and an apply function. To be recorded on a device it also names the roles that may
do so and the blank forms that a device keeps; the blank page and the correction page then draw every field of its
form. A field whose choices come from the database is a `forms.reference(label, "places")`: a select of the rows of that
part of the reference data. Rows have an `id`, a `code` if any, and a `name` or `zh` and `en`; a row with `roles` is
offered to these roles only. Such a form is created without arguments, a person or the database.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from flask import Flask
from werkzeug.datastructures import MultiDict

from webapp.kernel.access import Reach, Role
from webapp.kernel.contributions import Contribution
from webapp.kernel.errors import Refusal
from webapp.kernel.fields import Reference
from webapp.kernel.retention import Emptied, Keeps, Unfinished

if TYPE_CHECKING:
    from webapp.kernel.entries import Entry

# Fields about the delivery of an entry; they are not part of its content.
ENVELOPE = frozenset({"uuid", "captured_at", "clock_skew", "device", "device_seq", "csrf_token"})


class BoundForm(Protocol):
    """The interface of a kind's bound form; a wtforms Form class is a factory of these."""

    def validate(self) -> bool: ...

    @property
    def data(self) -> dict[str, Any]: ...

    @property
    def errors(self) -> Mapping[Any, Any]: ...


Apply = Callable[..., None]  # apply(entry, data, photos, *, by, at): writes the domain rows in the open transaction
Data = dict[str, Any]
# load(form, present, standing) -> template context. `standing` is the author's reach at the time of recording, for the
# choice of places; stock and people are shown within `present`, the reach of now.
Load = Callable[[Any, Reach, Reach], dict[str, Any]]


Fields = MultiDict[str, str]


@dataclass(frozen=True, slots=True)
class Correction:
    """The behaviour of a kind on the correction page of a returned entry.

    `begin` returns the fields for the first display, `renew` those for the display after a refusal. `ask` returns for a
    valid form the template context of a question to confirm before it is recorded; None if there is no question.
    """

    begin: Callable[[Fields], Fields]
    renew: Callable[[Fields, "Refusal"], Fields]
    ask: Callable[[Any, Fields, Reach], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class BlankForm:
    """A form that a device keeps, at /offline/forms/`slug`.

    `template` is rendered with `load()`, by default with the kind's form as `form`. It is the same for everybody and
    uses no database; the device fills in choices from its reference data. Without a network the form replaces the
    online page `stands_for` (the start of its path, and a query that the address must not contradict) and gets the
    page's query in the fragment, with what stands in the path at its {places}. If several forms match an address
    equally well, the person chooses. With `again` from `load()` a blank form replaces each saved one in place.
    """

    slug: str
    label: Any
    icon: str = "edit"
    template: str = "frames/kept.html"
    load: Callable[[], dict[str, Any]] | None = None
    stands_for: str = ""


def _no_page(_entry: "Entry") -> None:
    """The default `record_url`: a record without a page of its own."""


def _alone(_uuid: UUID) -> Sequence[UUID]:
    return ()


def _contradicts_nothing(_uuid: UUID) -> bool:
    return False


def as_it_is(data: Data) -> Data:
    return data


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of entry. `late_roles` may record it on a device; without them it is recorded online only.

    `of_page` names controls that are posted but are not content, such as buttons and wizard steps. `fields_template`
    draws the form online, offline and for a correction, with the context of `load()`; `assets` are the style sheets and
    scripts of that template. With a `correction` the page of a returned entry asks the same questions as the online
    page, and its button `refresh` draws it again. With `is_observation` a corrected entry is a new observation and gets
    the time of its correction. `contradicts(uuid)` tells whether an applied entry contradicts the records. The kernel
    draws the pages of a `record` (kernel/records.py). `prepare` makes of a form's data what `apply` gets: all that can
    be computed before the write lock. Entries of a kind that `contends` wait for each other's rows.

    `keeps` is what it keeps of people and for how long, `empties` are the tables that hold it. `unfinished()` selects
    entries that are kept until their work is done, `along(uuid)` gives the other entries about the same subject.
    """

    name: str
    label: Any
    form: Callable[[MultiDict[str, str]], BoundForm]
    apply: Apply
    of_page: frozenset[str] = frozenset()
    late_roles: tuple[Role, ...] = ()
    forms: tuple[BlankForm, ...] = ()
    record_url: Callable[["Entry"], str | None] = _no_page
    fields_template: str = "frames/_fields.html"
    assets: tuple[str, ...] = ()
    load: Load | None = None
    correction: Correction | None = None
    is_observation: bool = False
    contradicts: Callable[[UUID], bool] = _contradicts_nothing
    record: Any = None
    keeps: Keeps | None = None
    empties: tuple[Emptied, ...] = ()
    unfinished: Unfinished | None = None
    along: Callable[[UUID], Sequence[UUID]] = _alone
    prepare: Callable[[Data], Data] = as_it_is
    contends: bool = False

    def prepared(self, form: BoundForm) -> "Data | Refusal":
        """The data of a valid form for `entries.apply`. A refusal counts only for an entry that has not arrived yet."""
        try:
            return self.prepare(form.data)
        except Refusal as refusal:
            return refusal

    @property
    def beside(self) -> frozenset[str]:
        """The names of posted fields that are not part of an entry's content."""
        return ENVELOPE | self.of_page


kinds: Contribution[dict[str, Kind]] = Contribution("kinds")
late_kinds: Contribution[dict[str, Kind]] = Contribution("late_kinds")  # those that a device may record


def install(app: Flask, by_name: dict[str, Kind]) -> None:
    kinds.install(app, by_name)
    late_kinds.install(app, {name: kind for name, kind in by_name.items() if kind.late_roles})


def find_late(name: str) -> Kind | None:
    return late_kinds().get(name)


def find_form(slug: str) -> tuple[Kind, BlankForm] | None:
    """The blank form of a slug, with its kind."""
    return next(((kind, form) for kind in late_kinds().values() for form in kind.forms if form.slug == slug), None)


def blank(kind: Kind, form: BlankForm) -> dict[str, Any]:
    """The template context of a blank form."""
    return form.load() if form.load else {"form": kind.form(MultiDict())}


def place_kinds(kind: Kind, form: BlankForm) -> str | None:
    """The kinds of places that a blank form may be filled for, with spaces ("": all); None where it asks for none."""
    drawn = blank(kind, form).get("form") or ()
    inputs = (field.render_kw for field in drawn if isinstance(field, Reference) and field.name == "place")
    return next((marks.get("data-kinds", "") for marks in inputs if marks["data-reference"] == "places"), None)

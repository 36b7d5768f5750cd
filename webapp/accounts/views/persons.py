"""Pages of persons: list, adding, changing, import from Excel."""

from typing import Any
from uuid import UUID

from flask import abort, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug import Response

from webapp.accounts import queries, service
from webapp.accounts.forms import AddForm, PersonForm
from webapp.accounts.forms.persons import grants_as_data
from webapp.accounts.importing import PERSONS_IMPORT
from webapp.accounts.labels import ROLES
from webapp.accounts.lists import PERSONS
from webapp.accounts.views import bp
from webapp.kernel import clock, listing
from webapp.kernel.access import Role, allow, current_actor, current_reach
from webapp.kernel.disclosure import RevealForm
from webapp.kernel.errors import Refusal, refused
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.personal import mask_phone
from webapp.kernel.security import takes_files
from webapp.kernel.spreadsheets import imports
from webapp.places import queries as places
from webapp.units import queries as units


@bp.get("/persons")
@allow(*queries.LOOKERS)
def persons() -> Response:
    """The list of visible persons, with masked telephone numbers."""
    return listing.show(PERSONS, current_reach())


@bp.route("/persons/import", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
@takes_files
def import_persons() -> Response:
    """Import persons from Excel."""
    return imports.answer(PERSONS_IMPORT)


@bp.route("/persons/add", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def add_person() -> Response:
    """Add a person; the answer shows the first password, once."""
    form, actor = AddForm(request.form), current_actor()
    if request.method == "POST" and form.validate():
        first = service.new_password()
        with refused(form):
            person_id = service.create_person(
                form.username.data, form.name.data, first, form.grants, by=actor, at=clock.now(), **_details(form)
            )
            return show_person(person_id, password=first)
    return _form(form, None)


@bp.get("/persons/<uuid:person_id>")
@allow(*queries.LOOKERS)
def person(person_id: UUID) -> Response:
    """A person with their roles and scopes; for administrators also with sessions and actions."""
    return show_person(person_id)


@bp.route("/persons/<uuid:person_id>/edit", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def edit_person(person_id: UUID) -> Response:
    """Change a person."""
    row = queries.find_visible(person_id, current_reach()) or abort(404)
    stored = {
        "name": row.name,
        "post": row.post,
        "unit": row.unit_id,
        "language": row.language,
        "granted": grants_as_data(row.grants),
    }
    form = PersonForm(request.form) if request.method == "POST" else PersonForm(data=stored)
    if request.method == "POST" and form.validate():
        with refused(form):
            keeps_phone = not form.phone.data and not form.forgets_phone.data
            changes = service.Changes(form.name.data, grants=form.grants, keeps_phone=keeps_phone, **_plain(form))
            service.change_person(person_id, changes, by=current_actor(), at=clock.now())
            return see_other(url_for("accounts.person", person_id=person_id))
    return _form(form, row)


def _form(form: PersonForm, person: Any) -> Response:
    """The form of a person. The telephone number stays masked; an empty field keeps it."""
    status, masked = 422 if form.errors else 200, mask_phone(person.phone) if person else None
    return respond("accounts/person_form.html", "person_form", status, form=form, person=person, masked_phone=masked)


def show_person(person_id: UUID, **once: Any) -> Response:
    """The page of a person; `once` is shown on this answer only: password, refusal."""
    row = queries.find_visible(person_id, current_reach()) or abort(404)
    is_administrator = queries.find_visible(person_id, current_actor().through(Role.ADMINISTRATOR)) is not None
    shown: dict[str, Any] = {"password": None, "refusal": None} | once
    refusal: Refusal | None = shown["refusal"]
    return respond(
        "accounts/person.html",
        "person",
        refusal.status if refusal else 200,
        person=row,
        unit=units.find_unit(row.unit_id) if row.unit_id else None,
        grants=[(ROLES[grant.role], _where(grant)) for grant in row.grants],
        masked_phone=mask_phone(row.phone) if is_administrator else None,
        sign_ins=queries.sign_ins_of(person_id, clock.now()) if is_administrator else [],
        is_administrator=is_administrator,
        reveal=RevealForm(formdata=None),
        **shown,
    )


def _where(grant: Any) -> str:
    if grant.unit_id:
        return units.names([grant.unit_id]).get(grant.unit_id, "")
    return places.names([grant.place_id]).get(grant.place_id, "") if grant.place_id else str(_l("全区"))


def _plain(form: PersonForm) -> dict[str, Any]:
    of_field = {"post": form.post.data or None, "phone": form.phone.data or None}
    return of_field | {"unit_id": form.unit_id, "language": form.language.data}


def _details(form: PersonForm) -> dict[str, Any]:
    return _plain(form) | {"must_change_password": True}

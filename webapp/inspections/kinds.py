"""The kind of entry of a check: its blank forms, how it is corrected, and what a device must know to judge it."""

from datetime import datetime
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from webapp.inspections import checklists, labels, pages, service
from webapp.inspections.forms import bind, form_of
from webapp.kernel import clock
from webapp.kernel.access import Reach, Role
from webapp.kernel.entries import Entry
from webapp.kernel.kept import Reference
from webapp.kernel.kinds import BlankForm, Kind
from webapp.places.queries import places_of
from webapp.places.rules import PlaceKind


def _blank(code: str) -> dict[str, Any]:
    """A checklist as a form without a place: the same for everybody."""
    now = clock.now()
    checklist = checklists.current(code, clock.district_day(now)) or checklists.checklists()[0]
    return {
        "checklist": checklist,
        "form": form_of(checklist)(),
        "judging": pages.judging(checklist, None, now),
        "zone": clock.zone().key,
    }


def _load(form: Any, _present: Reach, standing: Reach) -> dict[str, Any]:
    """What a returned check is corrected with: its own checklist, and the places where that fits."""
    code, _dot, version = (form.checklist.data or "").rpartition(".v")
    checklist = checklists.find(code, int(version)) if version.isdecimal() and len(version) < 6 else None
    if checklist is None:
        return {"checklist": None}
    places = places_of(standing, {PlaceKind(kind) for kind in checklist.kinds})
    place = next((one for one in places if one.id == form.place.data), None)
    return {
        "checklist": checklist,
        "places": [(one, pages.circumstances(one)) for one in places],
        "judging": pages.judging(checklist, place, clock.now()),
    }


def _record_url(entry: Entry) -> str:
    return url_for("inspections.show", inspection_id=entry.uuid)


def _circumstances(reach: Reach, _at: datetime) -> dict[str, Any]:
    """What decides the limits at each place that the actor may check."""
    kinds = {PlaceKind(kind) for checklist in checklists.checklists() for kind in checklist.kinds}
    return {str(place.id): pages.circumstances(place) for place in places_of(reach, kinds)}


INSPECTION = Kind(
    name="inspection",
    label=_l("现场检查"),
    form=bind,
    apply=service.record_inspection,
    late_roles=(Role.INSPECTOR,),
    forms=tuple(
        BlankForm(
            slug=f"inspection-{code}",
            label=label,
            icon=icon,
            template="inspections/blank.html",
            load=partial(_blank, code),
            stands_for=f"/inspections/new?checklist={code}",
        )
        for code, label, icon in labels.FORMS
    ),
    record_url=_record_url,
    fields_template="inspections/_late.html",
    load=_load,
)
CIRCUMSTANCES = Reference("circumstances", (Role.INSPECTOR,), _circumstances)

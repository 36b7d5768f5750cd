"""Data for the pages of inspections: parts of a record, data for judging on the device."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from webapp.accounts.queries import find_person
from webapp.district.queries import preferences
from webapp.inspections import checklists, labels, queries, rules, service
from webapp.inspections.acts import FINDING
from webapp.inspections.forms import bind
from webapp.inspections.models import Inspection, InspectionFinding, InspectionReading
from webapp.kernel import clock, entries, media
from webapp.kernel.access import Reach
from webapp.kernel.errors import Refusal
from webapp.kernel.i18n import localised
from webapp.kernel.labels import qr_svg
from webapp.kernel.media import Photo
from webapp.standards import labels as standard_labels
from webapp.standards.queries import limits
from webapp.standards.rules import Judgement, Limit, as_plain, from_plain
from webapp.units.queries import find_unit

SIGNATURE = "witness_signature"  # the field of a photo


def circumstances(places: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """The facts about places for judging on the device, by their ids; without personal data."""
    regime = preferences().regime.value
    return {str(place.id): _circumstances(place, regime) for place in places}


def _circumstances(place: Any, regime: str) -> dict[str, Any]:
    facts = rules.PlaceFacts(place.kind.value, place.institution, place.discharge_route, place.disinfectant)
    return {
        "institution": rules.institution_at(facts),
        "route": place.discharge_route,
        "disinfectant": place.disinfectant,
        "regime": regime,
        "points": rules.points_at(place.kind.value),
    }


def draft_of(checklist: checklists.Checklist) -> str:
    """The name of a draft, to which a colon and the id of the place are added."""
    return f"inspection-{checklist.name}"


def judging(checklist: checklists.Checklist, places: Sequence[Any] | None, at: datetime) -> dict[str, str]:
    """The data- attributes for judging on the device, with the server's limits and sentences. A blank form has no
    places and no day, which the device adds.
    """
    measured = {item.parameter for item in checklist.items if item.parameter}
    relevant = [_for_phone(limit) for limit in limits() if limit.parameter in measured]
    return {
        "limits": json.dumps(relevant, ensure_ascii=False),
        "circumstances": "" if places is None else json.dumps(circumstances(places)),
        "on": "" if places is None else clock.district_day(at).isoformat(),
        "zone": clock.zone().key,
        "sentences": _words(standard_labels.SENTENCES.items()),
        "missing": _words(standard_labels.MISSING.items()),
        "beforehand": _words(standard_labels.BEFOREHAND.items()),
        "absent": str(standard_labels.ABSENT),
        "guidance": str(standard_labels.GUIDANCE),
        "indicative": str(standard_labels.INDICATIVE),
    }


def blamed(fields: MultiDict[str, str], refusal: Refusal, at: datetime) -> Any:
    """The form with its input and an error on each deadline in the past; other refusals are raised again."""
    if refusal.code != "deadline-past":
        raise refusal
    form = bind(fields)
    items = [name.removesuffix("__due") for name in form.data if name.endswith("__due")]
    for item in rules.past_deadlines(items, form.data, at):
        form.problem(f"{item}__due", refusal.sentence)
    return form


def record_of(inspection: Inspection, photos: Sequence[Photo]) -> dict[str, Any]:
    """The data of a version's pages; a void version shows the content of the previous one. A signature is shown only
    with the version that was signed.
    """
    source = queries.version_before(inspection) if inspection.is_void else inspection
    checklist = checklists.find(inspection.checklist_code, inspection.checklist_version)
    entry = entries.get_entry(inspection.id)
    return {
        "inspection": inspection,
        "checklist": checklist,
        "entry": entry,
        "relay": find_person(entry.relay_id) if entry.relay_id else None,
        "answers": {answer.item: answer.text for answer in source.answers},
        "together": {answer.item for answer in source.answers if answer.is_together},
        "readings": {reading.item: (reading, sentence_of(reading)) for reading in source.readings},
        "findings": {finding.item: finding for finding in _findings_of(inspection)},
        "photos_of": _by_item([photo for photo in photos if photo.field != SIGNATURE]),
        "signatures": [photo for photo in photos if photo.field == SIGNATURE and photo.entry_uuid == source.id],
        "labels": labels,
        "standard_labels": standard_labels,
    }


def letterhead(inspection: Inspection) -> dict[str, Any]:
    """In whose name it was checked, and a code that opens the record."""
    unit = find_unit(inspection.inspector.unit_id) if inspection.inspector.unit_id else None
    url = url_for("inspections.show", record_id=inspection.id, _external=True)
    authority = localised(preferences(), "name")
    return {"authority": authority, "unit": unit.name if unit else "", "qr": qr_svg(url, inspection.place.name)}


def _findings_of(version: Inspection) -> Sequence[InspectionFinding]:
    """The present findings of the newest version, or those that a corrected version recorded."""
    if version.replaced_by is None:
        return [finding for finding in version.findings if version.is_void or finding.state in rules.FOUND]
    form = bind(MultiDict(entries.fields_of(version.id)))
    checklist = checklists.find(version.checklist_code, version.checklist_version)
    readings = {reading.item: reading for reading in version.readings}
    at = version.inspected_at
    return service.findings_in(checklist, form.data, readings, version.id, version.place_id, at) if checklist else ()


def _by_item(photos: Sequence[Photo]) -> dict[str, list[Photo]]:
    """Photos by item of the checklist."""
    by_item: dict[str, list[Photo]] = {}
    for photo in photos:
        by_item.setdefault(photo.field.removesuffix("__photo"), []).append(photo)
    return by_item


def finding_of(finding: InspectionFinding, reach: Reach) -> dict[str, Any]:
    """The data of a finding's page; `reach` has the person's roles over its place."""
    steps = queries.steps_of(finding.id)
    return {
        "finding": finding,
        "name": name_of(finding),
        "inspection": queries.get_inspection(finding.inspection_id),
        "steps": steps,
        "photos": {step.id: media.photos_of(step.id) for step in steps},
        "acts": FINDING.acts_for(finding.state, reach),
        "labels": labels,
        "at": clock.now(),
    }


def checklist_name(row: Any) -> str:
    """The words of the checklist of a check or finding."""
    checklist = checklists.find(row.checklist_code, row.checklist_version)
    return localised(checklist) if checklist else row.checklist_code


def name_of(finding: InspectionFinding) -> str:
    """The label of a finding's item."""
    checklist = checklists.find(finding.checklist_code, finding.checklist_version)
    return localised(checklist.item(finding.item)) if checklist else finding.item


def sentence_of(reading: InspectionReading) -> str:
    """The sentence of a reading's frozen verdict."""
    limit = from_plain(reading.limit) if reading.limit else None
    return standard_labels.sentence(Judgement(reading.verdict, limit, tuple(reading.missing), reading.indicative))


def _for_phone(limit: Limit) -> dict[str, Any]:
    plain = as_plain(limit)
    return plain | {
        "range": standard_labels.range_of(limit),
        "unit": standard_labels.unit_of(limit),
        "document": localised(limit, "document"),
        "clause": localised(limit, "clause"),
    }


def _words(pairs: Iterable[tuple[Any, Any]]) -> str:
    return json.dumps({str(code): str(text) for code, text in pairs}, ensure_ascii=False)

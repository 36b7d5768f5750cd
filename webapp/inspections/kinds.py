"""The kinds of entry of inspections: blank forms, corrections, and the reference data for judging on a device."""

import json
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import lazy_gettext as _l

from webapp.district.queries import preferences
from webapp.inspections import checklists, labels, lists, pages, queries, service, versions
from webapp.inspections.acts import EXTEND, FINDING
from webapp.inspections.forms import bind, form_of
from webapp.inspections.models import FindingStep, Inspection, InspectionAnswer, InspectionFinding
from webapp.kernel import clock, i18n, kept
from webapp.kernel.access import Reach, Role
from webapp.kernel.entries import Entry
from webapp.kernel.kept import Reference
from webapp.kernel.kinds import BlankForm, Kind
from webapp.kernel.records import Record
from webapp.kernel.retention import Emptied, Keeps
from webapp.kernel.states import Act
from webapp.places.queries import find_visible, places_of
from webapp.places.rules import PlaceKind


def _blank(code: str) -> dict[str, Any]:
    """The form of a checklist without a place, the same for everybody."""
    now = clock.now()
    checklist = checklists.current(code, clock.district_day(now)) or checklists.checklists()[0]
    return {
        "checklist": checklist,
        "form": form_of(checklist)(),
        "judging": pages.judging(checklist, None, now),
        "draft": pages.draft_of(checklist),
    }


def _load(form: Any, _present: Reach, standing: Reach) -> dict[str, Any]:
    """The data for judging a check and, if its place is not fixed, the places that fit its checklist."""
    checklist: checklists.Checklist | None = form.sheet
    if checklist is None:
        return {"checklist": None}
    if form.place.is_fixed:
        places = [find_visible(form.place.data, standing)]
    else:
        kept.offer(form, standing)
        places = list(places_of(standing, {PlaceKind(kind) for kind in checklist.kinds}))
    return {"checklist": checklist, "judging": pages.judging(checklist, places, clock.now())}


def _record_url(entry: Entry) -> str:
    return url_for("inspections.show", record_id=entry.uuid)


def _circumstances(reach: Reach, _at: datetime) -> dict[str, Any]:
    """The facts that decide the limits at each place that the actor may check."""
    kinds = {PlaceKind(kind) for checklist in checklists.checklists() for kind in checklist.kinds}
    return pages.circumstances(places_of(reach, kinds))


CHECKS = Keeps(
    name="inspections",
    label=_l("现场检查和整改"),
    what=_l("陪同人员及签名、检查时写的文字、整改情况和照片"),
    days=1095,
    least=1095,  # 医疗废物管理条例, article 12: registers are kept for three years
    most=3650,
)

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
            load=partial(_blank, code),
            stands_for=f"/inspections/new?checklist={code}",
        )
        for code, label, icon in labels.FORMS
    ),
    record_url=_record_url,
    fields_template="inspections/_fields.html",
    assets=("css/inspections.css", "js/inspections.js", "js/inspections-rest.js", "js/inspections-offline.js"),
    load=_load,
    record=Record(
        model=Inspection,
        listing=lists.INSPECTIONS,
        recorders=(Role.INSPECTOR,),
        readers=queries.READERS,
        overseers=service.OVERSEERS,
        own_days=lambda: preferences().correction_days,
        on_void=versions.withdraw,
    ),
    keeps=CHECKS,
    empties=(
        Emptied(Inspection, Inspection.id.in_),
        Emptied(InspectionAnswer, InspectionAnswer.inspection_id.in_),
        Emptied(InspectionFinding, InspectionFinding.inspection_id.in_),
    ),
    unfinished=queries.unfinished,
    along=queries.steps_along,
)


def _checked(reach: Reach, _at: datetime) -> dict[str, dict[str, str]]:
    """The day of the last check of each place by each checklist, for the order of places on a device."""
    days: dict[str, dict[str, str]] = {}
    for (place_id, code), at in queries.last_checks(reach).items():
        days.setdefault(str(place_id), {})[code] = clock.district_day(at).isoformat()
    return days


CHECKED = Reference("checked", (Role.INSPECTOR,), _checked)
CIRCUMSTANCES = Reference("circumstances", (Role.INSPECTOR,), _circumstances)


def _step_url(entry: Entry) -> str | None:
    """The finding's page; a purged act names none any more."""
    named = next(iter(json.loads(entry.content).get("finding", [])), None)
    return url_for("inspections.finding", finding_id=UUID(named)) if named else None


def _findings(reach: Reach, _at: datetime) -> list[dict[str, str]]:
    """The open findings by state, for the choice on a device; without personal data."""
    return [_choice(finding) for finding in queries.findings_owed(reach)]


def _choice(finding: Any) -> dict[str, str]:
    checklist = checklists.find(finding.checklist_code, finding.checklist_version)
    item, place = checklist.item(finding.item) if checklist else None, finding.place.name
    words = {"zh": item.zh, "en": item.en} if item else dict.fromkeys(("zh", "en"), finding.item)
    return {"id": str(finding.id), "kind": finding.state.value} | {
        language: f"{place} · {text}" for language, text in words.items()
    }


def _load_step(form: Any, _present: Reach, standing: Reach) -> dict[str, Any]:
    """The findings to choose from, and the one that the form names, in any state."""
    kept.offer(form, standing)
    named = queries.find_finding(form.finding.data, standing)
    if named and not form.finding.is_fixed and str(named.id) not in dict(form.finding.offered):
        form.finding.offered = [*form.finding.offered, (str(named.id), _choice(named)[i18n.current()])]
    return {}


def _kind_of(act: Act) -> Kind:
    """An act on a finding as a kind of entry. An extension is online only, because others must know of it."""
    name = f"finding.{act.name}"
    apply, is_late = partial(service.act_on_finding, act), act.name != EXTEND.name
    of_step: dict[str, Any] = {"record_url": _step_url, "keeps": CHECKS, "unfinished": queries.unfinished_steps}
    of_step |= {"empties": (Emptied(FindingStep, FindingStep.id.in_),)}
    if not is_late:
        return Kind(name, act.label, act.form, apply, **of_step)
    blank = BlankForm(
        slug=name.replace(".", "-"),
        label=act.label,
        icon=act.icon,
        stands_for=f"/inspections/findings/acts/{act.name}",
    )
    return Kind(
        name,
        act.label,
        act.form,
        apply,
        late_roles=act.roles,
        forms=(blank,),
        load=_load_step,
        **of_step,
    )


STEPS = {act.name: _kind_of(act) for act in FINDING.acts}
FINDINGS = Reference("findings", (Role.INSPECTOR,), _findings)

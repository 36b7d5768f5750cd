"""Reads of inspections and findings. Every query starts from the places that the actor sees."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, case, func, or_, select, type_coerce
from sqlalchemy.orm import selectinload

from webapp.accounts.queries import name_of as person_name
from webapp.accounts.queries import persons_called
from webapp.extensions import db
from webapp.inspections.models import FindingStep, Inspection, InspectionFinding, InspectionReading
from webapp.inspections.rules import ANY, FOUND, STILL_OWED, FindingState, Outcome
from webapp.kernel import clock, records
from webapp.kernel.access import Reach, Role
from webapp.kernel.entries import Entry
from webapp.kernel.listing import exact
from webapp.kernel.listing.filters import period
from webapp.kernel.media import Photo
from webapp.places.queries import at_place, at_visible_place
from webapp.places.queries import code_of as place_code
from webapp.places.queries import name_of as place_name

OVERDUE = "overdue"  # of the filter of findings
READERS = (Role.INSPECTOR, Role.APPROVER, Role.COMMANDER, Role.AUDITOR)


def inspections(reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """The newest versions of the inspections within reach that match the filters."""
    query = select(Inspection).where(at_visible_place(Inspection.place_id, reach))
    query = query.where(*records.counted(Inspection, filters))
    if filters.get("checklist"):
        query = query.where(Inspection.checklist_code == filters["checklist"])
    if filters.get("outcome"):
        query = query.where(Inspection.outcome == Outcome(filters["outcome"]))
    if name := filters.get("inspector"):
        query = query.where(Inspection.inspector_id.in_(persons_called(name)))
    return query.where(*period(Inspection.inspected_at, filters), *at_place(Inspection.place_id, filters))


def findings(reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """The findings within reach that match the filters; by default the open ones."""
    query = select(InspectionFinding).where(at_visible_place(InspectionFinding.place_id, reach))
    state = filters.get("state")
    states = FOUND if state == ANY else [FindingState(state)] if state else STILL_OWED
    query = query.where(InspectionFinding.state.in_(states))
    if filters.get("severity"):
        query = query.where(InspectionFinding.severity == filters["severity"])
    if filters.get("due") == OVERDUE:
        late = InspectionFinding.due_at < clock.now(), InspectionFinding.state.in_(STILL_OWED)
        query = query.where(*late)
    if name := filters.get("inspector"):
        theirs = select(Inspection.id).where(Inspection.inspector_id.in_(persons_called(name)))
        query = query.where(InspectionFinding.inspection_id.in_(theirs))
    return query.where(*at_place(InspectionFinding.place_id, filters))


# What the lists and their files show of a check and of a finding.
OF_INSPECTION: tuple[Any, ...] = (
    Inspection.id,
    place_name(Inspection.place_id).label("place_name"),
    place_code(Inspection.place_id).label("place_code"),
    Inspection.inspected_at,
    Inspection.checklist_code,
    Inspection.checklist_version,
    Inspection.outcome,
    Inspection.finding_count,
    person_name(Inspection.inspector_id).label("inspector_name"),
    Inspection.is_void,
    Inspection.version,
)
OF_FINDING: tuple[Any, ...] = (
    InspectionFinding.id,
    place_name(InspectionFinding.place_id).label("place_name"),
    InspectionFinding.checklist_code,
    InspectionFinding.checklist_version,
    InspectionFinding.item,
    InspectionFinding.note,
    InspectionFinding.severity,
    InspectionFinding.due_at,
    InspectionFinding.state,
)


def readings_of(rows: Sequence[Any]) -> list[tuple[Any, Any]]:
    """The readings of these inspections with their limits as text, in the same order."""
    reading = InspectionReading
    limit: Any = type_coerce(reading.limit, Text)
    query: Any = select(
        reading.inspection_id,
        reading.item,
        reading.value,
        reading.unit,
        reading.typed,
        reading.below_detection,
        reading.verdict,
        limit.label("limit"),
    )
    return _of_each(rows, query, reading)


def findings_of(rows: Sequence[Any]) -> list[tuple[Any, Any]]:
    """The findings of these inspections, in the same order."""
    finding = InspectionFinding
    of_finding = finding.item, finding.severity, finding.due_at, finding.state, finding.note
    query: Any = select(finding.inspection_id, *of_finding)
    return _of_each(rows, query.where(finding.state.in_(FOUND)), finding)


def _of_each(rows: Sequence[Any], query: Select[Any], model: Any) -> list[tuple[Any, Any]]:
    ids = [row.id for row in rows]
    by_id: dict[UUID, list[Any]] = {id_: [] for id_ in ids}
    for part in db.session.execute(query.where(model.inspection_id.in_(ids)).order_by(model.item)):
        by_id[part.inspection_id].append(part)
    return [(row, part) for row in rows for part in by_id[row.id]]


def find_inspection(inspection_id: UUID, reach: Reach) -> Inspection | None:
    """A version of an inspection with all its rows, if the place of the newest version is within reach."""
    seen = inspections(reach, {"state": records.ANY}).with_only_columns(Inspection.record_id)
    query = select(Inspection).where(Inspection.id == inspection_id, Inspection.record_id.in_(seen))
    loaded = (selectinload(Inspection.answers), selectinload(Inspection.readings), selectinload(Inspection.findings))
    inspection: Inspection | None = db.session.scalars(query.options(*loaded)).one_or_none()
    return inspection


def version_before(version: Inspection) -> Inspection:
    """The previous version. Raises NoResultFound for the first one."""
    return db.session.scalars(select(Inspection).where(Inspection.replaced_by == version.id)).one()


def find_photo(photo_id: UUID, reach: Reach) -> Photo | None:
    """A photo of an inspection within reach, or of a step of a finding within reach."""
    seen = inspections(reach, {"state": records.ANY}).with_only_columns(Inspection.record_id)
    versions = select(Inspection.id).where(Inspection.record_id.in_(seen))
    steps = select(FindingStep.id).where(FindingStep.finding_id.in_(_visible(reach)))
    of_them = or_(Photo.entry_uuid.in_(versions), Photo.entry_uuid.in_(steps))
    return db.session.scalars(select(Photo).where(Photo.id == photo_id, of_them)).one_or_none()


def find_finding(finding_id: UUID | None, reach: Reach) -> InspectionFinding | None:
    """A finding in any state, also a withdrawn one, if its place is within reach."""
    query = select(InspectionFinding).where(InspectionFinding.id.in_(_visible(reach)))
    return db.session.scalars(query.where(InspectionFinding.id == finding_id)).one_or_none()


def _visible(reach: Reach) -> Select[UUID]:
    return select(InspectionFinding.id).where(at_visible_place(InspectionFinding.place_id, reach))


def findings_of_record(record_id: UUID) -> Sequence[InspectionFinding]:
    """All findings of a check's versions, locked until the open transaction ends."""
    versions = select(Inspection.id).where(Inspection.record_id == record_id)
    query = select(InspectionFinding).where(InspectionFinding.inspection_id.in_(versions))
    held = query.order_by(InspectionFinding.id).with_for_update(of=InspectionFinding)
    return db.session.scalars(held.execution_options(populate_existing=True)).all()


def acted_on(finding_ids: Sequence[UUID]) -> set[UUID]:
    """The ids of those findings that have steps."""
    return set(db.session.scalars(select(FindingStep.finding_id).where(FindingStep.finding_id.in_(finding_ids))))


def get_inspection(inspection_id: UUID) -> Inspection:
    """The check of a finding within reach. Raises NoResultFound."""
    return db.session.get_one(Inspection, inspection_id)


def unfinished() -> Select[UUID]:
    """The versions of the checks of which something is still to be put right."""
    owed = select(InspectionFinding.inspection_id).where(InspectionFinding.state.in_(STILL_OWED))
    records = select(Inspection.record_id).where(Inspection.id.in_(owed))
    return select(Inspection.id).where(Inspection.record_id.in_(records))


def unfinished_steps() -> Select[UUID]:
    """The acts on findings that are still to be put right."""
    owed = select(InspectionFinding.id).where(InspectionFinding.state.in_(STILL_OWED))
    return select(FindingStep.id).where(FindingStep.finding_id.in_(owed))


def steps_along(inspection_id: UUID) -> Sequence[UUID]:
    """The acts on the findings of a check, whichever of its versions is named."""
    record = select(Inspection.record_id).where(Inspection.id == inspection_id)
    versions = select(Inspection.id).where(Inspection.record_id.in_(record))
    mine = select(InspectionFinding.id).where(InspectionFinding.inspection_id.in_(versions))
    return db.session.scalars(select(FindingStep.id).where(FindingStep.finding_id.in_(mine))).all()


def steps_of(finding_id: UUID) -> Sequence[FindingStep]:
    """The steps of a finding, in the order in which they were recorded."""
    query = select(FindingStep).join(Entry, Entry.uuid == FindingStep.id).where(FindingStep.finding_id == finding_id)
    return db.session.scalars(query.order_by(Entry.seq)).all()


def findings_at(place_id: UUID, reach: Reach, limit: int) -> tuple[Sequence[InspectionFinding], int]:
    """The findings of a place in any state, first the open ones by deadline, then the newest; and their number."""
    here = findings(reach, {"state": ANY}).where(InspectionFinding.place_id == place_id)
    is_closed = case((InspectionFinding.state == FindingState.CLOSED, 1), else_=0)
    owed = case((InspectionFinding.state != FindingState.CLOSED, InspectionFinding.due_at))
    ordered = here.order_by(is_closed, owed, InspectionFinding.due_at.desc(), InspectionFinding.id)
    return db.session.scalars(ordered.limit(limit)).all(), exact(here)


def findings_owed(reach: Reach) -> Sequence[InspectionFinding]:
    """All open findings by place, for the choice on a device."""
    return db.session.scalars(findings(reach, {}).order_by(InspectionFinding.place_id, InspectionFinding.id)).all()


def count_findings(reach: Reach) -> int:
    """The number of open findings."""
    return exact(findings(reach, {}))


def due_findings(reach: Reach, limit: int) -> Sequence[Any]:
    """The open findings with the earliest deadlines, as rows of OF_FINDING without the note and with `place_id`."""
    columns = [column for column in OF_FINDING if column is not InspectionFinding.note]
    query = findings(reach, {}).with_only_columns(*columns, InspectionFinding.place_id)
    return db.session.execute(query.order_by(InspectionFinding.due_at, InspectionFinding.id).limit(limit)).all()


def checks_at(place_id: UUID, reach: Reach, limit: int) -> Sequence[Inspection]:
    """The latest inspections of a place."""
    query = inspections(reach, {}).where(Inspection.place_id == place_id)
    return db.session.scalars(query.order_by(Inspection.inspected_at.desc(), Inspection.id).limit(limit)).all()


def readings_at(place_id: UUID, reach: Reach, limit: int) -> Sequence[tuple[Inspection, InspectionReading]]:
    """The latest readings at a place with their inspections, newest first."""
    query = inspections(reach, {}).where(Inspection.place_id == place_id).add_columns(InspectionReading)
    query = query.join(InspectionReading, InspectionReading.inspection_id == Inspection.id)
    ordered = query.order_by(Inspection.inspected_at.desc(), InspectionReading.item)
    return [(row[0], row[1]) for row in db.session.execute(ordered.limit(limit)).unique()]


def last_checks(reach: Reach, place_id: UUID | None = None) -> dict[tuple[UUID, str], datetime]:
    """The time of the last check of each place within reach, or of one, by (place id, checklist code)."""
    of_each = Inspection.place_id, Inspection.checklist_code
    query = select(*of_each, func.max(Inspection.inspected_at)).group_by(*of_each)
    query = query.where(*records.counted(Inspection, {}), at_visible_place(Inspection.place_id, reach))
    rows = db.session.execute(query.where(Inspection.place_id == place_id) if place_id else query)
    return {(row[0], row[1]): row[2] for row in rows}


def first_check() -> datetime | None:
    """The time of the first check in the district."""
    query = select(Inspection.inspected_at).where(*records.counted(Inspection, {}))
    return db.session.scalar(query.order_by(Inspection.inspected_at, Inspection.id).limit(1))

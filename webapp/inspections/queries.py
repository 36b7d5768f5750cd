"""Reads of inspections and findings; every one starts from the places the actor sees."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from webapp.extensions import db
from webapp.inspections.models import Inspection, InspectionFinding, InspectionReading
from webapp.inspections.rules import FindingState, Outcome
from webapp.kernel import clock
from webapp.kernel.access import Reach, Role
from webapp.kernel.listing import exact
from webapp.kernel.listing.filters import period
from webapp.kernel.media import Photo
from webapp.places.queries import at_place, visible_places

OVERDUE = "overdue"  # of the filter of findings
READERS = (Role.INSPECTOR, Role.APPROVER, Role.COMMANDER, Role.AUDITOR)


def inspections(reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """The inspections in reach, filtered."""
    query = select(Inspection).where(Inspection.place_id.in_(visible_places(reach)))
    if filters.get("checklist"):
        query = query.where(Inspection.checklist_code == filters["checklist"])
    if filters.get("outcome"):
        query = query.where(Inspection.outcome == Outcome(filters["outcome"]))
    return query.where(*period(Inspection.inspected_at, filters), *at_place(Inspection.place_id, filters))


def findings(reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """The open findings in reach, filtered."""
    query = select(InspectionFinding).where(
        InspectionFinding.state == FindingState.OPEN,
        InspectionFinding.place_id.in_(visible_places(reach)),
    )
    if filters.get("severity"):
        query = query.where(InspectionFinding.severity == filters["severity"])
    if filters.get("due") == OVERDUE:
        query = query.where(InspectionFinding.due_at < clock.now())
    return query.where(*at_place(InspectionFinding.place_id, filters))


def readings_of(rows: Sequence[Inspection]) -> list[tuple[Inspection, InspectionReading]]:
    """The readings of some inspections, in the inspections' order."""
    return _of_each(rows, InspectionReading)


def findings_of(rows: Sequence[Inspection]) -> list[tuple[Inspection, InspectionFinding]]:
    """The findings of some inspections, in the inspections' order."""
    return _of_each(rows, InspectionFinding)


def _of_each(rows: Sequence[Inspection], model: Any) -> list[tuple[Inspection, Any]]:
    ids = [row.id for row in rows]
    found: dict[UUID, list[Any]] = {id_: [] for id_ in ids}
    for part in db.session.scalars(select(model).where(model.inspection_id.in_(ids)).order_by(model.item)):
        found[part.inspection_id].append(part)
    return [(row, part) for row in rows for part in found[row.id]]


def find_inspection(inspection_id: UUID, reach: Reach) -> Inspection | None:
    """An inspection with all its rows, if the actor sees its place."""
    query = inspections(reach, {}).where(Inspection.id == inspection_id)
    loaded = (selectinload(Inspection.answers), selectinload(Inspection.readings), selectinload(Inspection.findings))
    found: Inspection | None = db.session.scalars(query.options(*loaded)).one_or_none()
    return found


def find_photo(photo_id: UUID, reach: Reach) -> Photo | None:
    """A photo of an inspection in reach."""
    seen = inspections(reach, {}).with_only_columns(Inspection.id)
    return db.session.scalars(select(Photo).where(Photo.id == photo_id, Photo.entry_uuid.in_(seen))).one_or_none()


def count_findings(reach: Reach) -> int:
    """How many findings are open."""
    return exact(findings(reach, {}))


def due_findings(reach: Reach, limit: int) -> Sequence[InspectionFinding]:
    """The open findings that are due first."""
    query = findings(reach, {}).order_by(InspectionFinding.due_at, InspectionFinding.id).limit(limit)
    return db.session.scalars(query).all()


def last_inspected(place_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When each place was last inspected."""
    query = select(Inspection.place_id, func.max(Inspection.inspected_at)).group_by(Inspection.place_id)
    rows = db.session.execute(query.where(Inspection.place_id.in_(place_ids))) if place_ids else ()
    return {row[0]: row[1] for row in rows}

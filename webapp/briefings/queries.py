"""Reads of templates and reports."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased, undefer

from webapp.briefings.models import Briefing, BriefingTemplate, BriefingVersion
from webapp.extensions import db
from webapp.kernel.access import Reach
from webapp.kernel.listing.filters import period
from webapp.units.queries import visible_units

_LATER = aliased(BriefingVersion)
_later_template, _later_number = _LATER.template_id, _LATER.number


def briefings(reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """The reports of the units within reach."""
    query = select(Briefing).where(Briefing.unit_id.in_(visible_units(reach)), *period(Briefing.made_at, filters))
    if number := filters.get("number"):
        query = query.where(Briefing.number.icontains(number, autoescape=True))
    return query


def find_with_file(briefing_id: UUID, reach: Reach) -> Briefing | None:
    """The report with its file, if its unit is within reach."""
    return _find(briefing_id, reach, undefer(Briefing.file))


def find_with_text(briefing_id: UUID, reach: Reach) -> Briefing | None:
    """The report with its text and the values that it printed, if its unit is within reach."""
    return _find(briefing_id, reach, undefer(Briefing.blocks), undefer(Briefing.printed))


def _find(briefing_id: UUID, reach: Reach, *options: Any) -> Briefing | None:
    query: Select[Any] = briefings(reach, {}).where(Briefing.id == briefing_id).options(*options)
    briefing: Briefing | None = db.session.scalars(query).one_or_none()
    return briefing


def newest_versions(*, with_closed: bool = False) -> Sequence[BriefingVersion]:
    """The newest version of each template in use, by name."""
    later = select(_LATER.id).where(_later_template == BriefingVersion.template_id)
    newest = ~later.where(_later_number > BriefingVersion.number).exists()
    query = select(BriefingVersion).join(BriefingTemplate, BriefingTemplate.id == BriefingVersion.template_id)
    if not with_closed:
        query = query.where(BriefingTemplate.is_closed.is_(False))
    return db.session.scalars(query.where(newest).order_by(BriefingTemplate.name)).all()


def find_template(template_id: UUID) -> BriefingTemplate | None:
    return db.session.get(BriefingTemplate, template_id)


def versions_of(template_id: UUID) -> Sequence[BriefingVersion]:
    """The versions of a template, newest first."""
    query = select(BriefingVersion).where(BriefingVersion.template_id == template_id)
    return db.session.scalars(query.order_by(BriefingVersion.number.desc())).all()


def find_version(version_id: UUID | None) -> BriefingVersion | None:
    """A version with its file."""
    query = select(BriefingVersion).where(BriefingVersion.id == version_id).options(undefer(BriefingVersion.file))
    return db.session.scalars(query).one_or_none()

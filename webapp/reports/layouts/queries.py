"""Reads of layouts: they belong to the district and are the same for all who may open them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from webapp.extensions import db
from webapp.reports.models import ReportLayout, ReportLayoutVersion

_number = ReportLayoutVersion.number


def newest() -> Sequence[ReportLayoutVersion]:
    """The newest version of every layout, those in use first."""
    last = select(ReportLayoutVersion.layout_id, func.max(_number).label("n")).group_by(ReportLayoutVersion.layout_id)
    newest = last.subquery()
    query = select(ReportLayoutVersion).join(
        newest, (newest.c.layout_id == ReportLayoutVersion.layout_id) & (newest.c.n == _number)
    )
    query = query.join(ReportLayout, ReportLayout.id == ReportLayoutVersion.layout_id)
    return db.session.scalars(query.order_by(ReportLayout.is_closed, ReportLayout.name)).unique().all()


def versions(layout_id: UUID) -> Sequence[ReportLayoutVersion]:
    """The versions of a layout, newest first."""
    query = select(ReportLayoutVersion).where(ReportLayoutVersion.layout_id == layout_id)
    return db.session.scalars(query.order_by(_number.desc())).unique().all()


def find_with_file(version_id: UUID) -> ReportLayoutVersion | None:
    query = select(ReportLayoutVersion).where(ReportLayoutVersion.id == version_id)
    return db.session.scalars(query.options(undefer(ReportLayoutVersion.file))).unique().one_or_none()

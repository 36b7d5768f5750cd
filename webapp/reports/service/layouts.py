"""Keeping the Excel layouts of superiors."""

import hashlib
from base64 import b64encode
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from webapp.kernel import journal
from webapp.kernel.access import Actor, Role
from webapp.kernel.columns import sealed_early
from webapp.kernel.database import locked, transaction
from webapp.kernel.errors import Refusal
from webapp.reports import queries
from webapp.reports.layouts import queries as layouts
from webapp.reports.layouts.files import Checked
from webapp.reports.models import ReportLayout, ReportLayoutVersion

LAYOUT_KEEPERS = (Role.ADMINISTRATOR, Role.COMMANDER)
SUBJECT = "report_layout"


def add_layout(name: str, kind_id: UUID | None, raw: bytes, checked: Checked, *, by: Actor, at: datetime) -> UUID:
    """Keep a checked file as the first version of a new layout. Raises Refusal `report-kind-gone`."""
    values = _version(raw, checked, by=by, at=at)
    with transaction() as session:
        if kind_id is None or queries.find_kind(kind_id) is None:
            raise Refusal("report-kind-gone", 409)
        layout = ReportLayout(id=uuid4(), name=name, kind_id=kind_id, added_at=at)
        session.add(layout)
        session.flush()
        session.add(ReportLayoutVersion(layout_id=layout.id, number=1, **values))
        journal.write("report_layout.added", SUBJECT, layout.id, by=by, at=at, hash=values["sha256"])
        return layout.id


def add_layout_version(layout_id: UUID, raw: bytes, checked: Checked, *, by: Actor, at: datetime) -> None:
    """Keep a checked file as the next version of a layout. Raises Refusal `layout-gone`."""
    values = _version(raw, checked, by=by, at=at)
    with transaction() as session:
        if locked(ReportLayout, layout_id) is None:
            raise Refusal("layout-gone", 409)
        number = layouts.versions(layout_id)[0].number + 1
        session.add(ReportLayoutVersion(layout_id=layout_id, number=number, **values))
        journal.write("report_layout.changed", SUBJECT, layout_id, by=by, at=at, hash=values["sha256"])


def close_layout(layout_id: UUID, is_closed: bool, *, by: Actor, at: datetime) -> None:
    """Take a layout out of use, or back into use. Raises Refusal `layout-gone`."""
    with transaction():
        layout = locked(ReportLayout, layout_id)
        if layout is None:
            raise Refusal("layout-gone", 409)
        layout.is_closed = is_closed
        act = "closed" if is_closed else "reopened"
        journal.write(f"report_layout.{act}", SUBJECT, layout_id, by=by, at=at)


def _version(raw: bytes, checked: Checked, *, by: Actor, at: datetime) -> dict[str, Any]:
    """The columns of a file, sealed before a lock is taken."""
    of_file = sealed_early(ReportLayoutVersion, {"file": b64encode(raw).decode()})
    more: dict[str, Any] = {"names": [list(name) for name in checked.names]}
    more |= {"sha256": hashlib.sha256(raw).hexdigest(), "size": len(raw), "is_drawn": checked.is_drawn}
    return of_file | more | {"added_by": by.id, "added_at": at}

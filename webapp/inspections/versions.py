"""The findings of a check after it was corrected or made void.

A finding belongs to one item of its check and keeps its id, its steps and the key of its deadline. A finding without
steps follows the newest version (note, severity, deadline) or is withdrawn. A finding with steps keeps its state and
deadline, and stays even if the newest version does not include it.
"""

from collections.abc import Sequence
from datetime import datetime

from webapp.extensions import db
from webapp.inspections import queries
from webapp.inspections.models import Inspection, InspectionFinding
from webapp.inspections.rules import FOUND, FindingState
from webapp.kernel import states
from webapp.kernel.access import Actor

OPEN, WITHDRAWN = FindingState.OPEN, FindingState.WITHDRAWN
_WITHDRAW, _RESTORE = "inspection_finding.withdraw", "inspection_finding.restore"  # actions of the journal


def carry_over(
    version: Inspection, new_findings: Sequence[InspectionFinding], *, by: Actor, at: datetime
) -> list[InspectionFinding]:
    """The findings of a corrected version: `new_findings` in the existing rows of their items, and those with steps."""
    standing = {finding.item: finding for finding in queries.findings_of_record(version.record_id)}
    acted_on = queries.acted_on([finding.id for finding in standing.values()])
    carried = []
    for new in new_findings:
        old = standing.pop(new.item, None)
        if old:
            _follow(old, new, old.id in acted_on, by=by, at=at)
        carried.append(old or new)
    for old in standing.values():
        if old.id in acted_on:
            carried.append(old)
        elif old.state is OPEN:
            states.move(InspectionFinding, old.id, (OPEN,), WITHDRAWN, act=_WITHDRAW, by=by, at=at)
        old.inspection_id, old.place_id = version.id, version.place_id
    return carried


def _follow(old: InspectionFinding, new: InspectionFinding, is_acted_on: bool, *, by: Actor, at: datetime) -> None:
    """Update a finding from the newest version; its deadline only if it has no steps."""
    old.inspection_id, old.place_id, old.note, old.severity = new.inspection_id, new.place_id, new.note, new.severity
    if not is_acted_on:
        old.due_at = new.due_at
    if old.state is WITHDRAWN:
        states.move(InspectionFinding, old.id, (WITHDRAWN,), OPEN, act=_RESTORE, by=by, at=at)


def withdraw(version: Inspection, *, by: Actor, at: datetime) -> None:
    """Withdraw all findings of a void check, also those with steps."""
    for finding in queries.findings_of_record(version.record_id):
        finding.inspection_id = version.id
        if finding.state in FOUND:
            states.move(InspectionFinding, finding.id, FOUND, WITHDRAWN, act=_WITHDRAW, by=by, at=at)
    db.session.flush()

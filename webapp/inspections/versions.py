"""What becomes of the findings of a check when it is corrected or made void.

A finding stands for one item of its check and keeps its id, its steps and its deadline's key. About which nothing was
done yet goes with the newest version: its words, severity and deadline, or it is withdrawn. What was done about one is
never lost: its state and deadline stay, and it stays a finding though the newest version has it no longer.
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
_WITHDRAW, _RESTORE = "inspection_finding.withdraw", "inspection_finding.restore"  # as the journal has them


def carry_over(
    version: Inspection, wanted: Sequence[InspectionFinding], *, by: Actor, at: datetime
) -> list[InspectionFinding]:
    """The findings of a corrected version: those wanted, in the rows that stand for their items already, and those
    about which something was done.
    """
    standing = {finding.item: finding for finding in queries.findings_of_record(version.record_id)}
    acted_on = queries.acted_on([finding.id for finding in standing.values()])
    found = []
    for new in wanted:
        old = standing.pop(new.item, None)
        if old:
            _follow(old, new, old.id in acted_on, by=by, at=at)
        found.append(old or new)
    for old in standing.values():
        if old.id in acted_on:
            found.append(old)
        elif old.state is OPEN:
            states.move(InspectionFinding, old.id, (OPEN,), WITHDRAWN, act=_WITHDRAW, by=by, at=at)
        old.inspection_id, old.place_id = version.id, version.place_id
    return found


def _follow(old: InspectionFinding, new: InspectionFinding, is_acted_on: bool, *, by: Actor, at: datetime) -> None:
    """A finding says what the newest version says of it; its deadline only while nothing was done about it."""
    old.inspection_id, old.place_id, old.note, old.severity = new.inspection_id, new.place_id, new.note, new.severity
    if not is_acted_on:
        old.due_at = new.due_at
    if old.state is WITHDRAWN:
        states.move(InspectionFinding, old.id, (WITHDRAWN,), OPEN, act=_RESTORE, by=by, at=at)


def withdraw(version: Inspection, *, by: Actor, at: datetime) -> None:
    """A void check has no findings: all are withdrawn, with what was done about them."""
    for finding in queries.findings_of_record(version.record_id):
        finding.inspection_id = version.id
        if finding.state in FOUND:
            states.move(InspectionFinding, finding.id, FOUND, WITHDRAWN, act=_WITHDRAW, by=by, at=at)
    db.session.flush()

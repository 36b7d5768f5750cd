"""Recording inspections, with readings judged again by the server, and acts on findings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from webapp.district.queries import preferences
from webapp.extensions import db
from webapp.inspections import queries, rules, versions
from webapp.inspections.acts import FINDING
from webapp.inspections.checklists import Checklist, ChecklistItem, ItemKind, find
from webapp.inspections.models import FindingStep, Inspection, InspectionAnswer, InspectionFinding, InspectionReading
from webapp.kernel import clock, entries, records
from webapp.kernel.access import Actor, Role
from webapp.kernel.errors import Refusal
from webapp.kernel.media import Stored
from webapp.kernel.states import Act
from webapp.places.queries import find_visible
from webapp.standards.queries import limits
from webapp.standards.rules import Measured, as_plain, assess

OVERSEERS = (Role.COMMANDER,)


@dataclass(frozen=True, slots=True)
class Judge:
    """The data for judging the readings of one inspection."""

    place: rules.PlaceFacts
    regime: str
    answers: dict[str, Any]
    at: datetime

    def reading(self, item: ChecklistItem, inspection_id: UUID) -> InspectionReading:
        """The reading of an item with its frozen verdict."""
        measured = self.answers[item.code]
        if isinstance(measured, Decimal):
            measured = Measured(measured)
        quantity = self.answers.get(f"{item.code}__quantity")
        where = rules.circumstances_at(self.place, self.regime, self.answers, item, quantity)
        single = rules.is_single_sample(self.answers) and item.parameter not in ("contact_time", "storage_time")
        parameter = str(item.parameter)
        judged = assess(limits(), parameter, measured, where, on=clock.district_day(self.at), single_sample=single)
        return InspectionReading(
            inspection_id=inspection_id,
            item=item.code,
            parameter=parameter,
            value=measured.value,
            typed=measured.written,
            below_detection=measured.below_detection,
            unit=item.unit,
            point=where.point,
            quantity=quantity,
            indicative=judged.indicative,
            verdict=judged.verdict,
            limit=as_plain(judged.limit) if judged.limit else None,
            missing=list(judged.missing),
        )


def record_inspection(
    entry: entries.Entry, data: dict[str, Any], photos: Sequence[Stored], *, by: Actor, at: datetime
) -> None:
    """Write an inspection, or the next version of one (`data["corrects"]`), with its answers, judged readings and
    findings. A correction is judged by the day of the check.

    Raises Refusal `place-out-of-reach` (404), `checklist-not-for-place`, `deadline-past` until it is confirmed, and
    any refusal of `records.add`.
    """
    before: Inspection | None = data.get("corrects")
    code, _dot, version = data["checklist"].rpartition(".v")
    checklist = find(code, int(version))
    place = find_visible(data["place"], by.through(Role.INSPECTOR, *(OVERSEERS if before else ())))
    if place is None:
        raise Refusal("place-out-of-reach", 404)
    is_other = before is not None and (before.checklist_code, before.checklist_version) != (code, int(version))
    if checklist is None or is_other or place.kind.value not in checklist.kinds:
        raise Refusal("checklist-not-for-place")
    inspected_at = before.inspected_at if before else at
    facts = rules.PlaceFacts(place.kind.value, place.institution, place.discharge_route, place.disinfectant)
    judge = Judge(facts, preferences().regime.value, data, inspected_at)
    readings = _readings(checklist, data, judge, entry.uuid)
    findings = findings_in(checklist, data, readings, entry.uuid, place.id, inspected_at)
    _ask_about_past_deadlines(findings, data, inspected_at)
    inspection = Inspection(
        place_id=place.id,
        checklist_code=checklist.code,
        checklist_version=checklist.version,
        inspected_at=inspected_at,
        witness=data["witness"] or None,
        outcome=rules.Outcome.CLEAN,
        finding_count=0,
    )
    records.add(entry, data, inspection, by=by, at=inspected_at)
    db.session.flush()
    if before:
        findings = versions.carry_over(inspection, findings, by=by, at=entry.received_at)
    inspection.finding_count = len(findings)
    inspection.outcome = rules.outcome_of([reading.verdict for reading in readings.values()], len(findings))
    db.session.add_all([*_answers(checklist, data, entry.uuid), *readings.values(), *findings])


def _answers(checklist: Checklist, data: dict[str, Any], inspection_id: UUID) -> list[InspectionAnswer]:
    texts = ((item, _as_text(data.get(item.code))) for item in checklist.items)
    together = rules.answered_together(checklist, data)
    return [
        InspectionAnswer(
            inspection_id=inspection_id, item=item.code, is_together=item.code in together, **{_column(item): text}
        )
        for item, text in texts
        if text
    ]


def _column(item: ChecklistItem) -> str:
    """The column of an answer: free text may name persons and is sealed."""
    return "words" if item.kind is ItemKind.TEXT else "answer"


def _readings(
    checklist: Checklist, data: dict[str, Any], judge: Judge, inspection_id: UUID
) -> dict[str, InspectionReading]:
    measured = [item for item in checklist.items if item.parameter and data.get(item.code) is not None]
    return {item.code: judge.reading(item, inspection_id) for item in measured}


def findings_in(
    checklist: Checklist,
    data: dict[str, Any],
    readings: dict[str, InspectionReading],
    inspection_id: UUID,
    place_id: UUID,
    at: datetime,
) -> list[InspectionFinding]:
    """The findings of answers and readings, as new rows."""
    findings = []
    for item in checklist.items:
        verdict = readings[item.code].verdict if item.code in readings else None
        if rules.is_finding(item, data.get(item.code), verdict):
            findings.append(
                InspectionFinding(
                    inspection_id=inspection_id,
                    place_id=place_id,
                    checklist_code=checklist.code,
                    checklist_version=checklist.version,
                    item=item.code,
                    note=data.get(f"{item.code}__note") or None,
                    severity=rules.Severity(data.get(f"{item.code}__severity") or item.severity),
                    due_at=data.get(f"{item.code}__due") or rules.due_at(item, at),
                    state=rules.FindingState.OPEN,
                )
            )
    return findings


def _ask_about_past_deadlines(findings: Sequence[InspectionFinding], data: dict[str, Any], at: datetime) -> None:
    """Raises Refusal `deadline-past` for a deadline before the check that is not confirmed."""
    past = rules.past_deadlines((finding.item for finding in findings), data, at)
    if past:
        raise Refusal("deadline-past", 422, field=f"{past[0]}__due")


def act_on_finding(
    act: Act, entry: entries.Entry, data: dict[str, Any], _photos: Sequence[Stored], *, by: Actor, at: datetime
) -> None:
    """Perform an act on a finding and set the deadline of the next one.

    Raises Refusal `finding-out-of-reach` (404), `state-moved` after a concurrent act, or `due-not-later`.
    """
    reach = by.through(*act.roles)
    finding = queries.find_finding(data["finding"], reach)
    if finding is None:
        raise Refusal("finding-out-of-reach", 404)
    FINDING.check(act, finding.state, reach)
    due_was, chosen = finding.due_at, data.get("due")
    if not rules.is_later(chosen, finding.state, due_was, at):
        raise Refusal("due-not-later", 422, field="due")
    due_at = rules.next_due_at(rules.FindingState(act.to), due_was, chosen, at)
    step = FindingStep(id=entry.uuid, finding_id=finding.id, act=rules.FindingAct(act.name), done_at=at, done_by=by.id)
    step.note, step.due_was, step.due_at = data["note"] or None, due_was, due_at
    db.session.add(step)
    unchanged = (InspectionFinding.due_at == due_was,)
    FINDING.move(InspectionFinding, finding.id, act, by=by, at=entry.received_at, also=unchanged, due_at=due_at)


def _as_text(value: Any) -> str | None:
    if isinstance(value, Measured):
        return value.written
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if value not in (None, "") else None

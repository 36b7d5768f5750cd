"""Sixty days of inspections: mostly in order, some chlorine readings out of limits, some findings."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from webapp.extensions import db
from webapp.inspections.checklists import Checklist, ChecklistItem, ItemKind, current
from webapp.inspections.kinds import INSPECTION, STEPS
from webapp.inspections.models import Inspection, InspectionFinding
from webapp.inspections.rules import Outcome
from webapp.kernel import clock, entries, records
from webapp.kernel.access import Actor
from webapp.kernel.kinds import Kind

if TYPE_CHECKING:
    from webapp.demo.history import Line, Stage

_WATER = (
    "H-01",
    "H-02",
    "H-03",
    "H-04",
    "H-05",
    "H-06",
    "H-07",
    "F-01",
    "F-02",
    "F-03",
    "L-01",
    "O-01",
    "O-02",
    "O-03",
)
_WASTE = ("H-01", "H-02", "H-03", "H-04", "H-07", "F-01", "W-01", "W-02", "W-03", "W-04", "T-01", "D-01")
_INSPECTORS = ("inspector", "inspector2", "inspector3")
# Ordinary readings at the contact tank, total chlorine in mg/L: mean and standard deviation by the place's limits.
_CHLORINE = {"H-01": (8.1, 0.8), "F-01": (8.0, 0.9), "O-01": (7.9, 0.8), "H-05": (6.0, 1.3), "H-06": (5.8, 1.4)}
_ORDINARY = (5.0, 1.1)
_MEASURES = ("现场口头指出，限期整改", "已拍照取证，责令整改", "负责人已签收整改要求")
_ANSWERS = ("已按要求整改，现场拍照留存", "设备已修复，恢复正常运行", "台账已补全，责任到人")
_RECHECKS = ("现场复查，整改到位", "复查合格", "已复查，同意销号")
_REVISIONS: tuple[tuple[Callable[[Kind], Kind], dict[str, str]], ...] = (
    (records.void_of, {"reason": "同一次检查登记了两遍"}),
    (records.correction_of, {"witness": "医务科 周敏", "reason": "陪同人员写错了"}),
)
_WITNESSES = ("后勤科 吴建", "院感科 刘敏", "总务科 蒋涛", "设备科 程丽")


def day(stage: "Stage", days_ago: int) -> Iterator["Line"]:
    """The inspections of a day."""
    rounds = [("hospital-wastewater", code) for code in stage.random.sample(_WATER, 6)]
    rounds += [("medical-waste", code) for code in stage.random.sample(_WASTE, 5)]
    for number, (checklist_code, place) in enumerate(rounds):
        at = stage.moment(days_ago, 8 + number % 9, stage.random.randrange(60))
        checklist = current(checklist_code, clock.district_day(at))
        if checklist:
            actor = stage.actors[_INSPECTORS[number % len(_INSPECTORS)]]
            yield INSPECTION, MultiDict(_fields(stage, checklist, place, at)), actor, at


def put_right(stage: "Stage") -> Iterator["Line"]:
    """Rectify and verify the findings that were due before yesterday; some of the others await verification."""
    owed = select(InspectionFinding, Inspection).join(Inspection, Inspection.id == InspectionFinding.inspection_id)
    yesterday = clock.district_day(stage.now) - timedelta(days=1)
    actors = {actor.id: actor for actor in stage.actors.values()}
    for finding, check in db.session.execute(owed.order_by(Inspection.inspected_at, InspectionFinding.item)).all():
        by, is_old = actors[check.inspector_id], clock.district_day(finding.due_at) < yesterday
        span = min(finding.due_at, stage.now) - check.inspected_at
        answered_at = check.inspected_at + span * stage.random.uniform(0.3, 0.9)
        checked_at = answered_at + timedelta(hours=stage.random.randrange(1, 20))
        if is_old or stage.random.random() < 0.2:
            yield _step("answer", finding.id, stage.random.choice(_ANSWERS), by, answered_at)
        if is_old:
            yield _step("close", finding.id, stage.random.choice(_RECHECKS), by, checked_at)


def revised(stage: "Stage") -> Iterator["Line"]:
    """One check without findings of the last days is corrected, another is made void."""
    began_at, _ended_at = clock.day_bounds(clock.district_day(stage.now))
    clean = select(Inspection).where(Inspection.inspected_at < began_at, Inspection.outcome == Outcome.CLEAN)
    actors = {actor.id: actor for actor in stage.actors.values()}
    checks = db.session.scalars(clean.order_by(Inspection.inspected_at.desc()).limit(2)).all()
    for check, (revise, changes) in zip(checks, _REVISIONS, strict=False):
        typed = entries.fields_of(check.id) if "witness" in changes else ()
        fields = MultiDict(dict(typed) | changes | {"corrects": str(check.id)})
        yield revise(INSPECTION), fields, actors[check.inspector_id], check.inspected_at + timedelta(minutes=40)


def _step(act: str, finding_id: UUID, note: str, by: Actor, at: datetime) -> "Line":
    return STEPS[act], MultiDict({"finding": str(finding_id), "note": note}), by, at


def _fields(stage: "Stage", checklist: Checklist, place: str, at: datetime) -> dict[str, str]:
    fields = {
        "place": str(stage.places[place]),
        "checklist": f"{checklist.code}.v{checklist.version}",
        "witness": stage.random.choice(_WITNESSES),
        "confirmed": "y",
    }
    for item in checklist.items:
        answer = _answer(stage, item, place, at)
        if answer:
            fields[item.code] = answer
        if answer and item.quantities:
            fields[f"{item.code}__quantity"] = "total"
        if answer == "no":
            fields[f"{item.code}__note"] = stage.random.choice(_MEASURES)
    return fields


def _answer(stage: "Stage", item: ChecklistItem, place: str, at: datetime) -> str:
    random = stage.random
    if item.kind is ItemKind.YES_NO_NA:
        return random.choices(("yes", "no", "na"), (95, 1.1, 4))[0]
    if item.kind is ItemKind.DATETIME:
        return clock.local(at).strftime("%Y-%m-%dT%H:%M")
    if item.kind is ItemKind.CHOICE:
        return item.options[0].code
    if item.kind is ItemKind.NUMBER:
        return _number(stage, item, place)
    return ""


def _number(stage: "Stage", item: ChecklistItem, place: str) -> str:
    random = stage.random
    mean, spread = _CHLORINE.get(place, _ORDINARY)
    readings = {
        "chlorine_tank": lambda: f"{max(random.gauss(mean, spread), 0.3):.1f}",
        "ph": lambda: f"{random.gauss(7.4, 0.3):.1f}",
        "contact_time": lambda: f"{random.uniform(1.5, 2.4):.1f}",
        "dose": lambda: f"{random.uniform(50, 65):.0f}",
        "stock_days": lambda: str(random.randrange(3, 20)),
        "storage_hours": lambda: f"{min(abs(random.gauss(12, 6)), 30):.1f}",
        "stored_kg": lambda: f"{random.uniform(20, 260):.1f}",
        "coliform": lambda: str(random.choice((20, 40, 60, 90))) if random.random() < 0.3 else "",
    }.get(item.code)
    return readings() if readings else ""

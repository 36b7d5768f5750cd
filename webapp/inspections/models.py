"""Tables of inspections, their answers, readings with frozen verdicts, and findings."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from webapp.accounts.models import Authored, Person
from webapp.extensions import Model
from webapp.inspections.rules import FindingAct, FindingState, Outcome, Severity
from webapp.kernel.columns import Decimals, Enumerated, Json, Sealed, UtcDateTime
from webapp.places.models import Place
from webapp.standards.rules import Verdict


class Inspection(Authored, Model):
    """A version of a check of one place by one checklist. `id` is the entry's uuid. A void version has no answers,
    readings and findings of its own; those of the previous version are shown.
    """

    __tablename__ = "inspection"
    __table_args__ = (
        Index("ix_inspection_at_id", "inspected_at", "id"),
        Index("ix_inspection_place_at", "place_id", "inspected_at"),
        UniqueConstraint("record_id", "version"),
    )

    place_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"))
    checklist_code: Mapped[str] = mapped_column(String(40))
    checklist_version: Mapped[int]
    inspector_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    inspected_at: Mapped[datetime] = mapped_column(UtcDateTime)
    witness: Mapped[str | None] = mapped_column(Sealed("inspection.witness"))
    outcome: Mapped[Outcome] = mapped_column(Enumerated(Outcome))
    finding_count: Mapped[int]

    answers: Mapped[list["InspectionAnswer"]] = relationship()
    readings: Mapped[list["InspectionReading"]] = relationship()
    findings: Mapped[list["InspectionFinding"]] = relationship()
    place: Mapped[Place] = relationship(Place, lazy="joined", innerjoin=True, viewonly=True)
    inspector: Mapped[Person] = relationship(
        Person, lazy="joined", innerjoin=True, viewonly=True, foreign_keys="Inspection.inspector_id"
    )
    # The names that the kernel uses.
    author_id = synonym("inspector_id")
    author = synonym("inspector")
    recorded_at = synonym("inspected_at")


class InspectionAnswer(Model):
    """The answer to an item: a choice, number or moment as text in `answer`, or sealed free text in `words`.

    `is_together`: answered by the button that answers "yes" to all open items of a section.
    """

    __tablename__ = "inspection_answer"
    __table_args__ = (CheckConstraint("(answer IS NULL) <> (words IS NULL)", name="said"),)

    inspection_id: Mapped[UUID] = mapped_column(ForeignKey("inspection.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(60), primary_key=True)
    answer: Mapped[str | None] = mapped_column(String(2000))
    words: Mapped[str | None] = mapped_column(Sealed("inspection_answer.words"))
    is_together: Mapped[bool] = mapped_column(default=False, server_default=false())

    @property
    def text(self) -> str:
        """The answer as shown."""
        return self.answer or self.words or ""


class InspectionReading(Model):
    """A measured value with its frozen verdict and the limit by which it was judged."""

    __tablename__ = "inspection_reading"
    __table_args__ = (Index("ix_inspection_reading_parameter", "parameter", "point"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    inspection_id: Mapped[UUID] = mapped_column(ForeignKey("inspection.id"), index=True)
    item: Mapped[str] = mapped_column(String(60))
    parameter: Mapped[str] = mapped_column(String(60))
    value: Mapped[Decimal | None] = mapped_column(Decimals(6))  # None for a result in words
    typed: Mapped[str] = mapped_column(String(24))
    below_detection: Mapped[bool]
    unit: Mapped[str] = mapped_column(String(20))
    point: Mapped[str | None] = mapped_column(String(40))
    quantity: Mapped[str | None] = mapped_column(String(20))
    indicative: Mapped[bool]
    verdict: Mapped[Verdict] = mapped_column(Enumerated(Verdict))
    limit: Mapped[Any] = mapped_column(Json, nullable=True)  # the limit at the time (standards.rules.as_plain), or null
    missing: Mapped[Any] = mapped_column(Json)

    @property
    def is_ambiguous(self) -> bool:
        """Whether the text has a comma, so that a reader may misread it, such as 1,500."""
        return any(comma in self.typed for comma in ",，")


class InspectionFinding(Model):
    """A deficiency to be rectified. It survives corrections of its check: `inspection_id` is the last version that
    includes it (versions.py).
    """

    __tablename__ = "inspection_finding"
    __table_args__ = (Index("ix_inspection_finding_state_due", "state", "due_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    inspection_id: Mapped[UUID] = mapped_column(ForeignKey("inspection.id"), index=True)
    place_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"), index=True)
    checklist_code: Mapped[str] = mapped_column(String(40))
    checklist_version: Mapped[int]
    item: Mapped[str] = mapped_column(String(60))
    note: Mapped[str | None] = mapped_column(Sealed("inspection_finding.note"))
    severity: Mapped[Severity] = mapped_column(Enumerated(Severity))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[FindingState] = mapped_column(Enumerated(FindingState))

    place: Mapped[Place] = relationship(Place, lazy="joined", innerjoin=True, viewonly=True)


class FindingStep(Model):
    """An act on a finding (acts.py). `id` is the entry's uuid, and its photos are the entry's. `due_was` is the
    deadline of this act, `due_at` that of the next one.
    """

    __tablename__ = "inspection_finding_step"

    id: Mapped[UUID] = mapped_column(ForeignKey("entry.uuid"), primary_key=True)
    finding_id: Mapped[UUID] = mapped_column(ForeignKey("inspection_finding.id"), index=True)
    act: Mapped[FindingAct] = mapped_column(Enumerated(FindingAct))
    done_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    note: Mapped[str | None] = mapped_column(Sealed("inspection_finding_step.note"))
    due_was: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(Person, lazy="joined", innerjoin=True, viewonly=True)

"""Tables of assignments and of the acts on them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Person
from webapp.extensions import Model
from webapp.kernel.columns import Enumerated, Sealed, UtcDateTime
from webapp.tasks.rules import TaskAct, TaskState
from webapp.units.models import Unit


class Task(Model):
    """An assignment; `id` is the uuid of the entry that gave it. Its owner is a unit or a person.

    `source` is the address of the page it was given from. `turn` counts the acts that changed its state, owner or
    deadline, so that of two concurrent ones the second is refused. `urge_count` counts since the owner has it, or has
    a later deadline for it.
    """

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("(unit_id IS NULL) <> (person_id IS NULL)", name="owner"),
        Index("ix_task_state_due", "state", "due_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("entry.uuid"), primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    giver_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    what: Mapped[str | None] = mapped_column(Sealed("task.what"))  # None once it is purged
    details: Mapped[str | None] = mapped_column(Sealed("task.details"))
    source: Mapped[str | None] = mapped_column(String(300))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[TaskState] = mapped_column(Enumerated(TaskState))
    turn: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    urge_count: Mapped[int] = mapped_column(default=0)
    urged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    giver: Mapped[Person] = relationship(
        Person, lazy="joined", innerjoin=True, viewonly=True, foreign_keys="Task.giver_id"
    )
    person: Mapped[Person | None] = relationship(Person, lazy="joined", viewonly=True, foreign_keys="Task.person_id")
    unit: Mapped[Unit | None] = relationship(Unit, lazy="joined", viewonly=True)

    @property
    def owner_name(self) -> str:
        """The name of the unit or person that has it."""
        owner = self.unit or self.person
        return owner.name if owner else ""


class TaskStep(Model):
    """An act on an assignment, also the giving of it. `id` is the entry's uuid, and its photos are the entry's.

    `unit_id`, `person_id` and `due_at` are its owner and its deadline after the act.
    """

    __tablename__ = "task_step"

    id: Mapped[UUID] = mapped_column(ForeignKey("entry.uuid"), primary_key=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"), index=True)
    act: Mapped[TaskAct] = mapped_column(Enumerated(TaskAct))
    done_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    note: Mapped[str | None] = mapped_column(Sealed("task_step.note"))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)

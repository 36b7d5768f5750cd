"""The table of visits. Personal data is sealed; blind indexes find a returning visitor."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Person
from webapp.checkpoints.rules import Decision, Identity
from webapp.extensions import Model
from webapp.kernel import personal
from webapp.kernel.columns import Blind, Decimals, Enumerated, Json, Sealed, UtcDateTime
from webapp.kernel.personal import IdType
from webapp.places.models import Place

_IS_INSIDE = text("left_at IS NULL AND undone_at IS NULL AND decision = 'pass'")
_IS_GONE = text("left_at IS NOT NULL")
_INSIDE: dict[str, Any] = {"sqlite_where": _IS_INSIDE, "postgresql_where": _IS_INSIDE}


def _rare(name: str, condition: str) -> Index:
    """An index by time of the few visits that a filter of the list asks for."""
    return Index(name, "entered_at", "id", sqlite_where=text(condition), postgresql_where=text(condition))


class Visit(Model):
    """An arrival at a checkpoint with its decision. `id` is the entry's uuid.

    A visitor is inside if the decision was pass and neither `left_at` nor `undone_at` is set. An undone arrival was
    recorded by mistake.
    """

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint("companions >= 0", name="companions"),
        CheckConstraint("left_at IS NULL OR decision = 'pass'", name="left"),
        Index("ix_visit_place_entered", "place_id", "entered_at", "id"),
        Index("ix_visit_entered", "entered_at", "id"),
        _rare("ix_visit_overridden", "proposed <> decision"),
        _rare("ix_visit_undone", "undone_at IS NOT NULL"),
        # The page of a gate shows the last of them and counts all.
        Index("ix_visit_inside", "place_id", "entered_at", "id", "companions", **_INSIDE),
        Index("ix_visit_left", "place_id", "left_at", sqlite_where=_IS_GONE, postgresql_where=_IS_GONE),
        # Nobody is inside a gate twice, by document or, without one, by phone and name (rules.Identity).
        Index(
            "uq_visit_inside_identity",
            "place_id",
            "identity_blind",
            unique=True,
            **_INSIDE,
        ),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("entry.uuid"), primary_key=True)
    place_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"))
    name: Mapped[str] = mapped_column(Sealed("visit.name"))
    name_blind: Mapped[str | None] = mapped_column(Blind("visit.name"), index=True)
    id_type: Mapped[IdType | None] = mapped_column(Enumerated(IdType))
    id_number: Mapped[str | None] = mapped_column(Sealed("visit.id_number"))
    id_blind: Mapped[str | None] = mapped_column(Blind("visit.id", personal.normal_number), index=True)
    phone: Mapped[str | None] = mapped_column(Sealed("visit.phone"))
    phone_blind: Mapped[str | None] = mapped_column(Blind("visit.phone", personal.phone_key), index=True)
    plate: Mapped[str | None] = mapped_column(Sealed("visit.plate"))
    plate_blind: Mapped[str | None] = mapped_column(Blind("visit.plate", personal.normal_plate), index=True)
    identity_blind: Mapped[str | None] = mapped_column(Blind("visit.identity"))
    origin: Mapped[str] = mapped_column(Sealed("visit.origin"))
    purpose: Mapped[str | None] = mapped_column(Sealed("visit.purpose"))
    host: Mapped[str | None] = mapped_column(Sealed("visit.host"))
    companions: Mapped[int]
    celsius: Mapped[Decimal | None] = mapped_column(Decimals(1))
    proposed: Mapped[Decision] = mapped_column(Enumerated(Decision))
    reasons: Mapped[Any] = mapped_column(Json)
    decision: Mapped[Decision] = mapped_column(Enumerated(Decision))
    override_reason: Mapped[str | None] = mapped_column(Sealed("visit.override_reason"))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    undo_reason: Mapped[str | None] = mapped_column(Sealed("visit.undo_reason"))

    place: Mapped[Place] = relationship(Place, lazy="joined", innerjoin=True, viewonly=True)
    recorder: Mapped[Person] = relationship(
        Person, foreign_keys="Visit.recorded_by", lazy="joined", innerjoin=True, viewonly=True
    )

    undoer: Mapped[Person | None] = relationship(Person, foreign_keys="Visit.undone_by", lazy="select", viewonly=True)

    @property
    def is_inside(self) -> bool:
        return self.decision is Decision.PASS and self.left_at is None and self.undone_at is None

    @property
    def identity(self) -> Identity:
        return Identity(self.id_blind, self.phone_blind, self.name_blind)

    @property
    def people(self) -> int:
        return 1 + self.companions

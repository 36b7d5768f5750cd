"""Units as a tree. `path` has the ids from the root, so that a unit with all units below it has a common prefix."""

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.kernel.columns import Enumerated, follow, key_column
from webapp.kernel.parse.codes import code_key
from webapp.units.rules import UnitKind


class Unit(Model):
    """A unit or task force, with its leader and the person responsible. From `dissolved_on` on it owes nothing."""

    __tablename__ = "unit"
    __table_args__ = (Index("ix_unit_code_key", "code_key", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    code_key: Mapped[str] = key_column("code", code_key)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[UnitKind] = mapped_column(Enumerated(UnitKind))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    path: Mapped[str] = mapped_column(String(400), index=True)
    leader_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", use_alter=True))
    responsible_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", use_alter=True))
    dissolved_on: Mapped[date | None]


class UnitMember(Model):
    """A unit that works in a task force, or in another unit, without standing below it (成员单位)."""

    __tablename__ = "unit_member"

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)


follow(Unit.code, "code_key", code_key)

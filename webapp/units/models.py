"""Units as a tree. `path` is the ids from the root, so that "this unit and all below" is one prefix."""

from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.kernel.columns import Enumerated
from webapp.units.rules import UnitKind


class Unit(Model):
    """A unit or task force, with its leader and the person responsible."""

    __tablename__ = "unit"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[UnitKind] = mapped_column(Enumerated(UnitKind))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    path: Mapped[str] = mapped_column(String(400), index=True)
    leader_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", use_alter=True))
    responsible_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", use_alter=True))

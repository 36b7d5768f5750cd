"""The table of places."""

from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.kernel.columns import Decimals, Enumerated, Sealed, follow, key_column
from webapp.kernel.parse.codes import code_key
from webapp.places.rules import DischargeRoute, Disinfectant, Institution, PlaceKind


class Place(Model):
    """A place. `code` is short and printed on its label; latitude and longitude are WGS 84 degrees."""

    __tablename__ = "place"
    __table_args__ = (
        CheckConstraint("beds >= 0", name="beds"),
        Index("ix_place_kind_code", "kind", "code"),
        Index("ix_place_unit", "unit_id"),
        Index("ix_place_code_key", "code_key", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    code_key: Mapped[str] = key_column("code", code_key)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[PlaceKind] = mapped_column(Enumerated(PlaceKind))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("place.id"))  # an outlet's hospital
    address: Mapped[str | None] = mapped_column(String(200))
    contact_name: Mapped[str | None] = mapped_column(Sealed("place.contact_name"))
    contact_phone: Mapped[str | None] = mapped_column(Sealed("place.contact_phone"))
    latitude: Mapped[Decimal | None] = mapped_column(Decimals(6))
    longitude: Mapped[Decimal | None] = mapped_column(Decimals(6))
    beds: Mapped[int | None]
    institution: Mapped[Institution | None] = mapped_column(Enumerated(Institution))
    discharge_route: Mapped[DischargeRoute | None] = mapped_column(Enumerated(DischargeRoute))
    disinfectant: Mapped[Disinfectant | None] = mapped_column(Enumerated(Disinfectant))
    is_closed: Mapped[bool] = mapped_column(default=False)


follow(Place.code, "code_key", code_key)

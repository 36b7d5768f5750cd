"""Tables of persons, their grants, sign-ins and failed attempts to sign in."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from webapp.extensions import Model
from webapp.kernel.access import Role
from webapp.kernel.columns import Blind, Enumerated, Sealed, UtcDateTime
from webapp.kernel.records import Versioned
from webapp.places.models import Place
from webapp.units.models import Unit


class Person(Model):
    """A person who may sign in. Persons are disabled and never deleted, because records refer to them."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    post: Mapped[str | None] = mapped_column(String(60))  # 职务, as documents print it before the name
    phone: Mapped[str | None] = mapped_column(Sealed("person.phone"))
    phone_blind: Mapped[str | None] = mapped_column(Blind("person.phone"), index=True)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    totp_secret: Mapped[str | None] = mapped_column(Sealed("person.totp_secret"))
    totp_last_step: Mapped[int | None]  # a code works once
    language: Mapped[str | None] = mapped_column(String(2))
    is_demonstration: Mapped[bool] = mapped_column(default=False)  # never asked for a second factor
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    grants: Mapped[list["PersonGrant"]] = relationship(cascade="all, delete-orphan")  # many who are joined need none


class PersonGrant(Model):
    """A role over a place, over a unit with all units below it, or over the whole district."""

    __tablename__ = "person_grant"
    __table_args__ = (UniqueConstraint("person_id", "role", "unit_id", "place_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role] = mapped_column(Enumerated(Role))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    place_id: Mapped[UUID | None] = mapped_column(ForeignKey("place.id"))


def _joined(cls: Any, of: type[Any], column: str) -> Mapped[Any]:
    return relationship(of, lazy="joined", viewonly=True, foreign_keys=f"{cls.__name__}.{column}")


class Authored(Versioned):
    """A version of a record with the persons who recorded and wrote it."""

    @declared_attr
    @classmethod
    def author(cls) -> Mapped[Person]:
        return _joined(cls, Person, "author_id")

    @declared_attr
    @classmethod
    def writer(cls) -> Mapped[Person]:
        return _joined(cls, Person, "writer_id")


class Recorded(Authored):
    """What the tables of records share that the kernel draws: a version, its unit and its place."""

    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    place_id: Mapped[UUID | None] = mapped_column(ForeignKey("place.id"), index=True)

    @declared_attr
    @classmethod
    def unit(cls) -> Mapped[Unit | None]:
        return _joined(cls, Unit, "unit_id")

    @declared_attr
    @classmethod
    def place(cls) -> Mapped[Place | None]:
        return _joined(cls, Place, "place_id")


class RecoveryCode(Model):
    """A one-time code for a lost TOTP device; only its digest is stored."""

    __tablename__ = "recovery_code"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignIn(Model):
    """A session. The cookie has a random token, this row its digest; `ended_at` ends the session."""

    __tablename__ = "sign_in"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    device: Mapped[str] = mapped_column(String(200))
    passed_totp: Mapped[bool] = mapped_column(default=False)


class Throttling(Model):
    """How often a subject of the throttle was refused on a district day, the last one with refusals."""

    __tablename__ = "sign_in_throttling"

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    day: Mapped[date]
    times: Mapped[int]


class Attempt(Model):
    """A failed attempt to sign in, for the throttle. `subject` is a digest of the username or of the address."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_subject_at", "subject", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    subject: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

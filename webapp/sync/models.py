"""Devices, the proof their authors hold, envelopes that arrived, and photos that travel by themselves."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Person
from webapp.extensions import Model
from webapp.kernel import journal
from webapp.kernel.columns import Enumerated, Json, Sealed, SealedJson, UtcDateTime
from webapp.sync.rules import State


class Device(Model):
    """A browser that records. `id` is made on the device; what it says of itself is as of `seen_at`.

    `public_key`: of the key that it signs its contacts with (service.itself), since its first grant. Of a device that
    has not shown one nothing is taken but its envelopes.
    """

    __tablename__ = "device"
    __table_args__ = (Index("ix_device_seen", "seen_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    public_key: Mapped[str | None] = mapped_column(String(200))
    agent: Mapped[str] = mapped_column(String(200))
    app_version: Mapped[str | None] = mapped_column(String(40))
    waiting: Mapped[int] = mapped_column(default=0)
    oldest_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    withdrawn: Mapped[Any] = mapped_column(Json)  # sequence numbers of forms that were answered in place and given up
    is_persisted: Mapped[bool | None]
    usage: Mapped[int | None] = mapped_column(BigInteger)
    quota: Mapped[int | None] = mapped_column(BigInteger)
    skew_ms: Mapped[int | None] = mapped_column(BigInteger)
    is_lost: Mapped[bool] = mapped_column(default=False)
    odd_time_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when an entry last came with an impossible time

    person: Mapped[Person] = relationship(Person, lazy="joined", innerjoin=True, viewonly=True)


class EnvelopeKey(Model):
    """A key pair that devices seal with; its private half is a file on every host. A forgotten one is lost for good."""

    __tablename__ = "envelope_key"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    forgotten_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DeviceContact(Model):
    """Contacts of a device that announced the same last number: the first of them, and when the last was put together.

    They bound when an entry was made, without its device's clock; `sweep` drops those that bound nothing any more.
    """

    __tablename__ = "device_contact"
    __table_args__ = (Index("ix_device_contact_device", "device_id", "last_at"),)

    id: Mapped[int] = mapped_column(journal.Serial, primary_key=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    last_seq: Mapped[int] = mapped_column(BigInteger)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuthorGrant(Model):
    """An author's leave to record on a device: a key for their proof, 14 days, revocable.

    `revoked_at`: their roles, password or standing changed. `barred_at`: the device was revoked or the person
    disabled; what no contact had announced before does not count without review.
    """

    __tablename__ = "author_grant"
    __table_args__ = (Index("ix_author_grant_person", "person_id", "device_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    key: Mapped[str] = mapped_column(Sealed("author_grant.key"))
    grants: Mapped[Any] = mapped_column(Json)  # [role, unit id, place id] as they were when it was given
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    barred_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReceivedEnvelope(Model):
    """An envelope the post office took: whole while it could not be opened, else its payload, sealed for this server.

    `author_id` is who it says wrote it; whether that holds is its state's business.
    """

    __tablename__ = "envelope"
    __table_args__ = (
        UniqueConstraint("uuid", "sha256"),
        Index("ix_envelope_author_state", "author_id", "state"),
        Index("ix_envelope_device_seq", "device_id", "seq"),
        Index("ix_envelope_state_received", "state", "received_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    uuid: Mapped[UUID]
    sha256: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(40))
    author_id: Mapped[UUID]
    relay_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    grant_id: Mapped[UUID]
    device_id: Mapped[UUID]
    seq: Mapped[int] = mapped_column(BigInteger)
    captured_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_outside: Mapped[bool] = mapped_column(default=False)  # its device's time cannot be right
    announced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the first contact that knew its number
    skew_ms: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[State] = mapped_column(Enumerated(State))
    reason: Mapped[str | None] = mapped_column(String(60))
    values: Mapped[Any] = mapped_column(
        SealedJson("envelope.values"), nullable=True
    )  # what fills the reason's sentence
    payload: Mapped[str] = mapped_column(Sealed("envelope.payload"))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str | None] = mapped_column(Sealed("envelope.note"))

    photos: Mapped[list["EnvelopePhoto"]] = relationship()


class EnvelopePhoto(Model):
    """A photo an envelope names; `key` is the file it is kept in, sealed as it came, once it is there."""

    __tablename__ = "envelope_photo"

    envelope_id: Mapped[UUID] = mapped_column(ForeignKey("envelope.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    length: Mapped[int]
    nonce: Mapped[str] = mapped_column(String(32))
    key: Mapped[str | None] = mapped_column(String(64))

"""Tables of devices, their contacts and grants, received envelopes and their photos."""

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
    """A browser that records. `id` is generated on the device; its report about itself is as of `seen_at`.

    `public_key` verifies the signatures of its contacts (service.signatures), from its first grant on. From a device
    without one, only envelopes are accepted.
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
    withdrawn: Mapped[Any] = mapped_column(Json)  # numbers of forms that were refused on their page and abandoned
    is_persisted: Mapped[bool | None]
    usage: Mapped[int | None] = mapped_column(BigInteger)
    quota: Mapped[int | None] = mapped_column(BigInteger)
    skew_ms: Mapped[int | None] = mapped_column(BigInteger)
    is_lost: Mapped[bool] = mapped_column(default=False)
    odd_time_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of the last entry with an impossible time

    person: Mapped[Person] = relationship(Person, lazy="joined", innerjoin=True, viewonly=True)


class EnvelopeKey(Model):
    """A key pair for devices; the private key is a file on every host. A forgotten key is lost for good."""

    __tablename__ = "envelope_key"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    forgotten_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DeviceContact(Model):
    """Consecutive contacts of a device with the same last number: when the first arrived and the last was composed.

    They bound the time of an entry without the device's clock; `sweep` deletes those that bound no missing entry.
    """

    __tablename__ = "device_contact"
    __table_args__ = (Index("ix_device_contact_device", "device_id", "last_at"),)

    id: Mapped[int] = mapped_column(journal.Serial, primary_key=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    last_seq: Mapped[int] = mapped_column(BigInteger)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuthorGrant(Model):
    """An author's permission to record on a device for 14 days, with a key for the author's proof.

    `revoked_at`: the author's roles, password or status changed. `barred_at`: the device was revoked or the person
    disabled; entries that no contact had announced before then need a review.
    """

    __tablename__ = "author_grant"
    __table_args__ = (Index("ix_author_grant_person", "person_id", "device_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    key: Mapped[str] = mapped_column(Sealed("author_grant.key"))
    grants: Mapped[Any] = mapped_column(Json)  # [role, unit id, place id] of the author at the time of issue
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    barred_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReceivedEnvelope(Model):
    """A received envelope: whole if it could not be opened, else its payload, sealed for this server.

    `author_id` is the claimed author; the state tells whether the claim is accepted.
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
    is_outside: Mapped[bool] = mapped_column(default=False)  # the device's time cannot be right
    announced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the first contact that announced its number
    skew_ms: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[State] = mapped_column(Enumerated(State))
    reason: Mapped[str | None] = mapped_column(String(60))
    values: Mapped[Any] = mapped_column(SealedJson("envelope.values"), nullable=True)  # values of the reason's sentence
    payload: Mapped[str] = mapped_column(Sealed("envelope.payload"))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str | None] = mapped_column(Sealed("envelope.note"))

    photos: Mapped[list["EnvelopePhoto"]] = relationship()


class EnvelopePhoto(Model):
    """A photo of an envelope; `key` is the file with its sealed bytes, None until they arrive."""

    __tablename__ = "envelope_photo"

    envelope_id: Mapped[UUID] = mapped_column(ForeignKey("envelope.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    length: Mapped[int]
    nonce: Mapped[str] = mapped_column(String(32))
    key: Mapped[str | None] = mapped_column(String(64))

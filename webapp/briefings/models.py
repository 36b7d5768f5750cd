"""Tables of templates with their versions, and of the reports made from them."""

from base64 import b64decode
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Person
from webapp.extensions import Model
from webapp.kernel.columns import Sealed, SealedJson, UtcDateTime
from webapp.units.models import Unit


class BriefingTemplate(Model):
    """A Word template of the district, under the name that its people know; its files are versions."""

    __tablename__ = "briefing_template"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    is_closed: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BriefingVersion(Model):
    """A version of a template: never changed. `codes` are [code, paragraph, its words, part] as the file prints them
    (printing.Spot); those of old versions have no part.
    """

    __tablename__ = "briefing_version"
    __table_args__ = (UniqueConstraint("template_id", "number"), CheckConstraint("number > 0", name="number"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    template_id: Mapped[UUID] = mapped_column(ForeignKey("briefing_template.id"), index=True)
    number: Mapped[int]
    file: Mapped[str] = mapped_column(Sealed("briefing_version.file"), deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    codes: Mapped[Any] = mapped_column(SealedJson("briefing_version.codes"))
    added_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    template: Mapped[BriefingTemplate] = relationship(BriefingTemplate, lazy="joined", innerjoin=True, viewonly=True)
    author: Mapped[Person] = relationship(Person, lazy="joined", innerjoin=True, viewonly=True)

    @property
    def content(self) -> bytes:
        return b64decode(self.file)


class Briefing(Model):
    """A report as it was made, with its text and the values that it printed: never changed.

    `printed` is a list of {code, text, since, until, about} (service.Draft), `blocks` the text of the page
    (printing.Filled).
    """

    __tablename__ = "briefing"
    __table_args__ = (
        CheckConstraint("until >= since", name="days"),
        Index("ix_briefing_made_at_id", "made_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("briefing_version.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    since: Mapped[date]
    until: Mapped[date]
    file: Mapped[str] = mapped_column(Sealed("briefing.file"), deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    blocks: Mapped[Any] = mapped_column(SealedJson("briefing.blocks"), deferred=True)
    printed: Mapped[Any] = mapped_column(SealedJson("briefing.printed"), deferred=True)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    version: Mapped[BriefingVersion] = relationship(BriefingVersion, lazy="joined", innerjoin=True, viewonly=True)
    unit: Mapped[Unit] = relationship(Unit, lazy="joined", innerjoin=True, viewonly=True)
    author: Mapped[Person] = relationship(Person, lazy="joined", innerjoin=True, viewonly=True)

    @property
    def content(self) -> bytes:
        return b64decode(self.file)

"""The tables of reports: kinds, who owes them, the expectations of days, signed versions, what they bind and sum up."""

from base64 import b64decode
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Authored, Person
from webapp.extensions import Model
from webapp.kernel.columns import Enumerated, Json, Sealed, SealedJson, UtcDateTime
from webapp.reports.rules import Days, Standing


class ReportKind(Model):
    """A kind of report. `lines` and `checks` as in rules.py; `last_line` numbers the codes of lines, each used once.

    `code` ("d1", "d2") never changes: templates and layouts name the kind by it. `weekdays` counts where the `days` are
    weekdays.
    """

    __tablename__ = "report_kind"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    cutoff: Mapped[str] = mapped_column(String(5))
    days: Mapped[Days] = mapped_column(Enumerated(Days), server_default=Days.WEEKDAYS.value)
    weekdays: Mapped[str] = mapped_column(String(7))
    lines: Mapped[Any] = mapped_column(Json)
    checks: Mapped[Any] = mapped_column(Json)
    last_line: Mapped[int]
    is_ended: Mapped[bool] = mapped_column(default=False)


class ReportOwing(Model):
    """A unit owes a kind of report from a day on."""

    __tablename__ = "report_owing"

    kind_id: Mapped[UUID] = mapped_column(ForeignKey("report_kind.id"), primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    since_on: Mapped[date]


class ReportDue(Model):
    """A report that a unit owes for a day, by `due_at`. It exists before the day; its state is derived.

    `urge_count` counts how often it was urged since it is missing.
    """

    __tablename__ = "report_due"
    __table_args__ = (
        UniqueConstraint("kind_id", "day", "unit_id"),
        Index("ix_report_due_day", "day", "id"),
        Index("ix_report_due_unit", "unit_id", "day"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind_id: Mapped[UUID] = mapped_column(ForeignKey("report_kind.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    day: Mapped[date]
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    urge_count: Mapped[int] = mapped_column(default=0, server_default="0")
    urged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Report(Authored, Model):
    """A signed version of a report.

    `signed_at` is when its writer signed it: on a device without a network that was before it `arrived_at`, and `seen`
    are the computed numbers by line that the device showed; the numbers here are always those of the arrival. `lines`
    are those of the kind at that time. `numbers` are, by line, [computed or None, stated]; `words` the texts and the
    reasons for other numbers, by the names of their fields; `notes` what the checks said. With `is_changed` a number
    differs from the version that was signed first. `returned_` is who returned it, when and why.
    """

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("due_id", "version"), UniqueConstraint("record_id", "version"))

    due_id: Mapped[UUID] = mapped_column(ForeignKey("report_due.id"))
    lines: Mapped[Any] = mapped_column(Json)
    numbers: Mapped[Any] = mapped_column(Json)
    words: Mapped[Any] = mapped_column(SealedJson("report.words"))
    notes: Mapped[Any] = mapped_column(Json)
    is_zero: Mapped[bool]
    is_changed: Mapped[bool] = mapped_column(default=False)
    digest: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen: Mapped[Any] = mapped_column(Json, default=dict)
    state: Mapped[Standing] = mapped_column(Enumerated(Standing), default=Standing.SIGNED)
    returned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    returned_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    return_reason: Mapped[str | None] = mapped_column(Sealed("report.return_reason"))


class ReportBinding(Model):
    """The rows that a signed line counted: [id of the record, number of its correction] each."""

    __tablename__ = "report_binding"

    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), primary_key=True)
    line: Mapped[str] = mapped_column(String(8), primary_key=True)
    rows: Mapped[Any] = mapped_column(Json)


class ReportCheck(Model):
    """The nightly comparison of a signed report with the records: how many came, were changed or went afterwards."""

    __tablename__ = "report_check"

    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), primary_key=True)
    added: Mapped[int]
    changed: Mapped[int]
    gone: Mapped[int]
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConsolidatedReport(Authored, Model):
    """A signed version of what a unit reports upward for a day: the newest versions of the units below it, added up.

    `numbers` are, by line, [sum, own number or None, stated]; `parts` the versions that were added up (rules.Part),
    `missing` the ids of the units that had not reported. `whole` says how complete the day was when it was signed
    (totals.Completeness). `words` are the texts and the reasons for other numbers, by the names of their fields.
    """

    __tablename__ = "consolidated_report"
    __table_args__ = (
        UniqueConstraint("kind_id", "day", "unit_id", "version"),
        UniqueConstraint("record_id", "version"),
        Index("ix_consolidated_report_day", "day"),
    )

    kind_id: Mapped[UUID] = mapped_column(ForeignKey("report_kind.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    day: Mapped[date]
    lines: Mapped[Any] = mapped_column(Json)
    numbers: Mapped[Any] = mapped_column(Json)
    words: Mapped[Any] = mapped_column(SealedJson("consolidated_report.words"))
    parts: Mapped[Any] = mapped_column(Json)
    missing: Mapped[Any] = mapped_column(Json)
    whole: Mapped[Any] = mapped_column(Json)
    digest: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReportLayout(Model):
    """An Excel file in which a superior wants a kind of report, under the name that people know; files are versions."""

    __tablename__ = "report_layout"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    kind_id: Mapped[UUID] = mapped_column(ForeignKey("report_kind.id"))
    is_closed: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    kind: Mapped[ReportKind] = relationship(ReportKind, lazy="joined", innerjoin=True, viewonly=True)


class ReportLayoutVersion(Model):
    """A version of a layout: never changed. `names` are [name, sheet, cell, what is wrong with it] of its cells."""

    __tablename__ = "report_layout_version"
    __table_args__ = (UniqueConstraint("layout_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    layout_id: Mapped[UUID] = mapped_column(ForeignKey("report_layout.id"))
    number: Mapped[int]
    file: Mapped[str] = mapped_column(Sealed("report_layout_version.file"), deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    names: Mapped[Any] = mapped_column(SealedJson("report_layout_version.names"))
    is_drawn: Mapped[bool]
    added_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    layout: Mapped[ReportLayout] = relationship(ReportLayout, lazy="joined", innerjoin=True, viewonly=True)
    author: Mapped[Person] = relationship(Person, lazy="joined", innerjoin=True, viewonly=True)

    @property
    def content(self) -> bytes:
        return b64decode(self.file)

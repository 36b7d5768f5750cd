"""Records that the kernel draws and corrects: one row per version, of which the newest is valid.

A kind names its `Record`; its table is `class Notice(Recorded, Model)`. A correction is an entry of its own with a
reason. It replaces one version by a conditional UPDATE, so that of two concurrent corrections only one succeeds; the
previous version is kept whole, with its entry and its photos.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from webapp.extensions import db
from webapp.kernel import forms
from webapp.kernel.access import Actor, Reach, Role
from webapp.kernel.columns import Sealed, UtcDateTime
from webapp.kernel.errors import Refusal
from webapp.kernel.listing import Column, Listing
from webapp.kernel.media import Photo

if TYPE_CHECKING:
    from webapp.kernel.entries import Entry
    from webapp.kernel.kinds import Kind

Figures = Callable[[Reach, dict[str, Any]], Sequence[Mapping[str, Any]]]  # value, label and url of each


class Recorded:
    """The common columns of such tables.

    `id` is the uuid of this version's entry, `record_id` that of the first version's, `replaced_by` that of the next.
    `author` recorded the first version at `recorded_at`, `writer` wrote this one.
    """

    if TYPE_CHECKING:
        __tablename__: str

    id: Mapped[UUID] = mapped_column(ForeignKey("entry.uuid"), primary_key=True)
    record_id: Mapped[UUID] = mapped_column(ForeignKey("entry.uuid"), index=True)
    version: Mapped[int]
    replaced_by: Mapped[UUID | None] = mapped_column(ForeignKey("entry.uuid"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    writer_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    place_id: Mapped[UUID | None] = mapped_column(ForeignKey("place.id"), index=True)

    @declared_attr
    @classmethod
    def reason(cls) -> Mapped[str | None]:
        """Why this version replaced the previous one."""
        return mapped_column(Sealed(f"{cls.__tablename__}.reason"))

    @declared_attr
    @classmethod
    def author(cls) -> Mapped[Any]:
        return _joined(cls, "Person", "author_id")

    @declared_attr
    @classmethod
    def writer(cls) -> Mapped[Any]:
        return _joined(cls, "Person", "writer_id")

    @declared_attr
    @classmethod
    def unit(cls) -> Mapped[Any]:
        return _joined(cls, "Unit", "unit_id")

    @declared_attr
    @classmethod
    def place(cls) -> Mapped[Any]:
        return _joined(cls, "Place", "place_id")


def _joined(cls: Any, of: str, column: str) -> Mapped[Any]:
    return relationship(of, lazy="joined", viewonly=True, foreign_keys=f"{cls.__name__}.{column}")


@dataclass(frozen=True, slots=True)
class Record:
    """The pages of a kind (`record_pages`).

    The `listing` selects the newest versions within reach. `recorders` may record online, `readers` (who include the
    recorders) may read, `overseers` may also correct the records of others. `facts` are the columns on a record's page,
    by default those of the list. `figures(reach, filters)` summarise the list's rows.
    """

    model: Any
    listing: Listing
    recorders: tuple[Role, ...]
    readers: tuple[Role, ...]
    overseers: tuple[Role, ...] = ()
    facts: Sequence[Column] = ()
    figures: Figures | None = None

    @property
    def correctors(self) -> tuple[Role, ...]:
        return tuple(dict.fromkeys((*self.recorders, *self.overseers)))


class Correction:
    """The fields of a correction in addition to those of its kind."""

    corrects = forms.Hidden(_l("原记录"), forms.presence(True))
    reason = forms.area(_l("更正原因"), required=True, maximum=500)


def correction_of(kind: "Kind") -> "Kind":
    """The kind of entry that corrects a record of a kind."""
    own: Any = kind.form
    form: Any = type(f"{own.__name__}Correction", (Correction, own), {})

    def apply(entry: "Entry", data: dict[str, Any], photos: Any, *, by: Actor, at: datetime) -> None:
        target = find(kind.record, _uuid(data["corrects"]), by.through(*kind.record.correctors))
        if target is None or not may_correct(kind.record, target, by):
            raise Refusal("record-not-yours", 403)
        kind.apply(entry, data | {"corrects": target}, photos, by=by, at=at)

    return replace(kind, name=f"{kind.name}.correction", form=form, apply=apply, late_roles=(), forms=())


def add(entry: "Entry", data: dict[str, Any], row: Any, *, by: Actor, at: datetime) -> None:
    """Add a record's row, made with its own columns, as the first version or, in a correction, as the next one.

    Raises Refusal `record-corrected-meanwhile` after a concurrent correction.
    """
    before = data.get("corrects")
    row.id, row.writer_id = entry.uuid, by.id
    row.record_id = before.record_id if before else entry.uuid
    row.version = before.version + 1 if before else 1
    row.author_id = before.author_id if before else by.id
    row.recorded_at = before.recorded_at if before else at
    row.reason = data["reason"] if before else None
    if before:
        model, before_id = type(row), before.id
        is_newest = model.id == before_id, model.replaced_by.is_(None)
        changed: Any = db.session.execute(update(model).where(*is_newest).values(replaced_by=entry.uuid))
        if changed.rowcount != 1:
            raise Refusal("record-corrected-meanwhile", 409)
    db.session.add(row)


def find(record: Record, row_id: UUID | None, reach: Reach) -> Any | None:
    """A version of a record whose newest version is within reach; None otherwise."""
    row = db.session.get(record.model, row_id) if row_id else None
    return row if row is not None and newest(record, row, reach) is not None else None


def newest(record: Record, row: Any, reach: Reach) -> Any | None:
    """The newest version of a version's record; None if it is out of reach."""
    query = record.listing.select(reach, {}).where(record.model.record_id == row.record_id)
    return db.session.scalars(query).unique().one_or_none()


def versions(record: Record, row: Any) -> Sequence[Any]:
    """All versions of a version's record, newest first."""
    query = select(record.model).where(record.model.record_id == row.record_id)
    return db.session.scalars(query.order_by(record.model.version.desc())).unique().all()


def may_correct(record: Record, row: Any, actor: Actor) -> bool:
    """Whether the actor is the author and still records there, or is an overseer with the record in reach."""
    own = actor.through(*record.recorders) if row.author_id == actor.id else None
    reaches = [reach for reach in (own, actor.through(*record.overseers)) if reach and reach.grants]
    return any(newest(record, row, reach) is not None for reach in reaches)


def photos_of(rows: Sequence[Any]) -> Sequence[Photo]:
    """The photos of these versions, in the order in which they were stored."""
    ids = [row.id for row in rows]
    return db.session.scalars(select(Photo).where(Photo.entry_uuid.in_(ids)).order_by(Photo.kept_at, Photo.id)).all()


def find_photo(record: Record, photo_id: UUID, reach: Reach) -> Photo | None:
    """A photo of a record within reach; None otherwise."""
    photo = db.session.get(Photo, photo_id)
    return photo if photo and find(record, photo.entry_uuid, reach) is not None else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


REFUSALS = {
    "record-not-yours": _l("只有登记人本人或主管可以更正这条记录。请联系登记人，或请主管更正。"),
    "record-corrected-meanwhile": _l(
        "刚才已有人更正过这条记录，您的更正没有保存，内容还在下面。请先看最新一版，仍要更正的请再提交一次。"
    ),
}

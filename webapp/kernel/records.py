"""Records that the kernel draws and corrects: one row per version, of which the newest is valid.

A kind names its `Record`; its table is `class Notice(Recorded, Model)`. A correction is an entry of its own with a
reason. It replaces one version by a conditional UPDATE, so that of two concurrent corrections only one succeeds; the
previous version is kept whole, with its entry and its photos. A void version is the last one of its record, which then
counts nowhere.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import wtforms
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, ForeignKey, inspect, select, update
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from werkzeug.datastructures import MultiDict

from webapp.extensions import db
from webapp.kernel import entries, forms
from webapp.kernel.access import PERSON, Actor, Reach, Role
from webapp.kernel.columns import Json, Sealed, UtcDateTime
from webapp.kernel.errors import Refusal
from webapp.kernel.kinds import as_it_is
from webapp.kernel.listing import Column, Listing
from webapp.kernel.media import Photo
from webapp.kernel.tombstones import PURGED, hold_entry, is_purged, refuse_purged

if TYPE_CHECKING:
    from webapp.kernel.entries import Entry
    from webapp.kernel.kinds import Kind

CORRECTION, VOIDING = ".correction", ".void"  # behind a kind's name: the kinds that write further versions of it
Figures = Callable[[Reach, dict[str, Any]], Sequence[Mapping[str, Any]]]  # value, label and url of each
ANY, VOID = "any", "void"  # of the filter `state`


class Versioned:
    """The columns of a version.

    `id` is the uuid of this version's entry, `record_id` that of the first version's, `replaced_by` that of the next.
    `author_id` recorded the first version at `recorded_at`, `writer_id` wrote this one; who they are is told by the
    tables that stand on this one (`accounts.models`). `dropped` are the ids of photos of earlier versions that this one
    leaves out.
    """

    if TYPE_CHECKING:
        __tablename__: str

    id: Mapped[UUID] = mapped_column(ForeignKey("entry.uuid"), primary_key=True)
    record_id: Mapped[UUID] = mapped_column(ForeignKey("entry.uuid"), index=True)
    version: Mapped[int]
    replaced_by: Mapped[UUID | None] = mapped_column(ForeignKey("entry.uuid"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey(PERSON))
    writer_id: Mapped[UUID] = mapped_column(ForeignKey(PERSON))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_void: Mapped[bool] = mapped_column(default=False)
    dropped: Mapped[Any] = mapped_column(Json, default=list)

    @declared_attr
    @classmethod
    def reason(cls) -> Mapped[str | None]:
        """Why this version replaced the previous one."""
        return mapped_column(Sealed(f"{cls.__tablename__}.reason"))


@dataclass(frozen=True, slots=True)
class Record:
    """The pages of a kind (`record_pages`).

    The `listing` selects the newest versions within reach, with `counted`. `recorders` may record online, `readers`
    (who include the recorders) may read, `overseers` may also correct the records of others. `facts` are the columns on
    a record's page, by default those of the list. `figures(reach, filters)` summarise the list's rows. `own_days()` is
    for how many days authors correct their own records. `on_void(version, by=, at=)` is called in the open transaction
    after a void version was added.
    """

    model: Any
    listing: Listing
    recorders: tuple[Role, ...]
    readers: tuple[Role, ...]
    overseers: tuple[Role, ...] = ()
    facts: Sequence[Column] = ()
    figures: Figures | None = None
    own_days: Callable[[], int] | None = None
    on_void: Callable[..., None] | None = None

    @property
    def correctors(self) -> tuple[Role, ...]:
        return tuple(dict.fromkeys((*self.recorders, *self.overseers)))


class StateFilter:
    """The list filter that finds void records."""

    state = forms.choice(_l("状态"), [(VOID, _l("已作废")), (ANY, _l("全部"))], required=False)


def _state(row: Any) -> str:
    return VOID if row.is_void else "corrected" if row.version > 1 else "valid"


_STATES = {"valid": _l("有效"), "corrected": _l("已更正"), VOID: _l("已作废")}
STATE = Column("state", _l("状态"), _state, enum=_STATES, tone={VOID: "refused"}, priority=2)


def counted(model: Any, filters: dict[str, Any]) -> tuple[ColumnElement[bool], ...]:
    """The newest versions of records that are not void, or those that the filter `state` selects."""
    state = filters.get("state")
    return (model.replaced_by.is_(None), *(() if state == ANY else (model.is_void.is_(state == VOID),)))


class _Reasoned:
    """The fields of a new version besides those of its kind."""

    corrects = forms.Hidden(_l("原记录"), forms.presence(True))
    reason = forms.area(_l("更正原因"), required=True, maximum=500)


class Correction(_Reasoned):
    """Also selects the photos of earlier versions that the new one leaves out."""

    dropped = wtforms.SelectMultipleField(_l("去掉的照片"), choices=[], validate_choice=False)


class VoidForm(_Reasoned, forms.Form):
    reason = forms.area(_l("作废原因"), required=True, maximum=500)


BESIDE = ("corrects", "reason", "dropped")  # what a correction's form has beside its kind's


def correction_of(kind: "Kind") -> "Kind":
    """The kind of entry that corrects a record of a kind."""

    def form(fields: MultiDict[str, str]) -> Any:
        own = type(kind.form(fields))
        return type(f"{own.__name__}Correction", (Correction, own), {})(fields)

    def apply(entry: "Entry", data: dict[str, Any], photos: Any, *, by: Actor, at: datetime) -> None:
        target = _target(kind.record, data, by=by, at=at)
        kind.apply(entry, data | {"corrects": target}, photos, by=by, at=at)

    return replace(kind, name=f"{kind.name}{CORRECTION}", form=form, apply=apply, late_roles=(), forms=())


def void_of(kind: "Kind") -> "Kind":
    """The kind of entry that voids a record: a last version with the content of the previous one."""
    record: Record = kind.record

    def apply(entry: "Entry", data: dict[str, Any], _photos: Any, *, by: Actor, at: datetime) -> None:
        target = _target(record, data, by=by, at=at)
        own = {column.key for column in inspect(record.model).column_attrs}
        row = record.model(**{name: getattr(target, name) for name in own})
        row.is_void, row.replaced_by = True, None
        add(entry, data | {"corrects": target}, row, by=by, at=at)
        if record.on_void:
            db.session.flush()
            record.on_void(row, by=by, at=at)

    name = f"{kind.name}{VOIDING}"
    return replace(kind, name=name, form=VoidForm, prepare=as_it_is, apply=apply, late_roles=(), forms=())


def _target(record: Record, data: dict[str, Any], *, by: Actor, at: datetime) -> Any:
    """The version that a new one follows. Raises Refusal where the actor may not write one."""
    target = find(record, _uuid(data["corrects"]), by.through(*record.correctors))
    if target is None:
        raise Refusal("record-not-yours", 403)
    if refusal := refusal_of(record, target, by, at):
        raise refusal
    return target


def add(entry: "Entry", data: dict[str, Any], row: Any, *, by: Actor, at: datetime) -> None:
    """Add a record's row, made with its own columns, as the first version or, in a correction, as the next one.

    Raises Refusal `record-corrected-meanwhile` when another correction was quicker, `record-photo-unknown` for a photo
    to leave out that the record does not show, `record-purged`.
    """
    before = data.get("corrects")
    if before:
        hold_entry(before.record_id)
        refuse_purged(before.record_id)
    row.id, row.writer_id = entry.uuid, by.id
    row.record_id = before.record_id if before else entry.uuid
    row.version = before.version + 1 if before else 1
    row.author_id = before.author_id if before else by.id
    row.recorded_at = before.recorded_at if before else at
    row.reason = data["reason"] if before else None
    row.dropped = sorted(set(data.get("dropped") or ()))
    if before:
        model, before_id = type(row), before.id
        is_newest = model.id == before_id, model.replaced_by.is_(None)
        changed: Any = db.session.execute(update(model).where(*is_newest).values(replaced_by=entry.uuid))
        if changed.rowcount != 1:
            raise Refusal("record-corrected-meanwhile", 409)
        known = select(model).where(model.record_id == row.record_id, model.version < row.version)
        shown = {str(photo.id) for photo in photos_of(db.session.scalars(known).unique().all())}
        if not shown.issuperset(row.dropped):
            raise Refusal("record-photo-unknown", 409)
    db.session.add(row)


def find(record: Record, row_id: UUID | None, reach: Reach) -> Any | None:
    """A version of a record whose newest version is within reach; None otherwise."""
    row = db.session.get(record.model, row_id) if row_id else None
    return row if row is not None and newest(record, row, reach) is not None else None


def newest(record: Record, row: Any, reach: Reach) -> Any | None:
    """The newest version of a version's record, if it is within reach."""
    query = record.listing.select(reach, {"state": ANY}).where(record.model.record_id == row.record_id)
    return db.session.scalars(query).unique().one_or_none()


def versions(record: Record, row: Any) -> Sequence[Any]:
    """All versions of a version's record, newest first."""
    query = select(record.model).where(record.model.record_id == row.record_id)
    return db.session.scalars(query.order_by(record.model.version.desc())).unique().all()


def refusal_of(record: Record, row: Any, actor: Actor, at: datetime) -> Refusal | None:
    """Why somebody may not write a new version of a record: it is purged or void, or it is neither their own, where
    they still record and received not too long ago, nor in the reach of an overseer.
    """
    corrector, recorder = actor.through(*record.correctors), actor.through(*record.recorders)
    present = _in_reach(record, row, corrector)
    if present and is_purged(row.record_id):
        return Refusal(PURGED)
    if present and present.is_void:
        return Refusal("record-void", 409)
    if _in_reach(record, row, actor.through(*record.overseers)):
        return None
    recorded = present if recorder.grants == corrector.grants else _in_reach(record, row, recorder)
    if row.author_id != actor.id or not recorded:
        return Refusal("record-not-yours", 403)
    if record.own_days is None:
        return None
    days, received_at = record.own_days(), entries.get_entry(row.record_id).received_at
    return Refusal("record-too-old", 403, days=days) if at > received_at + timedelta(days=days) else None


def _in_reach(record: Record, row: Any, reach: Reach) -> Any | None:
    return newest(record, row, reach) if reach.grants else None


def photos_of(rows: Sequence[Any]) -> Sequence[Photo]:
    """The photos of some versions without those that one of them leaves out, in the order they were taken up."""
    ids, dropped = [row.id for row in rows], {UUID(id_) for row in rows for id_ in row.dropped}
    shown = select(Photo).where(Photo.entry_uuid.in_(ids), Photo.id.not_in(dropped))
    return db.session.scalars(shown.order_by(Photo.kept_at, Photo.field, Photo.id)).all()


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
    "record-not-yours": _l("只有登记人本人或主管可以更正、作废这条记录。请联系登记人，或请主管办理。"),
    "record-too-old": _l("登记已超过 %(days)s 天，只有主管可以更正或作废。请联系主管。"),
    "record-void": _l("这条记录已经作废，不能再更正。确实需要的，请重新登记一条。"),
    "record-photo-unknown": _l("要去掉的照片里，有的不属于这条记录，没有保存。请刷新页面后重新选择。"),
    "record-corrected-meanwhile": _l(
        "刚才已有人更正过这条记录，您的更正没有保存，内容还在下面。请先看最新一版，仍要更正的请再提交一次。"
    ),
}

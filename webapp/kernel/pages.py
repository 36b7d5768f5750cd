"""The pages of a kind with a `Record`: list, form, record, paper, photos, correction and voiding.

A feature writes no views; one that draws list, form and record itself takes the others with `add_corrections`.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial, update_wrapper
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from webapp.kernel import clock, entries, kept, listing, media, records
from webapp.kernel.access import Role, allow, current_actor, current_reach
from webapp.kernel.errors import SETTLES, Refusal
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.kinds import Kind
from webapp.kernel.listing import rows
from webapp.kernel.security import takes_files

_TAKEN = ("entry-conflict", "entry-other-author")  # the uuid is used: the form gets a new one for the next submission


def record_pages(name: str, kind: Kind) -> Blueprint:
    """The blueprint of a feature whose only pages are those of one kind of record."""
    bp, record = Blueprint(name, __name__, url_prefix=f"/{name}"), kind.record
    _add(bp, kind, "", index, record.readers)
    _add(bp, kind, "/new", new, record.recorders)
    _add(bp, kind, "", post, record.recorders, "POST")
    _add(bp, kind, "/<uuid:record_id>", show, record.readers)
    _add(bp, kind, "/<uuid:record_id>/print", paper, record.readers)
    _add(bp, kind, "/photos/<uuid:photo_id>", photo, record.readers)
    add_corrections(bp, kind)
    return bp


def add_corrections(bp: Blueprint, kind: Kind) -> None:
    """Add the two pages that write a new version. The blueprint has `show`, and `photo` for each of its photos."""
    correctors = kind.record.correctors
    _add(bp, records.correction_of(kind), "/<uuid:record_id>/correct", correct, correctors, "GET", "POST")
    _add(bp, records.void_of(kind), "/<uuid:record_id>/void", void, correctors, "GET", "POST")


def _add(
    bp: Blueprint, kind: Kind, rule: str, view: Callable[..., Any], roles: tuple[Role, ...], *methods: str
) -> None:
    opened = allow(*roles)(update_wrapper(partial(view, kind), view))
    bp.add_url_rule(rule, view.__name__, opened, methods=methods or ("GET",))


def index(kind: Kind) -> Any:
    """The list with its figures."""
    record, reach = kind.record, current_reach()
    filters = record.listing.filters(MultiDict(request.args), reach=reach)
    figures = record.figures(reach, filters.data) if record.figures and filters.validate() else None
    return listing.show(replace(record.listing, id="records", template="frames/index.html"), reach, figures=figures)


def new(kind: Kind) -> Any:
    """The form, with fields prefilled from the query."""
    return _form(kind, kind.form(MultiDict(request.args)), entries.new_uuid())


@takes_files
def post(kind: Kind) -> Any:
    """Record it; an invalid form or a refusal is answered with the form as it was filled in."""
    return _delivered(kind, _form)


def _delivered(kind: Kind, answer: Callable[..., Response]) -> Any:
    """Deliver a posted form: redirects to its record, or answers with `answer(kind, form, uuid, status, refusal)`."""
    try:
        delivery = entries.deliver(kind, request.form, request.files, by=current_actor(), at=clock.now())
    except Refusal as refusal:
        g.is_refused = refusal.status in SETTLES
        again = entries.new_uuid() if refusal.code in _TAKEN else _uuid()
        return answer(kind, kind.form(request.form), again, refusal.status, refusal)
    if delivery.receipt is None:
        return answer(kind, delivery.form, _uuid(), 422)
    notice = _("已登记，回执号 %(seq)s。", seq=delivery.receipt.seq)
    flash(notice, "warning" if delivery.receipt.replayed else "ok")
    return see_other(url_for(".show", record_id=delivery.receipt.uuid))


def _uuid() -> Any:
    return request.form.get("uuid") or entries.new_uuid()


def show(kind: Kind, record_id: UUID) -> Any:
    """A version of a record with its receipt, photos and the other versions."""
    return respond("frames/show.html", "record", **_record(kind, record_id))


def paper(kind: Kind, record_id: UUID) -> Any:
    """A version of a record for print."""
    return render_template("frames/paper.html", at=clock.now(), **_record(kind, record_id))


def photo(kind: Kind, photo_id: UUID) -> Any:
    """A photo of a record within reach."""
    row = records.find_photo(kind.record, photo_id, current_reach()) or abort(404)
    raw = (media.folder() / row.key).read_bytes()
    answer = send_file(BytesIO(raw), mimetype="image/jpeg", max_age=0)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@takes_files
def correct(kind: Kind, record_id: UUID) -> Any:
    """The form as it was filled in, with a reason; submitting it writes the next version."""
    row = records.find(kind.record, record_id, current_reach()) or abort(404)
    if request.method == "POST":
        return _delivered(kind, partial(_correction, row))
    _refuse(kind, row)
    return _correction(row, kind, kind.form(_typed(_newest(kind, row))), entries.new_uuid())


def void(kind: Kind, record_id: UUID) -> Any:
    """The form for the reason; submitting it makes the record void."""
    row = records.find(kind.record, record_id, current_reach()) or abort(404)
    if request.method == "POST":
        return _delivered(kind, partial(_voiding, row))
    _refuse(kind, row)
    form = kind.form(MultiDict({"corrects": str(_newest(kind, row).id)}))
    return _voiding(row, kind, form, entries.new_uuid())


def _newest(kind: Kind, row: Any) -> Any:
    """The newest version of the record of a version that was found within reach: often this one."""
    return row if row.replaced_by is None else records.newest(kind.record, row, current_reach()) or abort(404)


def _refuse(kind: Kind, row: Any) -> None:
    if refusal := records.refusal_of(kind.record, row, current_actor(), clock.now()):
        raise refusal


def _typed(row: Any) -> MultiDict[str, str]:
    """The fields of a version as its form would post them."""
    typed = [(name, text) for name, text in entries.fields_of(row.id) if name not in records.BESIDE]
    return MultiDict([*typed, ("corrects", row.id)])


def _correction(
    row: Any, kind: Kind, form: Any, uuid: Any, status: int = 200, refusal: Refusal | None = None
) -> Response:
    newest = _follow(row, kind, form, refusal)
    signed = {field.name for field in form if getattr(field, "macro", "") == "signature"}
    every = records.photos_of(records.versions(kind.record, newest))
    photos = [photo for photo in every if photo.field not in signed]  # nobody signed what is to be said now
    return _form(kind, form, uuid, status, refusal, row=newest, old_photos=photos)


def _voiding(row: Any, kind: Kind, form: Any, uuid: Any, status: int = 200, refusal: Refusal | None = None) -> Response:
    newest = _follow(row, kind, form, refusal)
    shown = {"kind": kind, "form": form, "uuid": uuid, "refusal": refusal, "row": newest}
    return respond("frames/void.html", "void_form", status, **shown)


def _follow(row: Any, kind: Kind, form: Any, refusal: Refusal | None) -> Any:
    """The newest version. After a lost race, the next submission corrects that one."""
    if refusal is None or refusal.code != "record-corrected-meanwhile":
        return _newest(kind, row)
    newest: Any = records.newest(kind.record, row, current_reach()) or abort(404)
    form["corrects"].raw_data, form["corrects"].data = None, str(newest.id)
    return newest


def _form(
    kind: Kind, form: Any, uuid: Any, status: int = 200, refusal: Refusal | None = None, row: Any = None, **more: Any
) -> Response:
    if row is None:
        return form_page(
            kind,
            form,
            uuid,
            status,
            here=url_for(".post"),
            back=(url_for(".index"), kind.record.listing.title),
            refusal=refusal,
        )
    back = url_for(".show", record_id=row.id)
    return form_page(
        kind,
        form,
        uuid,
        status,
        here=url_for(".correct", record_id=row.id),
        back=(back, _("记录")),
        heading=_("更正%(what)s", what=kind.label),
        about=_("提交后成为新的一版；原来的一版连同照片完整保留。"),
        draft=f"correct:{row.id}",
        submit=_("提交更正"),
        leave=back,
        refusal=refusal,
        row=row,
        **more,
    )


def form_page(
    kind: Kind, form: Any, uuid: Any, status: int = 200, *, here: str, back: tuple[str, Any], **more: Any
) -> Response:
    """The form of a kind with a network. Its post goes to `here`, `back` is (address, words) of where it was opened.

    `more`: its `heading`, a line `about` it, the name of its `draft`, the words of its `submit` button, where one may
    `leave` for; the `place_name` that is stamped onto photos; the `refusal` it came back with; the record's `row` that
    it corrects, with its `old_photos`.
    """
    reach = current_reach()
    loaded = (kind.load or kept.choices_of)(form, reach, reach)
    had_photos = any(file.filename for file in request.files.values())
    presets: dict[str, Any] = {
        "heading": kind.label,
        "about": "",
        "draft": kind.forms[0].slug if kind.forms else kind.name,
        "submit": _("提交"),
        "leave": None,
        "place_name": "",
        "refusal": None,
        "row": None,
        "kept_photos": 0,
    }
    context = {"kind": kind, "form": form, "uuid": uuid, "here": here, "back": back, "had_photos": had_photos}
    return respond("frames/online.html", "record_form", status, **presets | loaded | context | more)


def _record(kind: Kind, record_id: UUID) -> dict[str, Any]:
    record = kind.record
    row: Any = records.find(record, record_id, current_reach()) or abort(404)
    columns = record.facts or record.listing.columns
    [written] = rows.written(replace(record.listing, columns=columns), [row])
    return versions_of(record, row) | {
        "kind": kind,
        "facts": [(column, cell) for column, cell in zip(columns, written.cells, strict=True) if cell.text],
        "entry": entries.get_entry(row.id),
    }


def versions_of(record: records.Record, row: Any) -> dict[str, Any]:
    """The template context of a version: its other versions, its photos, and which acts are permitted."""
    every: Sequence[Any] = records.versions(record, row)
    refusal = records.refusal_of(record, row, current_actor(), clock.now())
    return {
        "row": row,
        "versions": every,
        "photos": records.photos_of([version for version in every if version.version <= row.version]),
        "may_correct": row.replaced_by is None and refusal is None,
    }

"""Importing a spreadsheet: upload, a preview that names each wrong cell, confirmation; all rows or none.

A feature declares an `Import` and its view is one line:

    @bp.route("/import", methods=["GET", "POST"])
    @allow(Role.ADMINISTRATOR)
    def import_items() -> Response:
        "Bring items in from Excel."
        return imports.answer(ITEMS_IMPORT)

`check(reading)` adds faults that need the database, by `reading.blame(row, code, sentence)`.
`write(rows, by, at, claim)` is a service function, one transaction, that first calls `claim(outcome)` and returns the
`Outcome`. `beside(reading)` gives further columns of the preview, such as the present values that will change. `back`
is the endpoint of the list.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import request, url_for
from werkzeug import Response

from webapp.kernel import clock
from webapp.kernel.access import Actor, current_actor
from webapp.kernel.errors import Refusal
from webapp.kernel.htmx import respond
from webapp.kernel.spreadsheets import files, previews, sheets, templates
from webapp.kernel.spreadsheets.previews import Claim, Claimed, Outcome
from webapp.kernel.spreadsheets.reading import Lines, lines_of

SHOWN_ROWS = 50


@dataclass(frozen=True, slots=True)
class Beside:
    """Further columns of a preview: headings, and texts by row number."""

    headings: Sequence[Any] = ()
    texts: Mapping[int, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Import:
    sheet: sheets.Sheet
    check: Callable[[sheets.Reading], None]
    write: Callable[[Sequence[sheets.SheetRow], Actor, datetime, Claim], Outcome]
    back: str
    beside: Callable[[sheets.Reading], Beside] = lambda reading: Beside()


def answer(import_: Import) -> Response:
    """GET: the upload form, or the template with `?template=1`. POST: the preview, or the import when confirmed."""
    if request.method == "GET":
        return templates.template(import_.sheet) if request.args.get("template") else _page(import_)
    try:
        key = request.form.get("key", "")
        return _confirm(import_, key) if key else _preview(import_)
    except Refusal as refusal:
        return _page(import_, refusal.status, refusal=refusal)


def _preview(import_: Import) -> Response:
    raw = files.receive(request.files.get("file"))
    lines = lines_of(raw, width=2 * len(import_.sheet.columns) + 10, most=import_.sheet.max_rows + 3)
    reading = _read(import_, lines)
    if reading.faults:
        return _page(import_, 422, reading=reading)
    beside = import_.beside(reading)
    key = previews.keep(lines, import_.sheet.code, by=current_actor(), at=clock.now())
    return _page(import_, reading=reading, beside=beside, key=key)


def _confirm(import_: Import, key: str) -> Response:
    """Import the rows of a preview after checking them again, since the database may have changed.

    A second confirmation, by a double click or in another tab, is answered with the outcome of the first.
    """
    actor, at = current_actor(), clock.now()
    preview = previews.take(key, import_.sheet.code, by=actor, at=at)
    if isinstance(preview, Outcome):
        return _page(import_, outcome=preview, is_repeated=True)
    reading = _read(import_, preview)
    try:
        if not reading.faults:
            return _page(import_, outcome=import_.write(reading.rows, actor, at, Claim(key, at)))
    except Claimed:
        pass
    preview = previews.take(key, import_.sheet.code, by=actor, at=at)
    if isinstance(preview, Outcome):
        return _page(import_, outcome=preview, is_repeated=True)
    return _page(import_, 422, reading=reading)


def _read(import_: Import, lines: Lines) -> sheets.Reading:
    reading = sheets.read_lines(import_.sheet, lines)
    import_.check(reading)
    reading.faults.sort(key=lambda fault: (int("".join(c for c in fault.cell if c.isdigit())), fault.cell))
    return reading


def _page(import_: Import, status: int = 200, **context: Any) -> Response:
    values: dict[str, Any] = {"reading": None, "key": None, "outcome": None, "refusal": None}
    values |= {"beside": Beside(), "is_repeated": False, **context}
    here = url_for(str(request.endpoint), **(request.view_args or {}))
    back = url_for(import_.back)
    return respond(
        "ui/import.html", "import", status, sheet=import_.sheet, here=here, back=back, shown_rows=SHOWN_ROWS, **values
    )


__all__ = ["Beside", "Claim", "Import", "Outcome", "answer"]

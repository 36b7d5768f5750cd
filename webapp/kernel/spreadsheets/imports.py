"""Importing a spreadsheet: upload, a preview that names each wrong cell, confirmation; all rows or none.

A feature declares an `Import` and its view is one line:

    @bp.route("/import", methods=["GET", "POST"])
    @allow(Role.ADMINISTRATOR)
    def import_items() -> Response:
        "Bring items in from Excel."
        return imports.answer(ITEMS_IMPORT)

`check(reading)` adds the faults only the database knows, by `reading.blame(row, code, sentence)`.
`write(rows, by, at, claim)` is a service function, one transaction, that first calls `claim(outcome)` and gives the
`Outcome`. `beside(reading)` tells for each row, by its number, what is there now and what will change. `back` is the
endpoint of the list.
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
    """Further columns of a preview: their headings, and their texts by the row's number."""

    headings: Sequence[Any] = ()
    texts: Mapping[int, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Import:
    sheet: sheets.Sheet
    check: Callable[[sheets.Reading], None]
    write: Callable[[Sequence[sheets.SheetRow], Actor, datetime, Claim], Outcome]
    back: str
    beside: Callable[[sheets.Reading], Beside] = lambda reading: Beside()


def answer(one: Import) -> Response:
    """GET: the upload form, or the template with `?template=1`. POST: the preview, or the import when confirmed."""
    if request.method == "GET":
        return templates.template(one.sheet) if request.args.get("template") else _page(one)
    try:
        key = request.form.get("key", "")
        return _confirm(one, key) if key else _preview(one)
    except Refusal as refusal:
        return _page(one, refusal.status, refusal=refusal)


def _preview(one: Import) -> Response:
    raw = files.receive(request.files.get("file"))
    found = lines_of(raw, width=2 * len(one.sheet.columns) + 10, most=one.sheet.max_rows + 3)
    reading = _read(one, found)
    if reading.faults:
        return _page(one, 422, reading=reading)
    beside = one.beside(reading)
    key = previews.keep(found, one.sheet.code, by=current_actor(), at=clock.now())
    return _page(one, reading=reading, beside=beside, key=key)


def _confirm(one: Import, key: str) -> Response:
    """The rows are checked again: the database may have changed since the preview. Whoever comes second, by a double
    click or in another tab, is told what came of the first.
    """
    actor, at = current_actor(), clock.now()
    found = previews.take(key, one.sheet.code, by=actor, at=at)
    if isinstance(found, Outcome):
        return _page(one, outcome=found, is_repeated=True)
    reading = _read(one, found)
    try:
        if not reading.faults:
            return _page(one, outcome=one.write(reading.rows, actor, at, Claim(key, at)))
    except Claimed:
        pass
    found = previews.take(key, one.sheet.code, by=actor, at=at)
    if isinstance(found, Outcome):
        return _page(one, outcome=found, is_repeated=True)
    return _page(one, 422, reading=reading)


def _read(one: Import, found: Lines) -> sheets.Reading:
    reading = sheets.read_lines(one.sheet, found)
    one.check(reading)
    reading.faults.sort(key=lambda fault: (int("".join(c for c in fault.cell if c.isdigit())), fault.cell))
    return reading


def _page(one: Import, status: int = 200, **context: Any) -> Response:
    given: dict[str, Any] = {"reading": None, "key": None, "outcome": None, "refusal": None}
    given |= {"beside": Beside(), "is_repeated": False, **context}
    here = url_for(str(request.endpoint), **(request.view_args or {}))
    back = url_for(one.back)
    return respond(
        "ui/import.html", "import", status, sheet=one.sheet, here=here, back=back, shown_rows=SHOWN_ROWS, **given
    )


__all__ = ["Beside", "Claim", "Import", "Outcome", "answer"]

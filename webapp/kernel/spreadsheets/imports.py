"""Importing a spreadsheet: upload, a preview that names each wrong cell, confirmation; all rows or none.

A feature declares an `Import` and its view is one line:

    @bp.route("/import", methods=["GET", "POST"])
    @allow(Role.ADMINISTRATOR)
    def import_items() -> Response:
        "Bring items in from Excel."
        return imports.answer(ITEMS_IMPORT)

`check(reading)` adds the faults only the database knows, by `reading.blame(row, code, sentence)`. `write(rows, by, at)`
is a service function, one transaction, that gives an `Outcome`. `back` is the endpoint of the list.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request, url_for
from werkzeug import Response

from webapp.kernel import clock
from webapp.kernel.access import Actor, current_actor
from webapp.kernel.errors import Refusal
from webapp.kernel.htmx import respond
from webapp.kernel.spreadsheets import files, sheets

SHOWN_ROWS = 50


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many rows were imported; `shown_once` are (name, secret) pairs for this one page."""

    count: int
    shown_once: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Import:
    sheet: sheets.Sheet
    check: Callable[[sheets.Reading], None]
    write: Callable[[Sequence[sheets.SheetRow], Actor, datetime], Outcome]
    back: str


def answer(one: Import) -> Response:
    """GET: the upload form, or the template with `?template=1`. POST: the preview, or the import when confirmed."""
    if request.method == "GET":
        return sheets.template(one.sheet) if request.args.get("template") else _page(one)
    try:
        key = request.form.get("key", "")
        return _confirm(one, key) if key else _preview(one)
    except Refusal as refusal:
        return _page(one, refusal.status, refusal=refusal)


def _preview(one: Import) -> Response:
    raw = files.receive(request.files.get("file"))
    reading = _read(one, raw)
    key = None if reading.faults else files.keep(raw, one.sheet.code, by=current_actor(), at=clock.now())
    return _page(one, 422 if reading.faults else 200, reading=reading, key=key)


def _confirm(one: Import, key: str) -> Response:
    """The file is read and checked again: the database may have changed since the preview."""
    actor, at = current_actor(), clock.now()
    reading = _read(one, files.take(key, one.sheet.code, by=actor, at=at))
    if reading.faults:
        return _page(one, 422, reading=reading)
    outcome = one.write(reading.rows, actor, at)
    files.drop(key)
    return _page(one, outcome=outcome)


def _read(one: Import, raw: bytes) -> sheets.Reading:
    reading = sheets.read(one.sheet, raw)
    one.check(reading)
    reading.faults.sort(key=lambda fault: (int("".join(c for c in fault.cell if c.isdigit())), fault.cell))
    return reading


def _page(one: Import, status: int = 200, **context: Any) -> Response:
    given: dict[str, Any] = {"reading": None, "key": None, "outcome": None, "refusal": None} | context
    here = url_for(str(request.endpoint), **(request.view_args or {}))
    back = url_for(one.back)
    return respond(
        "ui/import.html", "import", status, sheet=one.sheet, here=here, back=back, shown_rows=SHOWN_ROWS, **given
    )

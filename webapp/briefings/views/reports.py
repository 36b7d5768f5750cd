"""Pages of reports: list, making one with a preview, a report with its values, print, file."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from webapp.briefings import drawing, labels, lists, queries, service
from webapp.briefings.forms import BriefingForm
from webapp.briefings.views import bp
from webapp.kernel import clock, listing
from webapp.kernel.access import allow, current_actor, current_reach
from webapp.kernel.errors import refused
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.spreadsheets import export
from webapp.units import queries as units

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@bp.get("/")
@allow(*service.READERS)
def index() -> Response:
    """The reports of the units within reach."""
    return listing.show(lists.BRIEFINGS, current_reach())


@bp.route("/new", methods=["GET", "POST"])
@allow(*service.MAKERS)
def new() -> Response:
    """Choose template, unit and days; see the report; keep it."""
    actor, at = current_actor(), clock.now()
    versions = queries.newest_versions()
    today = clock.district_day(at)
    form = BriefingForm(
        request.form or None,
        versions=versions,
        units=units.tree(current_reach()),
        data={"since": today - timedelta(days=6), "until": today, "version": request.args.get("version")},
    )
    if request.method == "GET" or not form.validate():
        return _new(form, 422 if form.errors else 200)
    with refused(form):
        chosen = form.version_id, form.unit_id, form.since.data, form.until.data, form.typed
        drafted = service.draft(*chosen, by=actor, at=at)
        if request.form.get("act") == "preview":
            rows = drawing.printed_rows(drafted.printed, actor)
            return _new(form, rows=rows, blocks=drawing.blocks_of(drafted.blocks, rows))
        briefing_id = service.keep(form.briefing_id, drafted, by=actor, at=at)
        flash(_("汇报已生成，可以下载 Word 文件。"), "ok")
        return see_other(url_for(".show", briefing_id=briefing_id))
    return _new(form, 422)


def _new(form: BriefingForm, status: int = 200, **preview: Any) -> Response:
    return respond("briefings/new.html", "briefing_form", status, form=form, **{"rows": (), "blocks": ()} | preview)


@bp.get("/<uuid:briefing_id>")
@allow(*service.READERS)
def show(briefing_id: UUID) -> Response:
    """A report: its text with linked values, and what it printed."""
    return respond("briefings/show.html", "briefing", **_context(briefing_id))


@bp.get("/<uuid:briefing_id>/print")
@allow(*service.READERS)
def paper(briefing_id: UUID) -> str:
    """The text of a report for printing."""
    return render_template("briefings/paper.html", at=clock.now(), **_context(briefing_id))


@bp.get("/<uuid:briefing_id>/file")
@allow(*service.READERS)
def file(briefing_id: UUID) -> Response:
    """The Word file as it was made, byte for byte."""
    briefing = queries.find_with_file(briefing_id, current_reach()) or abort(404)
    return export.download(briefing.content, labels.file_name(briefing), DOCX)


def _context(briefing_id: UUID) -> dict[str, Any]:
    briefing = queries.find_with_text(briefing_id, current_reach()) or abort(404)
    rows = drawing.printed_rows(briefing.printed, current_actor())
    return {"briefing": briefing, "rows": rows, "blocks": drawing.blocks_of(briefing.blocks, rows)}

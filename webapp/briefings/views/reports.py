"""Pages of reports: list, making one with a preview, a report with its values, print, file."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from webapp.briefings import drawing, labels, lists, proposals, queries, service
from webapp.briefings.forms import BriefingForm
from webapp.briefings.rules import Section
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
    """Choose template, unit, days and what units wrote; see the report; keep it."""
    form = _form()
    chosen = _propose(form)
    if request.method == "GET" or request.form.get("act") == "propose":
        return _new(form, chosen)
    if not form.validate() or (chosen and chosen.lost):
        return _new(form, chosen, 422)
    with refused(form):
        came_from = chosen.sources if chosen else {}
        drafted = service.draft(*form.chosen, form.typed, came_from, by=current_actor(), at=clock.now())
        if request.form.get("act") == "preview":
            rows = drawing.printed_rows(drafted.printed, current_actor())
            blocks = drawing.blocks_of(drafted.blocks, rows)
            return _new(form, chosen, rows=rows, blocks=blocks, unprinted=drafted.unprinted)
        return _kept(form, drafted)
    return _new(form, chosen, 422)


def _form() -> BriefingForm:
    """The form: of the first unit within reach and the last seven days before anything is chosen."""
    today, tree = clock.district_day(clock.now()), units.tree(current_reach())
    preset = {"version": request.args.get("version"), "unit": tree[0].id if tree else None}
    days = {"since": today - timedelta(days=6), "until": today}
    return BriefingForm(request.form or None, versions=queries.newest_versions(), units=tree, data=preset | days)


def _kept(form: BriefingForm, drafted: service.Draft) -> Response:
    briefing_id = service.keep(form.briefing_id, drafted, by=current_actor(), at=clock.now())
    for code in drafted.unprinted:
        what = labels.SECTIONS[Section(code.partition(".")[2])]
        flash(_("模板里没有“%(what)s”的位置，这一项没有印出来。", what=what), "warning")
    flash(_("汇报已生成，可以下载 Word 文件。"), "ok")
    return see_other(url_for(".show", briefing_id=briefing_id))


def _propose(form: BriefingForm) -> proposals.Chosen | None:
    """The proposals for unit and days; the texts of those just ticked are written into the form. None while unit or
    days are wrong: then the ticks wait.
    """
    if not form.has_place:
        return None
    proposed = proposals.of_period(current_reach(), form.unit_id, form.since.data, form.until.data)
    ticked = proposals.choose(proposed, form.tick.data or ())
    form.write((proposal.section, proposal.text) for proposal in reversed(ticked.taken))
    return proposals.choose(proposed, {*(form.tick.data or ()), *(form.source.data or ())})


def _new(form: BriefingForm, chosen: proposals.Chosen | None, status: int = 200, **preview: Any) -> Response:
    rows = preview.setdefault("rows", ())
    context = {"form": form, "chosen": chosen, "sections": labels.SECTIONS}
    context |= {"blocks": (), "unprinted": (), "blanks": drawing.blanks_of(rows)} | preview
    return respond("briefings/new.html", "briefing_form", status, **context)


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
    blocks, blanks = drawing.blocks_of(briefing.blocks, rows), drawing.blanks_of(rows)
    return {"briefing": briefing, "rows": rows, "blocks": blocks, "blanks": blanks}

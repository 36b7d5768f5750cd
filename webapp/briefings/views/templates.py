"""Pages of templates: those in use, adding one, its versions, our presets, and the codes to copy."""

from typing import Any
from uuid import UUID

from flask import abort, flash, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from webapp.briefings import checking, labels, presets, queries, service, sources, uploads
from webapp.briefings.forms import NameForm
from webapp.briefings.rules import Preset
from webapp.briefings.views import bp
from webapp.briefings.views.reports import DOCX
from webapp.kernel import clock
from webapp.kernel.access import allow, current_actor
from webapp.kernel.errors import Refusal, refused
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.security import takes_files
from webapp.kernel.spreadsheets import export


@bp.get("/codes")
@allow(*service.KEEPERS)
def codes() -> Response:
    """Every code that a template may print, to copy."""
    groups = [(group, group.codes()) for group in sources.groups()]
    return respond("briefings/codes.html", "codes", groups=groups, holds=labels.HOLDS)


@bp.get("/templates")
@allow(*service.KEEPERS)
def templates() -> Response:
    """The templates of the district, and those that come with the system."""
    known, versions = sources.known(), queries.newest_versions(with_closed=True)
    faults = {row.id: len(checking.faults_of(row.codes, known)) for row in versions}
    names = {row.template.name for row in versions}
    adopted = {preset for preset in Preset if presets.NAMES[preset] in names}
    return respond(
        "briefings/templates.html",
        "templates",
        versions=versions,
        faults=faults,
        presets=labels.PRESETS,
        adopted=adopted,
    )


@bp.route("/templates/add", methods=["GET", "POST"])
@allow(*service.KEEPERS, district_wide=True)
@takes_files
def add() -> Response:
    """Upload a template: it is checked, and kept only without faults."""
    form = NameForm(request.form or None)
    if request.method == "GET" or not form.validate():
        return _add(form, 422 if form.errors else 200)
    try:
        raw = uploads.receive(request.files.get("file"))
        verdict = checking.check(raw)
    except Refusal as refusal:
        return _add(form, refusal.status, refusal=refusal)
    if verdict.faults:
        return _add(form, 422, faults=verdict.faults)
    with refused(form):
        template_id = service.add_template(form.name.data, raw, verdict.codes, by=current_actor(), at=clock.now())
        flash(_("模板已保存，可以用来生成汇报。"), "ok")
        return see_other(url_for(".template", template_id=template_id))
    return _add(form, 422)


def _add(form: NameForm, status: int = 200, **outcome: Any) -> Response:
    return respond(
        "briefings/add.html", "template_form", status, form=form, **{"faults": (), "refusal": None} | outcome
    )


@bp.get("/templates/<uuid:template_id>")
@allow(*service.KEEPERS)
def template(template_id: UUID) -> Response:
    """A template with its versions and the codes of the newest one."""
    return _template(template_id)


@bp.post("/templates/<uuid:template_id>")
@allow(*service.KEEPERS, district_wide=True)
@takes_files
def change(template_id: UUID) -> Response:
    """Upload the next version of a template."""
    try:
        raw = uploads.receive(request.files.get("file"))
        verdict = checking.check(raw)
    except Refusal as refusal:
        return _template(template_id, refusal.status, refusal=refusal)
    if verdict.faults:
        return _template(template_id, 422, faults=verdict.faults)
    service.add_version(template_id, raw, verdict.codes, by=current_actor(), at=clock.now())
    flash(_("新的一版已保存，以后的汇报用这一版。"), "ok")
    return see_other(url_for(".template", template_id=template_id))


def _template(template_id: UUID, status: int = 200, **outcome: Any) -> Response:
    row = queries.find_template(template_id) or abort(404)
    versions, known = queries.versions_of(template_id), sources.known()
    return respond(
        "briefings/template.html",
        "template",
        status,
        kept=row,
        versions=versions,
        stale=checking.faults_of(versions[0].codes, known),
        **{"faults": (), "refusal": None} | outcome,
    )


@bp.post("/templates/<uuid:template_id>/close")
@allow(*service.KEEPERS, district_wide=True)
def close(template_id: UUID) -> Response:
    """Take a template out of use, or back into use."""
    is_closed = request.form.get("act") == "close"
    service.close_template(template_id, is_closed, by=current_actor(), at=clock.now())
    flash(_("模板已停用，以前的汇报不受影响。") if is_closed else _("模板已恢复使用。"), "ok")
    return see_other(url_for(".template", template_id=template_id))


@bp.get("/templates/versions/<uuid:version_id>/file")
@allow(*service.KEEPERS)
def version_file(version_id: UUID) -> Response:
    """A version of a template as it was uploaded."""
    version = queries.find_version(version_id) or abort(404)
    return export.download(version.content, f"{version.template.name}-{version.number}.docx", DOCX)


@bp.get("/presets/<string:name>/file")
@allow(*service.KEEPERS)
def preset_file(name: str) -> Response:
    """A template that comes with the system, to adapt in Word."""
    preset = _preset(name)
    return export.download(presets.build(preset), f"{presets.NAMES[preset]}.docx", DOCX)


@bp.post("/presets/<string:name>")
@allow(*service.KEEPERS, district_wide=True)
def adopt(name: str) -> Response:
    """Make a template that comes with the system one of the district."""
    preset = _preset(name)
    template_id = service.adopt(preset, by=current_actor(), at=clock.now())
    flash(_("已采用，可以用来生成汇报。"), "ok")
    return see_other(url_for(".template", template_id=template_id))


def _preset(name: str) -> Preset:
    return next((preset for preset in Preset if preset.value == name), None) or abort(404)

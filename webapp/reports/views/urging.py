"""Urging the units whose report is missing, with one press."""

from flask import abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug import Response

from webapp.kernel import clock
from webapp.kernel.access import allow, current_actor
from webapp.kernel.htmx import see_other
from webapp.reports import service
from webapp.reports.forms import UrgeForm
from webapp.reports.service import URGERS
from webapp.reports.views import bp


@bp.post("/urge")
@allow(*URGERS)
def urge() -> Response:
    """Urge the units that are missing on a day, or one of them; a second press within half an hour changes nothing."""
    form = UrgeForm(request.form)
    kind_id, day = form.kind.data, form.day.data
    if not form.validate() or kind_id is None or day is None:
        abort(404)
    urged, recent = service.urge(kind_id, day, form.unit.data, by=current_actor(), at=clock.now())
    if urged:
        flash(
            ngettext("已催 %(num)d 个单位，会提醒它的填报人。", "已催 %(num)d 个单位，会提醒它们的填报人。", urged),
            "ok",
        )
    if recent:
        words = ngettext("%(num)d 个单位半小时内刚催过，没有再催。", "%(num)d 个单位半小时内刚催过，没有再催。", recent)
        flash(words, "warning")
    if not urged and not recent:
        flash(_("没有要催的单位：都已签报，或还没有到截止时间。"), "warning")
    return see_other(url_for(".index", kind=kind_id, day=day))

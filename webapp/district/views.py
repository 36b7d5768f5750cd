"""The page of the district's preferences."""

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from webapp.district import queries, service
from webapp.district.forms import PreferencesForm, as_data, retention_form
from webapp.district.labels import COMPARISONS, REGIMES
from webapp.district.rules import BACKUPS
from webapp.kernel import clock, retention
from webapp.kernel.access import Role, allow, current_actor
from webapp.kernel.forms import Form
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.kinds import kinds

bp = Blueprint("district", __name__, url_prefix="/district")


@bp.get("/")
@allow(Role.ADMINISTRATOR, Role.COMMANDER, Role.AUDITOR)
def preferences() -> Response:
    """Show the district's preferences."""
    chosen = queries.preferences()
    return respond("district/preferences.html", "preferences", chosen=chosen, regimes=REGIMES, comparisons=COMPARISONS)


@bp.route("/edit", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR, district_wide=True)
def edit() -> Response:
    """Change the district's preferences with immediate effect."""
    if request.method == "POST":
        form = PreferencesForm(request.form)
        if form.validate():
            service.change_preferences(form.chosen, by=current_actor(), at=clock.now())
            flash(_("设置已保存，马上生效。"), "ok")
            return see_other(url_for("district.preferences"))
    else:
        form = PreferencesForm(data=as_data(queries.preferences()))
    return _form(form, _("修改全区设置"))


@bp.route("/retention", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR, district_wide=True)
def keep() -> Response:
    """How long each kind of record is kept, within the bounds of its rule."""
    rules = [keeps for keeps, _kinds in retention.rules_of(kinds()).values()]
    form_of, chosen = retention_form(rules), queries.retention()
    if request.method == "POST":
        form = form_of(request.form)
        if form.validate():
            service.change_retention(form.days, by=current_actor(), at=clock.now())
            flash(_("保存期限已保存，从今晚的清除开始执行。"), "ok")
            return see_other(url_for("district.preferences"))
    else:
        days = {keeps.name: keeps.days_of(chosen) for keeps in rules} | {BACKUPS: queries.backup_days()}
        form = form_of(data=days)
    return _form(
        form,
        _("个人信息保存期限"),
        _("从登记之日算起。到期后，记录中的个人信息在夜间清除，不能恢复；记录本身和统计数字不变。"),
    )


def _form(form: Form, title: str, help_: str = "") -> Response:
    status = 422 if form.errors else 200
    return respond("district/form.html", "district_form", status, form=form, title=title, help=help_)

"""Pages of rules."""

from typing import Any
from uuid import UUID

from flask import abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug import Response

from webapp.alerts import labels, queries, service
from webapp.alerts.forms import NEW_RULE, RuleForm, rule_as_data, rule_form
from webapp.alerts.lists import RULES
from webapp.alerts.rules import PRESETS
from webapp.alerts.views import bp
from webapp.kernel import clock, deadlines, listing, recipients
from webapp.kernel.access import Role, allow, current_actor, current_reach
from webapp.kernel.htmx import respond, see_other
from webapp.units import queries as units


@bp.get("/rules")
@allow(Role.ADMINISTRATOR, district_wide=True)
def rules() -> Response:
    """The rules, and how many presets are not among them."""
    known, had = labels.sources(), queries.presets_in_use()
    missing = sum(preset.code not in had and preset.source in known for preset in PRESETS)
    return listing.show(RULES, current_reach(), missing=missing)


@bp.post("/rules/presets")
@allow(Role.ADMINISTRATOR, district_wide=True)
def presets() -> Response:
    """Add the presets that are not among the rules."""
    count = service.add_presets(by=current_actor(), at=clock.now())
    flash(ngettext("已加入 %(num)d 条预设规则。", "已加入 %(num)d 条预设规则。", count), "ok")
    return see_other(url_for(".rules"))


@bp.route("/rules/new", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR, district_wide=True)
def new_rule() -> Response:
    """Add a rule."""
    return _edit(None)


@bp.route("/rules/<uuid:rule_id>", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR, district_wide=True)
def edit_rule(rule_id: UUID) -> Response:
    """Change a rule, or put it out of force."""
    return _edit(queries.find_rule(rule_id) or abort(404))


def _edit(rule: Any) -> Response:
    form_of = rule_form(queries.channels())
    if request.method == "POST":
        form = _offered(form_of(request.form), rule)
        if form.validate():
            facts = service.RuleFacts(**_named(form.plain, rule), preset=rule.preset if rule else None)
            service.put_rule(facts, rule.id if rule else None, by=current_actor(), at=clock.now())
            flash(_("规则已保存，一分钟内生效。"), "ok")
            return see_other(url_for(".rules"))
    else:
        form = _offered(form_of(data=rule_as_data(rule) if rule else NEW_RULE), rule)
    return respond("alerts/rule.html", "rule", 422 if form.errors else 200, form=form, rule=rule)


def _named(facts: dict[str, Any], rule: Any) -> dict[str, Any]:
    """The facts without the name of a preset that nobody changed."""
    is_own = rule is not None and rule.preset and facts["name"] == str(labels.PRESETS.get(rule.preset))
    return facts | {"name": ""} if is_own else facts


def _offered(form: RuleForm, rule: Any) -> RuleForm:
    """The form with its choices; what the rule has by now is among them, even if it is no longer offered."""
    sources, persons = labels.sources(), dict(recipients.choices(current_reach()))
    if rule is not None:
        sources.setdefault(rule.source, rule.source)
        persons |= {
            recipient: _("原来选的（现在不在列表里）") for recipient in rule.recipients if recipient not in persons
        }
    form.divisions, form.counted = queries.divisions, deadlines.kinds_counted()
    form.offer(sources.items(), persons.items(), units.tree(current_reach()))
    return form

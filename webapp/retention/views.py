"""Pages of purging: the rules and runs, a certificate, and a request for one record."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from webapp.accounts import queries as accounts
from webapp.kernel import clock, listing
from webapp.kernel.access import Role, allow, current_actor, current_reach
from webapp.kernel.errors import Refusal, refused
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.space import Space
from webapp.kernel.tombstones import is_purged
from webapp.retention import labels, lists, queries, service
from webapp.retention.forms import RequestForm

OVERSEERS = (Role.ADMINISTRATOR, Role.AUDITOR)
bp = Blueprint("retention", __name__, url_prefix="/retention")


@bp.get("/")
@allow(*OVERSEERS, district_wide=True)
def index() -> Response:
    """The retention periods, the next due records, and every run with its certificate."""
    return listing.show(lists.RUNS, current_reach(), rules=queries.rules(clock.now()))


@bp.get("/certificates/<uuid:run_id>")
@allow(*OVERSEERS, district_wide=True)
def certificate(run_id: UUID) -> Response:
    """The certificate of a run, without personal data."""
    return respond("retention/certificate.html", "certificate", **_certificate(run_id))


@bp.get("/certificates/<uuid:run_id>/print")
@allow(*OVERSEERS, district_wide=True)
def paper(run_id: UUID) -> str:
    """The certificate for printing."""
    return render_template("retention/paper.html", at=clock.now(), **_certificate(run_id))


@bp.route("/request", methods=["GET", "POST"])
@allow(*OVERSEERS, district_wide=True)
def ask() -> Response:
    """Purge one record: the first press shows it, the second one purges it."""
    form = RequestForm(request.form)
    if request.method == "GET" or not form.validate():
        return _ask(form, 422 if form.errors else 200)
    with refused(form):
        target = queries.find(form.record.data)
        if target is None:
            raise Refusal("purge-not-found", 422, field="record")
        if is_purged(target.uuid):
            raise Refusal("purge-done", 422, field="record")
        if request.form.get("confirm") != str(target.uuid):
            return _ask(form, target=target)
        run_id = service.purge_one(form.record.data, form.reason.data, by=current_actor(), at=clock.now())
        flash(_("已清除。证明如下。"), "ok")
        return see_other(url_for(".certificate", run_id=run_id))
    return _ask(form, 422)


def _ask(form: RequestForm, status: int = 200, target: Any = None) -> Response:
    name = labels.kind_name(target.kind) if target else ""
    return respond("retention/request.html", "request", status, form=form, target=target, name=name)


def _certificate(run_id: UUID) -> dict[str, Any]:
    run = queries.find_run(run_id) or abort(404)
    return {
        "run": run,
        "rule": labels.rule_name(run.rule),
        "counts": [(labels.kind_name(name), count) for name, count in sorted(run.counts.items())],
        "by": accounts.names({run.by_id}).get(run.by_id) if run.by_id else None,
        "space": labels.SPACES[Space(run.space)] if run.space else None,
        "is_whole": queries.is_whole(run),
    }

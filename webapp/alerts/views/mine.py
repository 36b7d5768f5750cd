"""One's own alerts, and all alerts within reach."""

from typing import Any
from uuid import UUID

from flask import abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug import Response

from webapp.alerts import labels, queries, service
from webapp.alerts.acts import ACKNOWLEDGE
from webapp.alerts.lists import ALL, MINE
from webapp.alerts.rules import AlertState
from webapp.alerts.views import bp
from webapp.alerts.waiting import Waiting, waiting
from webapp.kernel import clock, listing
from webapp.kernel.access import EVERYONE, allow, current_actor, current_reach, may_follow
from webapp.kernel.htmx import respond, see_other, wants_fragment

SHOWN = 20  # open alerts above the list


@bp.get("/")
@allow(*EVERYONE)
def index() -> Response:
    """My alerts: the open ones with a button each, and the list of all."""
    return listing.show(MINE, current_reach(), **_open(waiting(current_actor(), clock.now())))


@bp.get("/open")
@allow(*EVERYONE)
def live() -> Response:
    """The open ones, polled; empty if unchanged."""
    now = waiting(current_actor(), clock.now())
    if not wants_fragment():
        return see_other(url_for(".index"))
    if request.args.get("seen") == now.seen:
        return Response(status=204)
    return respond("alerts/index.html", "alerts_open", **_open(now))


def _open(now: Waiting) -> dict[str, Any]:
    rows = queries.open_of(current_actor().id, SHOWN) if now.count else []
    return {"open_alerts": rows, "total": now.count, "seen": now.seen, "labels": labels, "act": ACKNOWLEDGE}


@bp.get("/all")
@allow(*queries.OVERSEERS)
def every() -> Response:
    """All alerts within reach, with who acknowledged them."""
    return listing.show(ALL, current_reach())


@bp.get("/<uuid:alert_id>")
@allow(*EVERYONE)
def show(alert_id: UUID) -> Response:
    """An alert, its link, who acknowledged it, and its deliveries."""
    row = queries.find(alert_id, current_reach()) or abort(404)
    is_mine = queries.is_recipient(alert_id, current_actor().id)
    return respond(
        "alerts/show.html",
        "alert",
        row=row,
        labels=labels,
        act=ACKNOWLEDGE if is_mine and row.state is AlertState.OPEN else None,
        is_mine=is_mine,
        leads_on=may_follow(row.url, current_actor()),
        recipients=queries.recipients_of(alert_id),
        deliveries=queries.deliveries_of(alert_id),
    )


@bp.post("/<uuid:alert_id>/acknowledge")
@allow(*EVERYONE)
def acknowledge(alert_id: UUID) -> Response:
    """Acknowledge an alert."""
    service.acknowledge(alert_id, by=current_actor(), at=clock.now())
    flash(_("已确认收到，不会再重复提醒。"), "ok")
    return see_other(url_for(".index"))


@bp.post("/acknowledge-all")
@allow(*EVERYONE)
def acknowledge_all() -> Response:
    """Acknowledge all my open alerts."""
    count = service.acknowledge_all(by=current_actor(), at=clock.now())
    flash(ngettext("已确认 %(num)d 条。", "已确认 %(num)d 条。", count), "ok")
    return see_other(url_for(".index"))

"""Pages of channels and of what was sent through them."""

from typing import Any
from uuid import UUID

from flask import abort, flash, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from webapp.alerts import labels, queries, service
from webapp.alerts.forms import channel_form
from webapp.alerts.lists import CHANNELS, DELIVERIES
from webapp.alerts.rules import ChannelKind
from webapp.alerts.views import bp
from webapp.kernel import clock, listing
from webapp.kernel.access import Role, allow, current_actor, current_reach
from webapp.kernel.errors import refused
from webapp.kernel.htmx import respond, see_other

MOST_ATTEMPTS = 100  # on the page of a delivery; a day of failures makes some 30


@bp.get("/channels")
@allow(Role.ADMINISTRATOR, district_wide=True)
def channels() -> Response:
    """The channels, and the kinds that can be added."""
    failing = queries.failing_channels()
    return listing.show(CHANNELS, current_reach(), kinds=labels.CHANNELS, failing=failing, labels=labels)


@bp.get("/deliveries")
@allow(Role.ADMINISTRATOR, Role.AUDITOR, district_wide=True)
def deliveries() -> Response:
    """Every delivery with its answer."""
    return listing.show(DELIVERIES, current_reach())


@bp.get("/deliveries/<uuid:delivery_id>")
@allow(Role.ADMINISTRATOR, Role.AUDITOR, district_wide=True)
def delivery(delivery_id: UUID) -> Response:
    """A delivery with every attempt at it: when, what the other side answered, when it is tried next."""
    row = queries.find_delivery(delivery_id) or abort(404)
    return respond(
        "alerts/delivery.html",
        "delivery",
        row=row,
        attempts=queries.attempts_of(delivery_id, MOST_ATTEMPTS),
        most=MOST_ATTEMPTS,
        carried=queries.carried_with(row.message_id),
        labels=labels,
    )


@bp.route("/channels/new/<string:kind>", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR, district_wide=True)
def new_channel(kind: str) -> Response:
    """Add a channel of a kind."""
    if kind not in set(ChannelKind):
        abort(404)
    return _edit(None, ChannelKind(kind))


@bp.route("/channels/<uuid:channel_id>", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR, district_wide=True)
def channel(channel_id: UUID) -> Response:
    """Change a channel; its address and keys are not shown."""
    row = queries.find_channel(channel_id) or abort(404)
    return _edit(row, row.kind)


@bp.post("/channels/<uuid:channel_id>/test")
@allow(Role.ADMINISTRATOR, district_wide=True)
def test_channel(channel_id: UUID) -> Response:
    """Send a test message and show the answer."""
    outcome = service.send_test(channel_id, by=current_actor(), at=clock.now())
    words = _("测试消息：%(outcome)s。", outcome=labels.OUTCOMES[outcome.code])
    flash(
        words + (_("对方的原话：%(answer)s", answer=outcome.answer) if outcome.answer else ""), _tone(outcome.is_sent)
    )
    return see_other(url_for(".channel", channel_id=channel_id))


def _tone(is_sent: bool) -> str:
    return "ok" if is_sent else "refused"


def _edit(row: Any, kind: ChannelKind) -> Response:
    form_of, posted = channel_form(kind), request.method == "POST"
    stored = {"name": row.name, "language": row.language, "is_active": row.is_active} if row else {"is_active": True}
    has_secret = row is not None
    form = form_of(request.form, has_secret=has_secret) if posted else form_of(data=stored, has_secret=has_secret)
    if posted and form.validate():
        facts = service.ChannelFacts(
            name=form.name.data,
            kind=kind,
            language=form.language.data,
            host=form.host,
            is_active=form.is_active.data,
            secret=form.secret,
        )
        with refused(form):
            channel_id = service.put_channel(facts, row.id if row else None, by=current_actor(), at=clock.now())
            flash(_("渠道已保存。请发一条测试消息，看能不能收到。"), "ok")
            return see_other(url_for(".channel", channel_id=channel_id))
    status = 422 if form.errors else 200
    return respond(
        "alerts/channel.html",
        "channel",
        status,
        form=form,
        row=row,
        kind=labels.CHANNELS[kind],
        is_push=kind is ChannelKind.PUSH,
        labels=labels,
    )

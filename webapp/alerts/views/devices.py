"""The sound and web push of one's own devices."""

from uuid import UUID

from flask import abort, flash, jsonify, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from webapp.alerts import labels, queries, service
from webapp.alerts.channels.coding import written
from webapp.alerts.forms import DeviceForm
from webapp.alerts.views import bp
from webapp.extensions import csrf
from webapp.kernel import clock
from webapp.kernel.access import EVERYONE, allow, current_actor, public
from webapp.kernel.errors import Refusal
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.i18n import language


@bp.get("/devices")
@allow(*EVERYONE)
def devices() -> Response:
    """The switches of this device, and the devices on which push is on."""
    rows, at = queries.devices_of(current_actor().id), clock.now()
    key = written(service.our_key().public)
    is_waiting = any(queries.is_tried(row, at) for row in rows)
    return respond("alerts/devices.html", "devices", rows=rows, key=key, is_waiting=is_waiting, labels=labels)


@bp.post("/devices")
@allow(*EVERYONE)
def add_device() -> Response:
    """Keep the subscription of a browser and send it a test message."""
    actor, at, form = current_actor(), clock.now(), DeviceForm(request.form)
    if not form.validate():
        raise Refusal("push-malformed", 422)
    agent = request.user_agent.string
    device_id = service.add_device(form.secret, form.host, agent, language(), by=actor, at=at)
    return _tried(device_id)


@bp.post("/devices/<uuid:device_id>/test")
@allow(*EVERYONE)
def test_device(device_id: UUID) -> Response:
    """Send a test message again."""
    return _tried(device_id)


@bp.post("/devices/<uuid:device_id>/off")
@allow(*EVERYONE)
def remove_device(device_id: UUID) -> Response:
    """Turn push off for a device."""
    service.remove_device(device_id, by=current_actor(), at=clock.now())
    flash(_("这台设备的推送已关掉。"), "ok")
    return see_other(url_for(".devices"))


@bp.post("/devices/<uuid:device_id>/arrived")
@public
def arrived(device_id: UUID) -> Response:
    """Called by the service worker when its test message came, without a session; the token is the proof."""
    body = request.get_json(silent=True) if (request.content_length or 0) < 1000 else None
    token = body.get("token") if isinstance(body, dict) else None
    if not isinstance(token, str) or not service.arrived(device_id, token, at=clock.now()):
        abort(403)
    return jsonify(usable=True)


csrf.exempt(arrived)  # the worker has no page; a foreign site does not know the token


def _tried(device_id: UUID) -> Response:
    outcome = service.try_device(device_id, by=current_actor(), at=clock.now())
    if outcome.is_sent:
        flash(_("测试消息已发出。几秒钟内收到，这台设备就可以用；收不到就不会用它。"), "ok")
    else:
        words = labels.OUTCOMES[outcome.code]
        flash(_("测试消息没有发出：%(outcome)s。提醒仍然会出现在系统里。", outcome=words), "refused")
    return see_other(url_for(".devices"))

"""Pages of devices: their last contact, waiting entries, and entries that never arrived."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import abort, url_for
from werkzeug import Response

from webapp.kernel import clock, listing
from webapp.kernel.access import Role, allow, current_actor, current_reach
from webapp.kernel.htmx import respond, see_other
from webapp.sync import lists, queries, rules, service
from webapp.sync.views import bp


@bp.get("/sync/devices")
@allow(*queries.OVERSEERS, district_wide=True)
def devices() -> Response:
    """All devices, by last contact."""
    return listing.show(lists.DEVICES, current_reach())


@bp.get("/sync/devices/<uuid:device_id>")
@allow(*queries.OVERSEERS, district_wide=True)
def device(device_id: UUID) -> Response:
    """A device, with the sequence numbers that never arrived."""
    row = _device(device_id)
    skew = rules.skew_of(row.skew_ms)
    context = {"device": row, "gaps": queries.gaps_of(row), "is_clock_off": rules.is_clock_off(skew), "skew": skew}
    return respond("sync/device.html", "device", most_gaps=rules.MOST_GAPS, **context)


@bp.post("/sync/devices/<uuid:device_id>/revoke")
@allow(Role.ADMINISTRATOR, district_wide=True)
def revoke(device_id: UUID) -> Response:
    """Revoke a lost or returned device: entries recorded on it from now on need a review."""
    return _settled(device_id, service.revoke_grants)


@bp.post("/sync/devices/<uuid:device_id>/reinstate")
@allow(Role.ADMINISTRATOR, district_wide=True)
def reinstate(device_id: UUID) -> Response:
    """Reinstate a device."""
    return _settled(device_id, service.reinstate)


def _settled(device_id: UUID, act: Callable[..., None]) -> Response:
    _device(device_id)
    act(device_id, by=current_actor(), at=clock.now())
    return see_other(url_for(".device", device_id=device_id))


def _device(device_id: UUID) -> Any:
    return queries.find_device(device_id) or abort(404)

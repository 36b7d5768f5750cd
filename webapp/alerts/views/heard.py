"""Tells an open page about alerts in the answer to a request that it makes anyway."""

from flask import Response, request

from webapp.alerts.views import bp
from webapp.alerts.waiting import waiting
from webapp.kernel import clock
from webapp.kernel.access import find_actor

HEADER = "Frontline-Alerts"  # of a request: any value; of its answer: the number and since when the newest is heard


@bp.after_app_request
def tell(response: Response) -> Response:
    """Answer a page that asks, for the person who is signed in."""
    if HEADER in request.headers and (actor := find_actor()):
        now = waiting(actor, clock.now())
        response.headers[HEADER] = f"{now.count} {now.loud}".strip()
    return response

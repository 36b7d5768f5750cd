"""Pages and calls of delivery later."""

from flask import Blueprint, Response, g

bp = Blueprint("sync", __name__)


@bp.after_app_request
def _announce_receipt(response: Response) -> Response:
    """A form that posted itself: the device may let go of its copy by this header, and by nothing else."""
    if receipt := g.get("receipt"):
        response.headers["Frontline-Receipt"] = f"{receipt.uuid} {receipt.seq}"
    return response


from webapp.sync.views import api, devices, file, returned, tray  # noqa: E402,F401  they hang their views on bp

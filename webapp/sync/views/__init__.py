"""Pages and API of deferred delivery."""

from flask import Blueprint, Response, g

bp = Blueprint("sync", __name__)


@bp.after_app_request
def _announce_receipt(response: Response) -> Response:
    """Add the receipt of a posted form as a header, by which the device may delete its copy."""
    if receipt := g.get("receipt"):
        response.headers["Frontline-Receipt"] = f"{receipt.uuid} {receipt.seq}"
    return response


from webapp.sync.views import api, devices, file, returned, tray  # noqa: E402,F401  they register their views on bp

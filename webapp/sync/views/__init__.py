"""Pages and calls of delivery later."""

from flask import Blueprint

bp = Blueprint("sync", __name__)

from webapp.sync.views import api, devices, returned, tray  # noqa: E402,F401  they hang their views on bp

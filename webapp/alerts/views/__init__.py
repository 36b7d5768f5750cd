"""The pages of alerts."""

from flask import Blueprint

bp = Blueprint("alerts", __name__, url_prefix="/alerts")

from webapp.alerts.views import channels, devices, heard, mine, rules  # noqa: E402, F401  # they add their views to it

"""Pages of reports."""

from flask import Blueprint

from webapp.kernel.access import Role

READERS = (Role.CLERK, Role.COMMANDER, Role.AUDITOR)
bp = Blueprint("reports", __name__, url_prefix="/reports")

from webapp.reports.views import days, layouts, overview, settings, signing, upward, urging  # noqa: E402,F401  they register their views on bp

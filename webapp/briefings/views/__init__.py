"""Pages of reports and of their templates."""

from flask import Blueprint

bp = Blueprint("briefings", __name__, url_prefix="/briefings")

from webapp.briefings.views import reports, templates  # noqa: E402,F401  they register their views on bp

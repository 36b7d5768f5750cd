"""Pages of units."""

from flask import Blueprint

from webapp.units import queries, service  # noqa: F401

bp = Blueprint("units", __name__, url_prefix="/units")

"""Pages of places."""

from flask import Blueprint

from webapp.places import queries, service  # noqa: F401

bp = Blueprint("places", __name__, url_prefix="/places")

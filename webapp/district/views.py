"""Pages of district."""

from flask import Blueprint

from webapp.district import queries, service  # noqa: F401

bp = Blueprint("district", __name__, url_prefix="/district")

"""Pages of supplies."""

from flask import Blueprint

bp = Blueprint("supplies", __name__)

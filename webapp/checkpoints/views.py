"""Pages of checkpoints."""

from flask import Blueprint

bp = Blueprint("checkpoints", __name__)

"""Pages of standards."""

from flask import Blueprint

bp = Blueprint("standards", __name__)

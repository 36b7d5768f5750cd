"""The blueprint of accounts; its views are in `views/`."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)

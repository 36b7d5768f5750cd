"""Pages of accounts: sign-in, a person's own account, persons."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)

from webapp.accounts.views import me, person_acts, persons, sign_in  # noqa: E402,F401  they register their views on bp

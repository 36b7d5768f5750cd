"""Pages of accounts: signing in, one's own account, persons."""

from webapp.accounts.blueprint import bp
from webapp.accounts.views import me, person_acts, persons  # noqa: F401  they register their pages
from webapp.accounts.views.sign_in import lead_to_owed_step

__all__ = ["bp", "lead_to_owed_step"]

"""Today: what is due, what is wrong, what to press next. Also Me, the scan box and the health check."""

from webapp.today import board  # noqa: F401  registers what it offers
from webapp.today.views import bp

__all__ = ["bp"]

"""supplies."""

from webapp.supplies.views import bp

__all__ = ["bp"]

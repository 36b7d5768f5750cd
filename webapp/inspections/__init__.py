"""inspections."""

from webapp.inspections.views import bp

__all__ = ["bp"]

"""standards."""

from webapp.standards.views import bp

__all__ = ["bp"]

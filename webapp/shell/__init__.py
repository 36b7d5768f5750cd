"""shell."""

from webapp.shell.views import bp

__all__ = ["bp"]

"""checkpoints."""

from webapp.checkpoints.views import bp

__all__ = ["bp"]

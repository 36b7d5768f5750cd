"""Statutory limits as data, and what a reading means against them."""

from webapp.standards.views import bp

__all__ = ["bp"]

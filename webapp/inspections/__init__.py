"""Inspections: a place is checked by a checklist, readings are judged, what is wrong gets a deadline."""

from webapp.inspections import offline as offline  # registers what may be recorded without a network
from webapp.inspections.labels import REFUSALS
from webapp.inspections.views import bp
from webapp.kernel import errors

errors.register(REFUSALS)

__all__ = ["bp"]

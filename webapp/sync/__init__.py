"""Delivery later: devices, the post office for sealed entries, and what people do with what could not be applied."""

from webapp.kernel import errors
from webapp.sync.labels import REFUSALS
from webapp.sync.views import bp

errors.register(REFUSALS)

__all__ = ["bp"]

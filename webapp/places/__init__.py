"""Places of every kind: what they are, whose they are, and what may be done there."""

from webapp.kernel import errors
from webapp.places.labels import REFUSALS
from webapp.places.views import bp

errors.register(REFUSALS)
errors.constraint("uq_place_code", "place-code-taken", field="code")

__all__ = ["bp"]

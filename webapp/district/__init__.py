"""The district's own choices: its name, the disease, thresholds, risk areas and the regime in force."""

from webapp.district.labels import REFUSALS
from webapp.district.views import bp
from webapp.kernel import errors

errors.register(REFUSALS)

__all__ = ["bp"]

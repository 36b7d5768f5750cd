"""Units and task forces: who belongs where, who leads, who answers."""

from webapp.kernel import errors
from webapp.units.labels import REFUSALS
from webapp.units.views import bp

errors.register(REFUSALS)
errors.constraint("uq_unit_code", "unit-code-taken", field="code")

__all__ = ["bp"]

"""Checkpoints: who came, what was decided and why, who is inside."""

from flask import Flask

from webapp.checkpoints import offline as offline  # registers what may be recorded without a network
from webapp.checkpoints import rules
from webapp.checkpoints.labels import REFUSALS
from webapp.checkpoints.views import bp
from webapp.kernel import errors

errors.register(REFUSALS)
errors.constraint("uq_visit_inside_identity", "already-inside")


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        masked_name=lambda text: rules.mask_name(text or ""),
        masked_number=rules.mask_number,
        masked_phone=rules.mask_phone,
        masked_plate=rules.mask_plate,
    )
    app.jinja_env.tests["unusual_plate"] = lambda text: rules.plate_kind(text) is rules.PlateKind.OTHER


__all__ = ["bp"]

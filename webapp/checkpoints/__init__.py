"""Checkpoints: who came, what was decided and why, who is inside."""

from flask import Flask

from webapp.checkpoints import offline as offline  # registers what may be recorded without a network
from webapp.checkpoints import rules
from webapp.checkpoints.labels import REFUSALS
from webapp.checkpoints.views import bp
from webapp.kernel import errors, personal

errors.register(REFUSALS)
errors.constraint("uq_visit_inside_identity", "already-inside")


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        masked_name=personal.mask_name,
        masked_number=personal.mask_number,
        masked_phone=personal.mask_phone,
        masked_plate=personal.mask_plate,
    )
    app.jinja_env.tests["unusual_plate"] = lambda text: rules.plate_kind(text) is rules.PlateKind.OTHER


__all__ = ["bp"]

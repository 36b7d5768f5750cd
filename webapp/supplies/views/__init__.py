"""Pages of supplies."""

from flask import Blueprint

from webapp.supplies import labels

bp = Blueprint("supplies", __name__, url_prefix="/supplies")

for _word in (labels.amount, labels.amount_in, labels.item_name, labels.lot_name, labels.measure_name):
    bp.add_app_template_global(_word)

from webapp.supplies.views import contradictions, counter, dated, items, ledger, lots, slips  # noqa: E402,F401  they register their views on bp

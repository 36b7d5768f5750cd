"""What people do at the gate: let in, send back, refer; note who leaves; take back what was pressed by mistake."""

from webapp.checkpoints.service.arrivals import VISIT_IN, admit_visitor, note_search, reveal
from webapp.checkpoints.service.departures import VISIT_OUT, note_departure, undo_departure
from webapp.checkpoints.service.undoing import VISIT_UNDO, undo_arrival

__all__ = [
    "VISIT_IN",
    "VISIT_OUT",
    "VISIT_UNDO",
    "admit_visitor",
    "note_departure",
    "note_search",
    "reveal",
    "undo_arrival",
    "undo_departure",
]

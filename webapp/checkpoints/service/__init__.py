"""Transactions of the gate: arrivals, departures, and their undoing."""

from webapp.checkpoints.service.arrivals import admit_visitor, note_search, prepare_arrival
from webapp.checkpoints.service.departures import note_departure, undo_departure
from webapp.checkpoints.service.purging import entries_along, forget_identities
from webapp.checkpoints.service.undoing import undo_arrival

__all__ = [
    "admit_visitor",
    "entries_along",
    "forget_identities",
    "note_departure",
    "note_search",
    "prepare_arrival",
    "undo_arrival",
    "undo_departure",
]

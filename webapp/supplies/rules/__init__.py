"""What a scanned code says, what a quantity is, what may be issued. Pure."""

from webapp.supplies.rules.codes import ScannedCode, item_label, lot_label, scan
from webapp.supplies.rules.stock import (
    SOON_DAYS,
    TAKES_EXPIRED,
    Candidate,
    Category,
    Expiry,
    Measure,
    Pick,
    Proposal,
    Reason,
    SlipKind,
    expiry_of,
    propose,
    reasons_of,
    split,
    steps_of,
)

__all__ = [
    "SOON_DAYS",
    "TAKES_EXPIRED",
    "Candidate",
    "Category",
    "Expiry",
    "Measure",
    "Pick",
    "Proposal",
    "Reason",
    "ScannedCode",
    "SlipKind",
    "expiry_of",
    "item_label",
    "lot_label",
    "propose",
    "reasons_of",
    "scan",
    "split",
    "steps_of",
]

"""Transactions of people and devices on deferred entries."""

from webapp.sync.service.answers import Answer
from webapp.sync.service.contact import Contact, greet
from webapp.sync.service.delivery import accept_all
from webapp.sync.service.files import deliver_file, read_file
from webapp.sync.service.grants import Granted, end_grants_of, grant, is_live, reinstate, revoke_grants, standing_of
from webapp.sync.service.photos import accept_photo
from webapp.sync.service.purging import Envelopes
from webapp.sync.service.settling import correct, give_up, release, set_aside
from webapp.sync.service.signatures import Signed
from webapp.sync.service.sweeping import sweep

__all__ = [
    "Answer",
    "Contact",
    "Envelopes",
    "Granted",
    "Signed",
    "accept_all",
    "accept_photo",
    "correct",
    "deliver_file",
    "end_grants_of",
    "give_up",
    "grant",
    "greet",
    "is_live",
    "read_file",
    "reinstate",
    "release",
    "revoke_grants",
    "set_aside",
    "standing_of",
    "sweep",
]

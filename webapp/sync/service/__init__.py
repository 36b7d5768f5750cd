"""What people and devices do with entries that come later. Each call is one transaction."""

from webapp.sync.service.contact import Contact, greet
from webapp.sync.service.delivery import Answer, accept
from webapp.sync.service.grants import Granted, grant, revoke_grants
from webapp.sync.service.photos import accept_photo
from webapp.sync.service.settling import correct, release, resolve, set_aside

__all__ = [
    "Answer",
    "Contact",
    "Granted",
    "accept",
    "accept_photo",
    "correct",
    "grant",
    "greet",
    "release",
    "resolve",
    "revoke_grants",
    "set_aside",
]

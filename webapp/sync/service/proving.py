"""Checks that an envelope is from its author and was recorded while they were permitted to."""

import hmac
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable
from uuid import UUID

from webapp.accounts.queries import Locked
from webapp.sync.models import AuthorGrant
from webapp.sync.rules import Bounds, Doubt, Envelope, Occurrence

FindLocked = Callable[[UUID], Locked | None]


def doubt_of(
    envelope: Envelope, granted: AuthorGrant | None, bounds: Bounds | None, when: Occurrence, locked: FindLocked
) -> Doubt | None:
    """Why an envelope needs a review; None if its proof holds."""
    holders = (granted.person_id, granted.device_id) if granted else None
    if granted is None or bounds is None or holders != (envelope.author, envelope.device):
        return Doubt.UNKNOWN_GRANT
    if not _is_signed(envelope, granted):
        return Doubt.WRONG_PROOF
    return Doubt.ENDED_GRANT if _has_ended(granted, bounds, when, locked) else None


def _is_signed(envelope: Envelope, granted: AuthorGrant) -> bool:
    try:
        mac = b64decode(envelope.mac, validate=True)
    except (ValueError, NotBase64):
        return False
    return hmac.compare_digest(mac, hmac.digest(bytes.fromhex(granted.key), envelope.proof, "sha256"))


def _has_ended(granted: AuthorGrant, bounds: Bounds, when: Occurrence, locked: FindLocked) -> bool:
    """Whether the author's permission had ended when they recorded the entry.

    After a device was revoked or a person disabled, only an announcement by an earlier contact counts. Otherwise the
    device's time decides if it can be right, since a changed password does not make a record false.
    """
    author = locked(granted.person_id)
    bars = [bar for bar in (granted.barred_at, author.disabled_at if author else None) if bar]
    if author is None or (bars and (bounds.announced_at is None or bounds.announced_at > min(bars))):
        return True
    ends = min(granted.expires_at, granted.revoked_at or granted.expires_at)
    return not when.is_outside and when.at > ends

"""Web push (RFC 8030): what a device is sent, by the client of the robots."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from webapp.alerts.channels.addresses import Undelivered
from webapp.alerts.channels.coding import encrypted, point_of, signed, unwritten
from webapp.alerts.channels.posting import post

_GONE = (404, 410)
_SIGNED_FOR = timedelta(hours=12)
_KEPT_S = 4 * 3600  # by the push service, for a device that is off


@dataclass(frozen=True, slots=True)
class Notice:
    """What a device shows: words of a rule and a path of this application, nothing about a person or place.

    A later notice with the same `tag` replaces the earlier one. A test names where it reports that it arrived.
    """

    title: str
    body: str
    url: str
    tag: str
    arrived: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Signer:
    """Our key, and the contact that push services are given."""

    key: ec.EllipticCurvePrivateKey
    contact: str

    @property
    def public(self) -> bytes:
        """The public key, to which browsers subscribe."""
        return point_of(self.key)

    def authorization(self, endpoint: str, at: datetime) -> str:
        """The header by which the push service knows the sender."""
        parts, ends = urlsplit(endpoint), int((at + _SIGNED_FOR).timestamp())
        return signed({"aud": f"{parts.scheme}://{parts.netloc}", "exp": ends, "sub": self.contact}, self.key)


def send(
    secret: Mapping[str, Any], notice: Notice, by: Signer, at: datetime, *, is_urgent: bool, may_be_inside: bool
) -> str:
    """What the push service answered. Raises Undelivered; `gone` if the subscription has ended."""
    content = json.dumps({name: text for name, text in asdict(notice).items() if text}, ensure_ascii=False)
    try:
        body = encrypted(content.encode(), unwritten(secret["p256dh"]), unwritten(secret["auth"]))
    except ValueError as error:
        raise Undelivered("gone") from error
    headers = {
        "Authorization": by.authorization(secret["endpoint"], at),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(_KEPT_S),
        "Urgency": "high" if is_urgent else "normal",
    }
    status, raw = post(secret["endpoint"], body, headers, may_be_inside=may_be_inside)
    words = f"{status} {raw.decode('utf-8', 'replace')}".strip()
    if status in _GONE:
        raise Undelivered("gone", words)
    if 300 <= status < 400:
        raise Undelivered("redirect", words)
    if not 200 <= status < 300:
        raise Undelivered("status", words)
    return words

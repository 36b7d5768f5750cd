"""The form of a device's subscription, and what is an address."""

from typing import Any
from urllib.parse import urlsplit

from webapp.alerts.channels.coding import unwritten
from webapp.kernel import forms


class DeviceForm(forms.Form):
    """The subscription that a browser gives: endpoint, its public key and its secret, as base64url."""

    endpoint = forms.hidden(maximum=1000)
    p256dh = forms.hidden(maximum=100)
    auth = forms.hidden(maximum=40)

    def validate(self, extra_validators: Any = None) -> bool:
        """Also whether the keys are such (P-256 uncompressed, 16 bytes)."""
        is_good = super().validate(extra_validators) and is_address(self.endpoint.data or "")
        return is_good and _is_point(self.p256dh.data or "") and len(_bytes(self.auth.data or "")) == 16

    @property
    def secret(self) -> dict[str, str]:
        return {name: self[name].data for name in ("endpoint", "p256dh", "auth")}

    @property
    def host(self) -> str:
        return urlsplit(self.endpoint.data).hostname or ""


def _is_point(text: str) -> bool:
    key = _bytes(text)
    return len(key) == 65 and key[0] == 4


def _bytes(text: str) -> bytes:
    try:
        return unwritten(text)
    except ValueError:
        return b""


def is_address(text: str) -> bool:
    """Whether a text is the whole address of a server, without a name and password."""
    try:
        parts = urlsplit(text)
        is_good = parts.scheme in ("https", "http") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
    return is_good and text.isascii() and " " not in text and not (parts.username or parts.password)

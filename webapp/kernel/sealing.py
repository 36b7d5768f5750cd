"""Encryption of personal data at rest, and blind indexes for exact search.

AES-256-GCM with a random 96-bit nonce; the purpose (table.column) is bound as associated data, so that a sealed
value that was moved to another column cannot be decrypted. The key is a file in the instance folder.
"""

import hashlib
import hmac
import os
from base64 import urlsafe_b64encode
from binascii import a2b_base64
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app

from webapp.kernel.personal import compared

_PREFIX = "s1."
_NONCE = 12


class Unreadable(ValueError):
    """A sealed value cannot be decrypted: sealed with another key, or changed."""


class KeyMissing(RuntimeError):
    """The key file is missing. Only `migrate` creates it, because a new key cannot decrypt existing values."""


class Keyring:
    """The keys of an installation, derived from one secret that is read on first use. Raises KeyMissing."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def _secret(self) -> bytes:
        try:
            return bytes.fromhex(self.path.read_text(encoding="ascii").strip())
        except FileNotFoundError:
            raise KeyMissing(f"{self.path} is missing") from None

    @cached_property
    def _seal(self) -> AESGCM:
        return AESGCM(hmac.digest(self._secret, b"frontline seal", "sha256"))

    @cached_property
    def _blind(self) -> bytes:
        return hmac.digest(self._secret, b"frontline blind", "sha256")

    @cached_property
    def push(self) -> bytes:
        """32 bytes of which the key for web push is made (VAPID), so that every host has the same one."""
        return hmac.digest(self._secret, b"frontline push", "sha256")

    @property
    def check(self) -> str:
        """A digest by which two hosts compare their keys without revealing them."""
        return hmac.digest(self._secret, b"frontline check", "sha256").hex()

    def seal(self, text: str, purpose: str) -> str:
        nonce = os.urandom(_NONCE)
        return _PREFIX + urlsafe_b64encode(nonce + self._seal.encrypt(nonce, text.encode(), purpose.encode())).decode()

    def open(self, sealed: str, purpose: str) -> str:
        try:
            raw = a2b_base64(sealed.removeprefix(_PREFIX).replace("-", "+").replace("_", "/"))
            return self._seal.decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise Unreadable(purpose) from error

    def blind(self, text: str, purpose: str) -> str:
        return hmac.new(self._blind, f"{purpose}\0{compared(text)}".encode(), hashlib.sha256).hexdigest()


def new_salt() -> str:
    """16 random bytes as hex, to be stored sealed beside the hash that they key."""
    return os.urandom(16).hex()


def keyed_hash(text: str, salt: str) -> str:
    """A hash that recognises a typed text and reveals nothing without its salt.

    A plain hash of a telephone number can be reversed by trying all numbers.
    """
    return hmac.new(bytes.fromhex(salt), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def keyring() -> Keyring:
    """The keyring of the running application."""
    ring: Keyring = current_app.extensions["frontline_keyring"]
    return ring


def is_key_here() -> bool:
    """Whether the key file exists where the next start reads it."""
    return keyring().path.is_file()


def blind(text: str | None, purpose: str) -> str | None:
    """A keyed digest for finding equal values without decrypting them; None for None."""
    return keyring().blind(text, purpose) if text and compared(text) else None


def init_app(app: Flask) -> None:
    app.extensions["frontline_keyring"] = Keyring(Path(app.config["INSTANCE"]) / "keys" / "data.key")

"""The session cookie, as Flask signs it: the key that signs it is derived once and not for every request."""

from functools import lru_cache
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import TimestampSigner


class _Signer(TimestampSigner):
    def derive_key(self, secret_key: Any = None) -> bytes:
        return _derived(secret_key or self.secret_keys[-1], self.salt, self.key_derivation, self.digest_method)


@lru_cache(maxsize=8)
def _derived(secret_key: bytes, salt: bytes, key_derivation: str, digest_method: Any) -> bytes:
    return TimestampSigner(secret_key, salt, b".", key_derivation, digest_method).derive_key()


class _Sessions(SecureCookieSessionInterface):
    def get_signing_serializer(self, app: Flask) -> Any:
        serializer = super().get_signing_serializer(app)
        if serializer is not None:
            serializer.signer = _Signer
        return serializer


def init_app(app: Flask) -> None:
    app.session_interface = _Sessions()

"""A browser's side of web push: it opens what it is sent (RFC 8188, RFC 8291), and reads who signed (RFC 8292)."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()


def _text(raw):
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _raw(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Browser:
    """A subscription at the sink: `fields` are what its page posts."""

    def __init__(self, url):
        self.key, self.auth = ec.generate_private_key(CURVE), b"sixteen bytes ok"
        self.point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.fields = {"endpoint": f"{url}/push/secret-path", "p256dh": _text(self.point), "auth": _text(self.auth)}

    def opened(self, body):
        """The JSON of a push."""
        salt, length = body[:16], body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender))
        info = b"WebPush: info\x00" + self.point + sender
        mixed = HKDF(hashes.SHA256(), 32, self.auth, info).derive(shared)
        key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(mixed)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(mixed)
        content, mark = AESGCM(key).decrypt(nonce, sealed, None).rsplit(b"\x02", 1)
        assert mark == b"", "nothing but padding follows"
        return json.loads(content)


def claims_of(header):
    """The claims of an Authorization header whose signature holds, and the public key as its text."""
    token, key = (part.partition("=")[2] for part in header.removeprefix("vapid ").split(", "))
    signed, _dot, signature = token.rpartition(".")
    raw = _raw(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    public = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, _raw(key))
    public.verify(encode_dss_signature(r, s), signed.encode(), ec.ECDSA(hashes.SHA256()))
    return json.loads(_raw(signed.partition(".")[2])), key

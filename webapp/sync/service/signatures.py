"""Signatures of devices, which sign each contact with a non-extractable key (docs/offline.md)."""

from base64 import b64decode
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

CONTACT = "frontline.contact.v1"
LONGEST_KEY = 200  # base64 characters; a key on P-256 has 124


@dataclass(frozen=True, slots=True)
class Signed:
    """A received call: path, body, and a signature over both (base64 of r and s, 32 bytes each)."""

    path: str
    body: bytes
    signature: str

    def is_by(self, key: Any) -> bool:
        """Whether it was signed with the private key of this public key (base64 of a SubjectPublicKeyInfo, P-256)."""
        if not isinstance(key, str) or len(key) > LONGEST_KEY:
            return False
        try:
            public = load_der_public_key(b64decode(key, validate=True))
            parts = b64decode(self.signature, validate=True)
            if (
                not isinstance(public, ec.EllipticCurvePublicKey)
                or public.curve.name != "secp256r1"
                or len(parts) != 64
            ):
                return False
            r, s = int.from_bytes(parts[:32], "big"), int.from_bytes(parts[32:], "big")
            head = f"{CONTACT}\n{self.path}\n".encode()
            public.verify(encode_dss_signature(r, s), head + self.body, ec.ECDSA(SHA256()))
        except (ValueError, InvalidSignature, UnsupportedAlgorithm):
            return False
        return True

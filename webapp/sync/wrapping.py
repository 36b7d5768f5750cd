"""The key of an envelope, wrapped for the server (docs/offline.md), and the server's key pairs of both kinds.

Version 2: an ephemeral key agreement on P-256 (ECDH, HKDF with SHA-256, AES-256-GCM). Version 1: RSA-3072 with OAEP
(SHA-256), for devices that got no P-256 key or whose browser cannot do it; opening one costs ten times as much.
"""

from base64 import b64encode
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
RSA, AGREEMENT = 1, 2  # the versions of an envelope, one for each kind of key pair
_OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
_BITS = 3072
_POINT, _SEALED = 65, 48  # bytes: an uncompressed point of P-256; a key of 32 bytes and its tag
_KEY, _NONCE = 32, 12


def make(version: int) -> Private:
    """A new key pair for envelopes of this version."""
    if version == AGREEMENT:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=_BITS)


@lru_cache(maxsize=16)
def load(pem: bytes) -> Private:
    """The private key in a file. Raises TypeError for a kind that no envelope is sealed with, ValueError for none."""
    key = serialization.load_pem_private_key(pem, password=None)
    if isinstance(key, rsa.RSAPrivateKey):
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise TypeError("an envelope key is an RSA or a P-256 key")


def version_of(private: Private) -> int:
    """The version of the envelopes that a key pair opens."""
    return RSA if isinstance(private, rsa.RSAPrivateKey) else AGREEMENT


def unwrap(private: Private, version: int, wrapped: bytes, key_id: str, uuid: UUID) -> bytes | None:
    """The AES key of an envelope; None if it was not wrapped in this version for this key pair and this envelope."""
    try:
        if version == RSA and isinstance(private, rsa.RSAPrivateKey):
            return private.decrypt(wrapped, _OAEP)
        if version == AGREEMENT and isinstance(private, ec.EllipticCurvePrivateKey):
            return _agreed(private, wrapped, key_id, uuid)
    except (ValueError, InvalidTag):
        pass
    return None


def _agreed(private: ec.EllipticCurvePrivateKey, wrapped: bytes, key_id: str, uuid: UUID) -> bytes:
    """Raises ValueError for a wrong length or a point that is not on the curve, InvalidTag for all else."""
    if len(wrapped) != _POINT + _SEALED:
        raise ValueError("the length of a wrapped key")
    point, sealed = wrapped[:_POINT], wrapped[_POINT:]
    secret = private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point))
    about = binding(key_id, point, uuid)
    bits = HKDF(hashes.SHA256(), _KEY + _NONCE, salt=None, info=about).derive(secret)
    return AESGCM(bits[:_KEY]).decrypt(bits[_KEY:], sealed, None)


def binding(key_id: str, point: bytes, uuid: UUID) -> bytes:
    """What a wrapped key of version 2 belongs to: version, server's key, device's ephemeral key, entry."""
    return "\n".join(("frontline.key.v2", key_id, b64encode(point).decode(), str(uuid))).encode()

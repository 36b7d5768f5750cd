"""A device in Python that seals entries like the browser, with the author's proof (docs/offline.md)."""

import hashlib
import hmac
import json
import os
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from werkzeug.datastructures import MultiDict

from webapp.kernel.database import transaction
from webapp.sync.models import AuthorGrant

HEADERS = {"X-Frontline-Sync": "1"}
OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


def text(raw):
    return b64encode(raw).decode()


def stamp(moment=None):
    return (moment or datetime.now(UTC)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def agreed(server, key, key_id, uuid):
    """A key wrapped by a key agreement with the server's public key."""
    own = ec.generate_private_key(ec.SECP256R1())
    form = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    point = own.public_key().public_bytes(*form)
    about = f"frontline.key.v2\n{key_id}\n{text(point)}\n{uuid}".encode()
    bits = HKDF(hashes.SHA256(), 44, salt=None, info=about).derive(own.exchange(ec.ECDH(), server))
    return point + AESGCM(bits[:32]).encrypt(bits[32:], key, None)


class Device:
    """A browser with a grant for the signed-in person of `client`.

    Entries are never older than their grant, so the grant of a test client is backdated by a week.
    """

    def __init__(self, client, since=timedelta(days=7)):
        self.client = client
        self.id = str(uuid4())
        self.seq = 0
        self.photos = {}
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.renew(since)

    def renew(self, since=timedelta()):
        self.granted = self.call("/sync/grants", {"device": self.id, "now": stamp(), "key": self.public_key}).json
        if since and hasattr(self.client, "application"):
            self.backdate(since)
        return self.granted

    def backdate(self, ago):
        """Make the grant older."""
        with self.client.application.app_context(), transaction() as session:
            grant = session.get(AuthorGrant, UUID(self.granted["grant"]))
            grant.issued_at -= ago
            grant.expires_at -= ago

    @property
    def public_key(self):
        return self.shown(self.key)

    @staticmethod
    def shown(key):
        """The public key as a device sends it."""
        form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        return text(key.public_key().public_bytes(*form))

    def call(self, path, body, client=None, key=None):
        """A signed call; `key`: signed with another key, False: unsigned."""
        raw = json.dumps(body).encode()
        headers = HEADERS | {"Content-Type": "application/json"}
        signed = {} if key is False else {"X-Frontline-Device": self.signature(path, raw, key)}
        return (client or self.client).post(path, data=raw, headers=headers | signed)

    def signature(self, path, raw, key=None):
        signed = f"frontline.contact.v1\n{path}\n".encode() + raw
        r, s = decode_dss_signature((key or self.key).sign(signed, ec.ECDSA(hashes.SHA256())))
        return text(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def seal(self, kind, fields, photos=(), uuid=None, captured_at=None, seq=None, version=2):
        """An envelope; `photos` are (field, bytes) pairs, stored sealed in `self.photos` by hash."""
        uuid = str(uuid or fields.get("uuid") or uuid4())
        self.seq = seq or self.seq + 1
        named = [{"field": f, "sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)} for f, raw in photos]
        pairs = fields.items(multi=True) if isinstance(fields, MultiDict) else fields.items()
        content = {"kind": kind, "fields": list(pairs), "photos": named, "salt": os.urandom(16).hex()}
        payload = json.dumps(content, ensure_ascii=False).encode()
        key, nonce = os.urandom(32), os.urandom(12)
        sealed_photos = []
        for photo, (_field, raw) in zip(named, photos, strict=True):
            own = os.urandom(12)
            self.photos[photo["sha256"]] = AESGCM(key).encrypt(own, raw, f"{uuid}/{photo['sha256']}".encode())
            sealed_photos.append({"sha256": photo["sha256"], "bytes": photo["bytes"], "nonce": text(own)})
        envelope = {
            "uuid": uuid,
            "kind": kind,
            "author": self.granted["person"],
            "grant": self.granted["grant"],
            "device": self.id,
            "seq": self.seq,
            "captured_at": captured_at or stamp(),
            "tz": "Asia/Shanghai",
            "app": "test",
            "sha256": hashlib.sha256(payload).hexdigest(),
            **self.wrapped(key, uuid, version),
            "nonce": text(nonce),
            "ciphertext": text(AESGCM(key).encrypt(nonce, payload, uuid.encode())),
            "photos": sealed_photos,
        }
        return self.sign(envelope)

    def wrapped(self, key, uuid, version):
        """The parts of an envelope of this version about its key."""
        server = self.granted["server_key" if version == 1 else "agreement_key"]
        public = serialization.load_der_public_key(b64decode(server["spki"]))
        wrapped = public.encrypt(key, OAEP) if version == 1 else agreed(public, key, server["id"], uuid)
        return {"v": version, "key_id": server["id"], "wrapped_key": text(wrapped)}

    def sign(self, envelope):
        proof = "\n".join(
            ("frontline.v1", *(str(envelope[n]) for n in ("uuid", "author", "device", "seq", "captured_at", "sha256")))
        )
        key = b64decode(self.granted["key"])
        return envelope | {"mac": text(hmac.digest(key, proof.encode(), "sha256"))}

    def batch(self, *envelopes, now=None):
        """The body that brings envelopes to /sync/envelopes."""
        about = {"device": self.id, "now": now or stamp(), "app": "test", "last_seq": self.seq}
        return about | {"waiting": len(envelopes), "envelopes": list(envelopes)}

    def send(self, *envelopes, client=None, now=None):
        """The outcomes of a batch."""
        answer = self.call("/sync/envelopes", self.batch(*envelopes, now=now), client)
        assert answer.status_code == 200, answer.text
        return answer.json["outcomes"]

    def send_photo(self, uuid, sha256, raw=None, announced=None):
        sealed = self.photos[sha256] if raw is None else raw
        headers = HEADERS | {"X-Frontline-Bytes": str(announced or len(sealed))}
        return self.client.put(f"/sync/photos/{uuid}/{sha256}", data=sealed, headers=headers)

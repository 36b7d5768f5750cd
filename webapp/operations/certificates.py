"""HTTPS for a trial on a local network: an own certificate authority, and a certificate for this server.

Offline recording, the camera and installation of the app need a secure context. Accepting a browser warning does not
give one (measured: the service worker is refused), so devices must trust the authority's certificate. In production a
reverse proxy with a public name terminates TLS instead.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3650
SERVER_DAYS = 397  # the maximum that browsers accept


@dataclass(frozen=True, slots=True)
class Issued:
    """Files in the instance folder: the authority that devices must trust, and the server's certificate and key."""

    authority: Path
    certificate: Path
    key: Path


def files(folder: Path) -> Issued:
    """The paths of the files in an instance folder, whether or not they exist."""
    tls = folder / "tls"
    return Issued(tls / "authority.crt", tls / "server.crt", tls / "server.key")


def issue(folder: Path, hosts: Sequence[str], at: datetime) -> Issued:
    """Create the authority if there is none, and a certificate for these names and addresses.

    Raises ValueError for a host that is neither a DNS name nor an address.
    """
    names = [_alternative(host) for host in hosts]
    issued = files(folder)
    issued.authority.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority_key, authority = _authority(issued.authority, at)
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(_name(hosts[0]), authority.subject, key.public_key(), at, SERVER_DAYS)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    certificate = (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    _keep(issued.key, _pem_of_key(key))
    issued.certificate.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM) + authority.public_bytes(serialization.Encoding.PEM)
    )
    return issued


def _authority(path: Path, at: datetime) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key_path = path.with_suffix(".key")
    if path.is_file() and key_path.is_file():
        kept = serialization.load_pem_private_key(key_path.read_bytes(), password=None)
        if isinstance(kept, ec.EllipticCurvePrivateKey):
            return kept, x509.load_pem_x509_certificate(path.read_bytes())
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name("Frontline local authority")
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        _builder(subject, subject, key.public_key(), at, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    _keep(key_path, _pem_of_key(key))
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return key, certificate


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, at: datetime, days: int
) -> x509.CertificateBuilder:
    begins = at - timedelta(hours=1)  # a device's clock may be slow
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        pass
    if not host.isascii() or not host.replace(".", "").replace("-", "").isalnum():
        raise ValueError(f"{host!r} is neither a host name nor an address.")
    return x509.DNSName(host)


def _pem_of_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _keep(path: Path, raw: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(raw)

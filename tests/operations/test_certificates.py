"""A certificate of one's own: a client that trusts the authority connects, another does not."""

import socket
import ssl
import threading
from datetime import UTC, datetime

import pytest

from webapp.operations import certificates


@pytest.fixture
def issued(tmp_path):
    return certificates.issue(tmp_path, ["frontline.test", "127.0.0.1"], datetime.now(UTC))


def shake(issued, host, trusted):
    """One TLS handshake with a server on loopback; gives the name the certificate was checked for."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(issued.certificate, issued.key)
    client = ssl.create_default_context(cafile=str(issued.authority) if trusted else None)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer():
            try:
                server.wrap_socket(listening.accept()[0], server_side=True).close()
            except (ssl.SSLError, OSError):
                return

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            with (
                socket.create_connection(listening.getsockname(), timeout=10) as plain,
                client.wrap_socket(plain, server_hostname=host) as secure,
            ):
                return secure.getpeercert()["subjectAltName"]
        finally:
            thread.join(timeout=10)


@pytest.mark.parametrize("host", ["frontline.test", "127.0.0.1"])
def test_whoever_trusts_the_authority_connects(issued, host):
    assert ("DNS", "frontline.test") in shake(issued, host, trusted=True)


@pytest.mark.parametrize(("host", "trusted"), [("frontline.test", False), ("other.test", True)])
def test_a_stranger_or_another_name_does_not(issued, host, trusted):
    with pytest.raises(ssl.SSLCertVerificationError):
        shake(issued, host, trusted)


def test_keys_are_the_owners_alone_and_the_authority_stays(tmp_path, issued):
    again = certificates.issue(tmp_path, ["frontline.test"], datetime.now(UTC))
    assert shake(again, "frontline.test", trusted=True)
    assert (issued.key.stat().st_mode & 0o777, issued.authority.with_suffix(".key").stat().st_mode & 0o777) == (
        0o600,
        0o600,
    )


@pytest.mark.parametrize("host", ["", "a b", "http://x", "区.test"])
def test_what_is_no_host_is_refused(tmp_path, host):
    with pytest.raises(ValueError, match="neither a host name"):
        certificates.issue(tmp_path, [host], datetime.now(UTC))

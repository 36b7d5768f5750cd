"""Copies, certificates and keys, as a person types them."""

import json
import ssl
import urllib.request


def test_a_backup_is_restored_into_another_folder_and_serves(frontline, tmp_path):
    assert frontline("migrate").code == 0
    assert frontline("create-administrator", "boss", "负责人", "--password", "correct horse 9").code == 0
    saved = frontline("backup", str(tmp_path / "copy"))
    assert saved.code == 0, saved.output
    named = json.loads((tmp_path / "copy" / "contents.json").read_text())["envelope_keys"]
    assert len(named) == 2
    assert [key_id for key_id in named if key_id not in saved.output] == []
    again = frontline("backup", str(tmp_path / "copy"))
    assert (again.code, "exists already" in again.output) == (1, True)
    fresh = str(tmp_path / "fresh")
    assert frontline("restore", str(tmp_path / "copy"), FRONTLINE_INSTANCE=fresh).code == 0
    taken = frontline("create-administrator", "boss", "x", "--password", "correct horse 9", FRONTLINE_INSTANCE=fresh)
    assert (taken.code, "username-taken" in taken.output) == (1, True)
    into_used = frontline("restore", str(tmp_path / "copy"))
    assert (into_used.code, "empty FRONTLINE_INSTANCE" in into_used.output) == (1, True)


def test_keys_are_rotated_and_the_old_one_stays(frontline):
    assert frontline("migrate").code == 0
    first = frontline("keys", "rotate")
    second = frontline("keys", "rotate")
    assert (first.code, second.code) == (0, 0)
    rsa, _or, agreement = first.output.split("seal with ")[1].split()[:3]
    kept = second.output.split("Kept:")[1]
    assert (rsa in kept, agreement in kept, rsa != agreement) == (True, True, True)


def test_https_without_a_certificate_is_told_how_to_get_one(refused):
    assert "./frontline certificate" in refused("serve", HTTPS="yes")


def test_a_certificate_needs_a_host(frontline):
    assert frontline("certificate").code == 2
    assert frontline("migrate").code == 0
    wrong = frontline("certificate", "no such host!")
    assert (wrong.code, "neither a host name" in wrong.output) == (1, True)


def test_a_server_of_ones_own_speaks_https_to_whoever_trusts_its_authority(frontline, environ, tmp_path):
    from tests.support.browser import Server

    assert frontline("migrate").code == 0
    assert frontline("certificate", "127.0.0.1").code == 0
    instance = tmp_path / "instance"
    server = Server(instance)
    server.environ |= {"HTTPS": "yes"}
    trusting = ssl.create_default_context(cafile=str(instance / "tls" / "authority.crt"))
    server.url = server.url.replace("http://", "https://")
    server.opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trusting))
    server.start("serve")
    try:
        with server.opener.open(f"{server.url}/sign-in", timeout=10) as answer:
            assert "max-age" in answer.headers["Strict-Transport-Security"]
            assert "__Host-frontline" in answer.headers["Set-Cookie"]
            assert "Secure" in answer.headers["Set-Cookie"]
    finally:
        server.stop()

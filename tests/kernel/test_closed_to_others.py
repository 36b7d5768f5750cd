"""What an address, a cookie, an edit form or a file of the instance must not give away or break."""

import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import masters
from tests.support.matrix import PUBLIC
from tests.test_access import ACCESS, pages
from webapp.accounts.models import Person
from webapp.accounts.rules import LONGEST_SIGN_IN
from webapp.config import Settings
from webapp.extensions import db
from webapp.kernel.access import Role
from webapp.kernel.assets import HTMX_CDN_URL
from webapp.kernel.journal import JournalRow
from webapp.kernel.security import content_security_policy
from webapp.operations.privacy import close_to_others
from webapp.places.models import Place

ROOT = Path(__file__).resolve().parents[2]
PHONE, MASKED = "13800138000", "138****8000"
ODD = ("endpoint", "_scheme", "_anchor", "_method", "_external", "values", "self", "filename", "format", "after")


@pytest.mark.parametrize("name", ODD)
def test_no_name_in_a_query_breaks_a_page(app, name):
    for role in masters.CAST:
        masters.person(app, role.value, role)
    clients, broken = {role.value: masters.signed_in(app, role.value) for role in masters.CAST}, {}
    for endpoint, path in pages(app).items():
        roles = ACCESS[endpoint]
        client = clients["administrator" if roles == PUBLIC else sorted(roles & set(clients))[0]]
        with client.get(path, query_string={name: "x"}) as answer:
            if answer.status_code >= 500:
                broken[endpoint] = answer.status_code
    assert broken == {}


def test_the_policy_names_the_one_file_of_the_cdn():
    scripts = re.search("script-src ([^;]*)", content_security_policy("cdn"))[1].split()
    assert [source for source in scripts if source.startswith("http")] == [HTMX_CDN_URL]
    assert HTMX_CDN_URL.endswith("/htmx.min.js")
    assert "http" not in content_security_policy("local")


def test_the_cookie_lives_as_long_as_the_session_on_the_server(app):
    masters.person(app, "auditor", Role.AUDITOR)
    fields = {"username": "auditor", "password": masters.PASSWORD}
    client = app.test_client()
    client.post("/sign-in", data=fields)
    cookie = client.get_cookie("frontline")
    assert app.permanent_session_lifetime == LONGEST_SIGN_IN
    assert cookie.expires is not None
    assert cookie.max_age is None or cookie.max_age == LONGEST_SIGN_IN.total_seconds()


def test_a_person_without_a_role_is_told_so_and_may_sign_out(stranger):
    page = stranger.get("/")
    assert page.status_code == 403
    assert "您还没有任何角色" in page.text
    assert 'action="/sign-out"' in page.text
    assert stranger.post("/sign-out").status_code == 303
    assert stranger.get("/").status_code == 401, "signed out"


def test_the_edit_form_of_a_person_keeps_the_number_masked(app, administrator):
    person = masters.person(app, "wang", Role.AUDITOR, phone=PHONE)
    page = administrator.get(f"/persons/{person}/edit")
    assert PHONE not in page.text
    assert MASKED in page.text
    fields = {"name": "王", "granted-0-role": "auditor", "granted-0-scope": "district"}

    def kept(**more):
        assert administrator.post(f"/persons/{person}/edit", data=fields | more).status_code == 303
        with app.app_context():
            return db.session.get(Person, person).phone

    assert kept() == PHONE
    assert kept(phone="13900139000") == "13900139000"
    assert kept(forgets_phone="y") is None
    with app.app_context():
        assert db.session.scalars(db.select(JournalRow).where(JournalRow.action == "person.phone-revealed")).all() == []


def test_the_edit_form_of_a_place_keeps_the_contacts_number_masked(app, administrator):
    place = masters.place(app, "P-01", contact_name="李四", contact_phone=PHONE)
    page = administrator.get(f"/places/{place}/edit")
    assert PHONE not in page.text
    assert MASKED in page.text
    fields = {"code": "P-01", "name": "一号", "kind": "hospital", "contact_name": "李四"}

    def kept(**more):
        assert administrator.post(f"/places/{place}/edit", data=fields | more).status_code == 303
        with app.app_context():
            return db.session.get(Place, place).contact_phone

    assert kept() == PHONE
    assert kept(contact_phone="13900139000") == "13900139000"
    assert kept(forgets_phone="y") is None


def test_a_foreign_origin_is_refused_with_both_addresses_named_and_logged(client, caplog):
    caplog.set_level(logging.WARNING)
    headers = {"Origin": "https://district.example:8443", "Accept": "text/html"}
    answer = client.post("/sign-in", data={"username": "a", "password": "b"}, headers=headers)
    assert answer.status_code == 403
    for address in ("https://district.example:8443", "http://localhost"):
        assert address in answer.text
        assert address in caplog.text
    assert "您没有这项权限" not in answer.text


def modes(folder):
    return {path.relative_to(folder).as_posix(): path.stat().st_mode & 0o777 for path in folder.rglob("*")}


def test_an_instance_is_readable_by_its_own_user_only(tmp_path):
    instance = tmp_path / "instance"
    env = {"PATH": os.environ["PATH"], "FRONTLINE_INSTANCE": str(instance), "ASSETS": "local"}
    subprocess.run(
        [sys.executable, "-m", "webapp", "migrate"], cwd=ROOT, env=env, umask=0o022, check=True, capture_output=True
    )
    assert instance.stat().st_mode & 0o777 == 0o700
    assert "frontline.db" in modes(instance)
    assert {name: oct(mode) for name, mode in modes(instance).items() if mode & 0o077} == {}


def test_an_instance_that_stood_open_is_closed(tmp_path):
    before = os.umask(0o022)
    try:
        for part in ("keys", "uploads"):
            (tmp_path / part).mkdir()
        (tmp_path / "uploads" / "photo").write_bytes(b"x")
        tmp_path.chmod(0o755)
        close_to_others(tmp_path)
        Settings.from_environ({"FRONTLINE_INSTANCE": str(tmp_path)})
        assert {name: oct(mode) for name, mode in modes(tmp_path).items() if mode & 0o077} == {}
        assert tmp_path.stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)


def test_a_folder_that_is_no_installation_keeps_its_modes(tmp_path):
    before = os.umask(0o022)
    try:
        home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
        (home / "uploads").mkdir(parents=True)
        for program in (home / "program", home / "uploads" / "program", elsewhere):
            program.write_bytes(b"x")
            program.chmod(0o755)
        kept = modes(tmp_path)
        close_to_others(home)
        assert modes(tmp_path) == kept
        (home / "keys").mkdir(mode=0o755)
        (home / "keys" / "link").symlink_to(elsewhere)
        close_to_others(home)
        found = {name: oct(modes(tmp_path)[name]) for name in ("elsewhere", "home", "home/program", "home/keys")}
        assert found == {"elsewhere": "0o755", "home": "0o755", "home/program": "0o755", "home/keys": "0o700"}
    finally:
        os.umask(before)

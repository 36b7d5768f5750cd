"""A live server of the demonstration district for each module, and devices with profiles on the disk."""

import shutil

import pytest

from tests.faults.browser.phone import Office, Phone
from tests.support.browser import Server


@pytest.fixture(scope="module")
def office(demo_template, tmp_path_factory):
    """The server of this module's tests, and what it keeps; every test counts its own uuids."""
    instance = tmp_path_factory.mktemp("office") / "instance"
    shutil.copytree(demo_template, instance)
    running = Server(instance).start("serve")
    yield Office(running)
    running.stop()


@pytest.fixture
def make_phone(chromium, office, tmp_path):
    """make_phone(username, name="phone"): an opened device with that person's grant on it (None: nobody's)."""
    phones = []

    def make_phone(username="inspector", name="phone", **options):
        phone = Phone(chromium.browser_type, tmp_path / name, office.server.url, **options)
        phones.append(phone)
        phone.open("/sign-in")
        if username:
            phone.sign_in(username)
        return phone

    yield make_phone
    for phone in phones:
        phone.close()


@pytest.fixture
def phone(make_phone):
    """An inspector's phone."""
    return make_phone("inspector")

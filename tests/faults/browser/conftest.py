"""The live server of the demonstration district, and devices with profiles on the disk."""

import pytest

from tests.faults.browser.phone import Office, Phone


@pytest.fixture(scope="module")
def office(demo_server, demo_template):
    """The server of this module's tests, and what it keeps; every test counts its own uuids."""
    demo_server.renew(demo_template)
    return Office(demo_server)


@pytest.fixture
def make_phone(chromium, office, installed, tmp_path):
    """make_phone(username, name="phone"): an opened device with that person's grant on it (None: nobody's)."""
    phones = []

    def make_phone(username="inspector", name="phone", **options):
        folder = installed(office.server.url, tmp_path / name)
        phone = Phone(chromium.browser_type, folder, office.server.url, **options)
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

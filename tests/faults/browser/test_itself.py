"""A device speaks for itself: its key is shown with its first grant, signs its contacts, and is not another's."""

from uuid import UUID

import pytest

NAME = "() => localStorage.getItem('frontline.device')"
# As a version before left it: a grant on a device that never showed a key.
OLDER = """async () => {
  const { read, put, remove } = await import(own('outbox/store.js'));
  const { shown, ...kept } = await read('keys', 'grant');
  await put('keys', kept);
  await remove('meta', 'device_keys');
}"""
RENEWED = """async () => {
  const { read } = await import(own('outbox/store.js'));
  return (await read('keys', 'grant'))?.shown === true;
}"""


@pytest.fixture
def known(office):
    """known(name): (has a key, last number, what waits) of a device as the server holds it."""

    def known(name):
        asked = "SELECT public_key IS NOT NULL, last_seq, waiting FROM device WHERE id = ?"
        return office.ask(asked, UUID(name).hex)[0]

    return known


def test_a_devices_key_is_shown_once_and_its_contacts_are_heard(phone, office, known):
    name = phone.page.evaluate(NAME)
    assert known(name) == (1, 0, 0)
    phone.go_offline()
    kept = phone.keep(office.checks(2))
    phone.go_online()
    phone.wait_until_empty()
    phone.flush()
    assert known(name) == (1, 2, 0)
    office.assert_exactly_once(kept)


def test_a_device_of_an_older_version_shows_its_key_with_the_next_page(phone, office, known):
    name = phone.page.evaluate(NAME)
    phone.page.evaluate(OLDER)
    office.change("UPDATE device SET public_key = NULL WHERE id = ?", UUID(name).hex)
    phone.page.goto("/today")
    phone.wait_for(RENEWED)
    assert phone.page.evaluate(NAME) == name
    assert known(name)[0] == 1


def test_a_device_that_lost_its_key_takes_another_name_and_delivers_what_waited(phone, office, known):
    name = phone.page.evaluate(NAME)
    phone.go_offline()
    kept = phone.keep(office.checks(2))
    phone.page.evaluate(OLDER)
    phone.go_online()
    phone.page.goto("/today")
    phone.wait_for(RENEWED)
    phone.wait_until_empty()
    fresh = phone.page.evaluate(NAME)
    assert fresh != name
    office.assert_exactly_once(kept)
    phone.flush()
    assert known(fresh) == (1, 0, 0)
    [later] = phone.keep(office.checks(1))
    assert later["seq"] == 1
    phone.flush()  # else with the next tick
    phone.wait_until_empty()
    phone.flush()
    assert known(fresh) == (1, 1, 0)

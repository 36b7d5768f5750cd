import pytest

from webapp.kernel.sealing import Unreadable, blind, keyring


@pytest.fixture(autouse=True)
def _context(app):
    with app.app_context():
        yield


def test_a_sealed_text_opens_only_in_its_own_column():
    sealed = keyring().seal("110105194912310021", "visit.id_number")
    assert "1101" not in sealed
    assert keyring().open(sealed, "visit.id_number") == "110105194912310021"
    with pytest.raises(Unreadable):
        keyring().open(sealed, "visit.phone")


def test_a_changed_byte_does_not_open():
    sealed = keyring().seal("13800138000", "person.phone")
    changed = sealed[:-3] + ("A" if sealed[-3] != "A" else "B") + sealed[-2:]
    with pytest.raises(Unreadable):
        keyring().open(changed, "person.phone")


def test_the_same_text_is_sealed_differently_each_time_but_found_by_one_index():
    ring = keyring()
    assert ring.seal("13800138000", "p") != ring.seal("13800138000", "p")
    assert blind("138-0013 8000", "p") == blind("13800138000", "p")
    assert blind("13800138001", "p") != blind("13800138000", "p")
    assert blind("13800138000", "q") != blind("13800138000", "p")


@pytest.mark.parametrize("nothing", [None, "", "  ", "-"])
def test_nothing_has_no_index(nothing):
    assert blind(nothing, "p") is None


def test_the_key_is_readable_by_its_owner_only(app):
    key = app.config["INSTANCE"] / "keys" / "data.key"
    assert key.stat().st_mode & 0o077 == 0

"""F16, F17, F18: the browser is killed, a tab is closed while sending, two tabs send at once."""

from tests.faults.browser.phone import assert_settled


def test_a_killed_browser_has_everything_that_was_kept(phone, office):
    phone.go_offline()
    kept = phone.keep(office.checks(12, photos=2))
    phone.kill()
    phone.open()
    phone.go_offline()
    phone.page.goto("/outbox")
    assert [row["uuid"] for row in phone.rows("queue")] == [one["uuid"] for one in kept]
    assert len(phone.rows("photos")) == 2
    assert office.known(kept) == []
    phone.context.clear_cookies()  # the session may have gone with the browser, or not: here it has
    phone.go_online()
    phone.sign_in("inspector")
    phone.wait_until_empty()
    assert_settled(phone, kept)
    office.assert_exactly_once(kept)

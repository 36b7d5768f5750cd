"""F16, F17, F18: the browser is killed, a tab is closed or reloaded while sending, two tabs or presses send at once."""

import json
from collections import Counter

import pytest

from tests.faults.browser.phone import assert_settled
from tests.support.shares import usual_and_long

pytestmark = pytest.mark.browser
ENVELOPES = "**/sync/envelopes"


def test_f16_a_killed_browser_has_everything_that_was_kept(phone, office):
    phone.go_offline()
    kept = phone.keep(office.checks(40, photos=4))
    phone.kill()
    phone.open()
    phone.go_offline()
    phone.page.goto("/outbox")
    assert [row["uuid"] for row in phone.rows("queue")] == [one["uuid"] for one in kept]
    assert len(phone.rows("photos")) == 4
    assert office.known(kept) == []
    phone.context.clear_cookies()  # the session may have gone with the browser, or not: here it has
    phone.go_online()
    phone.sign_in("inspector")
    phone.wait_until_empty()
    assert_settled(phone, kept)
    office.assert_exactly_once(kept)


@pytest.mark.parametrize("end", usual_and_long(["reload"], ["close"]))
def test_f17_a_tab_that_ends_while_the_server_answers_sends_again_and_nothing_is_doubled(phone, office, end):
    phone.go_offline()
    phone.page.goto("/outbox")
    kept = phone.keep(office.checks(26))
    calls = []

    def second_is_never_answered(route):
        calls.append(route)
        answer = route.fetch()  # the server has taken it
        if len(calls) == 1:
            route.fulfill(response=answer)

    phone.context.route(ENVELOPES, second_is_never_answered)
    phone.go_online()
    phone.wait_for_server(lambda: len(office.known(kept)) == 26)
    assert len(phone.rows("queue")) == 6, "the second batch has no answer"
    phone.context.unroute(ENVELOPES)
    if end == "close":
        page = phone.context.new_page()
        phone.page.close()
        phone.page = page
        page.goto("/outbox")
    else:
        phone.page.reload()
    phone.flush()
    phone.wait_until_empty()
    assert_settled(phone, kept)
    assert {row["outcome"]["outcome"] for row in phone.rows("sent")[-6:]} == {"same"}
    office.assert_exactly_once(kept)


def test_f18_two_tabs_send_nothing_twice(phone, office):
    phone.go_offline()
    phone.page.goto("/outbox")
    kept = phone.keep(office.checks(30))
    second = phone.context.new_page()
    second.goto("/outbox")
    posted = Counter()

    def count(request):
        if request.url.endswith("/sync/envelopes") and request.method == "POST":
            posted.update(one["uuid"] for one in json.loads(request.post_data)["envelopes"])

    phone.context.on("request", count)
    phone.go_online()  # both hear of it
    for page in (phone.page, second):
        page.evaluate('() => { import(own("outbox/sender.js")).then(({ flush }) => flush({ pressed: true })); }')
    phone.wait_until_empty()
    phone.wait_until_empty(page=second)
    assert posted == Counter(one["uuid"] for one in kept)
    assert_settled(phone, kept)
    office.assert_exactly_once(kept)


def test_f18_a_press_while_something_is_being_sent_is_not_lost(phone, office):
    phone.go_offline()
    phone.page.goto("/outbox")
    kept = phone.keep(office.checks(2))
    [first, second] = [one["uuid"] for one in kept]
    held, soon = [], {"tries": 0, "next_at": 0}
    phone.context.route(ENVELOPES, lambda route: route.continue_() if held else held.append(route))
    phone.context.route("**/sync/status", lambda route: route.abort())
    phone.go_online()
    phone.flush()  # in vain; whatever the page began by itself has ended then too
    phone.change("queue", first, soon)
    phone.change("queue", second, {"tries": 7, "next_at": phone.page.evaluate("() => Date.now() + 280000")})
    phone.change("meta", "sending", {"value": soon})
    phone.context.unroute("**/sync/status")
    phone.press(pressed=False)
    phone.wait_for_server(lambda: held)
    assert [one["uuid"] for one in json.loads(held[0].request.post_data)["envelopes"]] == [first]
    phone.press()
    held[0].continue_()
    phone.wait_until_empty()
    assert_settled(phone, kept)
    office.assert_exactly_once(kept)

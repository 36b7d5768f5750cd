"""F22: after signing out, with or without a network, nothing personal is left on the device; the queue is."""

import pytest

from tests.faults.browser.phone import assert_settled
from tests.support.shares import usual_and_long

pytestmark = pytest.mark.browser
NAME = "诸葛桂枝"
SHOWN = """() => document.documentElement.outerHTML
  + Array.from(document.querySelectorAll("input, textarea"), (one) => one.value).join()"""


def reveal(page, uuid):
    """The whole name, phone and document on the screen, for a reason."""
    page.goto(f"/checkpoints/visits/{uuid}")
    page.evaluate("() => document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
    page.locator("form[action$='/reveal'] [name=reason]").fill("流调核对")
    page.locator("form[action$='/reveal'] button").click()
    page.get_by_text(NAME).first.wait_for()


def used(make_phone, office):
    """A gate's tablet after a busy hour: a name typed and delivered, seen on a page, and five more waiting."""
    tablet = make_phone("gatekeeper")
    page = tablet.page
    gate = f"/checkpoints/{office.checkpoint()}/gate"
    entries = office.arrivals(6, ids=True, name=NAME)
    canaries = {NAME} | {value for one in entries for name, value in one["fields"] if name in ("phone", "id_number")}
    delivered = tablet.keep(entries[:1])
    tablet.flush()
    tablet.wait_until_empty()
    reveal(page, delivered[0]["uuid"])
    page.goto(gate)
    page.locator("form[data-kind='visit.in'] input[name=name]").press_sequentially(NAME)
    page.locator("form[data-kind='visit.in'] input[name=id_number]").press_sequentially(
        dict(entries[1]["fields"])["id_number"]
    )
    tablet.go_offline()
    waiting = tablet.keep(entries[1:])
    return tablet, gate, delivered, waiting, canaries


def leave(tablet, network):
    """By the button: on the person's own page, or on a page that opens without a network."""
    tablet.page.goto("/me" if network == "on" else "/outbox")
    tablet.page.locator("form[action$='/sign-out'] button").click()
    tablet.page.wait_for_url("**/sign-in*" if network == "on" else "**/offline*")


def assert_not_shown(tablet, page, canaries):
    """Not in the page, nor in its fields, once it has come to rest."""
    page.wait_for_load_state("networkidle")
    shown = tablet.ask(SHOWN, page)
    assert not any(canary in shown for canary in canaries), page.url


def assert_nothing_is_left(tablet, gate, waiting, canaries):
    page = tablet.page
    assert not any(tablet.rows(store) for store in ("keys", "drafts", "reference"))
    assert [row["uuid"] for row in tablet.rows("queue")] == [one["uuid"] for one in waiting]
    for _ in range(3):
        page.go_back()
        assert_not_shown(tablet, page, canaries)
    page.goto(gate)
    assert_not_shown(tablet, page, canaries)


@pytest.mark.parametrize("network", usual_and_long(["off"], ["on"]))
def test_f22_nothing_personal_stays_after_signing_out(make_phone, office, network):
    tablet, gate, delivered, waiting, canaries = used(make_phone, office)
    other = tablet.context.new_page()  # a second tab with a person's particulars open
    tablet.context.route("**/sync/envelopes", lambda route: route.abort())
    tablet.go_online()
    reveal(other, delivered[0]["uuid"])
    if network == "off":
        tablet.go_offline()
    leave(tablet, network)
    other.wait_for_url(lambda url: "/visits" not in url)
    assert_not_shown(tablet, other, canaries)
    assert_nothing_is_left(tablet, gate, waiting, canaries)
    tablet.close()
    assert tablet.holds(*canaries) == set()
    tablet.open()
    if network == "off":  # the first contact ends the session, before anything is sent
        tablet.page.goto("/")
        tablet.page.wait_for_url("**/sign-in*")
    tablet.sign_in("gatekeeper2")
    tablet.flush()
    tablet.wait_until_empty()
    assert_settled(tablet, delivered + waiting)
    office.assert_exactly_once(delivered + waiting)
    relays = {row[0] for row in office.known(waiting, "relay_id")}
    assert relays == {office.person("gatekeeper2")}


def test_f22_the_search_of_the_disk_finds_what_is_left_in_the_clear(make_phone):
    tablet = make_phone(None)
    tablet.page.evaluate(f"() => localStorage.setItem('left', '{NAME} 13955550188')")
    tablet.close()
    assert tablet.holds(NAME, "13955550188", "13955550189") == {NAME, "13955550188"}

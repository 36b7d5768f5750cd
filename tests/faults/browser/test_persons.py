"""F19, F21: the session ends, the person changes or is another one, while the device has no network."""

from contextlib import contextmanager
from uuid import UUID

import pytest
from playwright.sync_api import expect

from tests.faults.browser.phone import assert_settled
from tests.support.browser import sign_in
from webapp import create_app
from webapp.accounts import queries as accounts
from webapp.accounts import service as persons
from webapp.accounts.service.persons import Changes
from webapp.config import Settings
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Grant, Role

pytestmark = pytest.mark.browser


@contextmanager
def administrator_at(office):
    """The same installation from within, and its administrator: what happens while the device is away."""
    app = create_app(Settings.from_environ(office.server.environ))
    with app.app_context():
        by = accounts.actor_of(accounts.find_person(UUID(office.person("administrator"))))
        yield by
        db.session.remove()
        db.engine.dispose()


def away(phone, entries):
    """Kept without a network; gives what was kept."""
    phone.go_offline()
    phone.page.goto("/outbox")
    return phone.keep(entries)


def announce(phone, entries):
    """Entries that a contact has told of, and that have not been sent: a form still holds them meanwhile."""
    kept = away(phone, entries)
    held = phone.page.evaluate("() => Date.now() + 60000")
    for one in kept:
        phone.change("queue", one["uuid"], {"held_until": held})
    phone.go_online()
    phone.flush()
    for one in kept:
        phone.change("queue", one["uuid"], {"held_until": 0})
    return kept


def back_with_a_dead_session(phone, kept):
    """The network returns, the session does not: everything stays, and the device says what to do."""
    phone.go_online()
    phone.wait_for("() => document.querySelector('[data-outbox-state]').textContent.includes('登录')")
    assert [row["uuid"] for row in phone.rows("queue")] == [one["uuid"] for one in kept]
    assert phone.rows("sent") == []


def test_f19_an_ended_session_is_told_in_json_and_the_same_entries_finish_after_signing_in(phone, office):
    kept = away(phone, office.checks(4, photos=1))
    assert office.end_sessions("inspector") >= 1
    back_with_a_dead_session(phone, kept)
    said = phone.page.evaluate("""async () => {
      const headers = { "X-Frontline-Sync": "1", "Content-Type": "application/json" };
      const sent = { method: "POST", headers, body: "{}", redirect: "manual" };
      const answer = await fetch("/sync/envelopes", sent);
      return [answer.status, answer.type, await answer.json()];
    }""")
    assert said == [401, "basic", {"code": "sign-in"}]
    phone.sign_in("inspector")
    phone.wait_until_empty()
    assert_settled(phone, kept)
    office.assert_exactly_once(kept)


def test_f19_a_session_that_ends_between_probe_and_delivery_loses_nothing(phone, office):
    kept = away(phone, office.checks(3))

    def expire(route):
        office.end_sessions("inspector")
        route.continue_()

    phone.context.route("**/sync/envelopes", expire)
    back_with_a_dead_session(phone, kept)
    phone.context.unroute("**/sync/envelopes")
    phone.sign_in("inspector")
    phone.wait_until_empty()
    assert_settled(phone, kept)
    office.assert_exactly_once(kept)


@pytest.mark.long
def test_f19_a_password_changed_meanwhile_takes_nothing_from_what_was_recorded_before(make_phone, office):
    phone = make_phone("inspector2")
    kept = away(phone, office.checks(2))
    with administrator_at(office) as by:
        who = UUID(office.person("inspector2"))
        persons.reset_password(who, by=by, at=clock.now())
    back_with_a_dead_session(phone, kept)
    sign_in(phone.page, "inspector")  # whoever comes by next delivers it
    phone.page.goto("/")
    phone.wait_until_empty()
    assert_settled(phone, kept)
    office.assert_exactly_once(kept)
    assert {row[0] for row in office.known(kept, "author_id")} == {office.person("inspector2")}


@pytest.mark.long
def test_f19_of_a_person_who_was_moved_meanwhile_counts_what_had_been_announced(make_phone, office):
    """By the device's clock all of it was recorded before; only what the server knew of by then shows that."""
    phone = make_phone("gatekeeper4")
    gate = office.checkpoint("CP-03")
    announced = announce(phone, office.arrivals(1, place=gate))
    kept = away(phone, office.arrivals(1, place=gate))
    with administrator_at(office) as by:
        who = UUID(office.person("gatekeeper4"))
        elsewhere = (Grant(Role.GATEKEEPER, place_id=UUID(office.checkpoint("CP-01"))),)
        changes = Changes(name="调岗人员", post=None, phone=None, unit_id=None, language=None, grants=elsewhere)
        persons.change_person(who, changes, by=by, at=clock.now())
    phone.go_online()
    phone.wait_until_empty()
    assert_settled(phone, announced + kept)
    office.assert_exactly_once(announced)
    held = office.ask("SELECT sha256, state, reason FROM envelope WHERE uuid = ?", UUID(kept[0]["uuid"]).hex)
    assert held == [(kept[0]["sha256"], "review", "lost_role")]
    # From now on they record with a grant of their new post only.
    phone.page.goto("/")
    live = "SELECT count(*) FROM author_grant WHERE person_id = ? AND revoked_at IS NULL"
    phone.wait_for_server(lambda: office.one(live, office.person("gatekeeper4")) == 1)


def test_f19_what_a_disabled_person_recorded_goes_to_the_review_tray_and_is_not_lost(make_phone, office):
    phone = make_phone("inspector3")
    kept = away(phone, office.checks(2))
    with administrator_at(office) as by:
        persons.disable_person(UUID(office.person("inspector3")), by=by, at=clock.now())
    back_with_a_dead_session(phone, kept)
    sign_in(phone.page, "inspector")
    phone.wait_until_empty()
    assert_settled(phone, kept)
    assert office.known(kept) == [], "not applied by itself"
    for one in kept:
        held = office.ask("SELECT sha256, state, reason FROM envelope WHERE uuid = ?", UUID(one["uuid"]).hex)
        assert held == [(one["sha256"], "review", "ended_grant")]


def test_f21_the_next_person_on_a_tablet_delivers_what_the_first_recorded_and_sees_only_how_many(make_phone, office):
    tablet = make_phone("gatekeeper")
    name = "欧阳桂枝"
    entries = office.arrivals(20, name=name)
    phone_number = dict(entries[0]["fields"])["phone"]
    kept = away(tablet, entries)
    tablet.context.clear_cookies()  # the tablet lay there until the session was gone
    tablet.context.route("**/sync/envelopes", lambda route: route.abort())
    tablet.go_online()
    tablet.sign_in("gatekeeper2")
    badge = tablet.page.locator("[data-outbox-badge]:visible").first
    badge.wait_for()
    expect(badge).to_contain_text("20")
    for path in ("/", "/outbox"):
        tablet.page.goto(path)
        tablet.page.locator("[data-outbox-badge]:visible").first.wait_for()
        assert name not in tablet.page.content()
        assert phone_number not in tablet.page.content()
    assert len(tablet.rows("queue")) == 20
    tablet.context.unroute("**/sync/envelopes")
    tablet.flush()
    tablet.wait_until_empty()
    assert_settled(tablet, kept)
    office.assert_exactly_once(kept)
    author, relay = office.person("gatekeeper"), office.person("gatekeeper2")
    assert office.known(kept, "author_id, relay_id") == [(author, relay)] * 20

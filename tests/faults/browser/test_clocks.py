"""F23: a device's clock is two days off either way, or its zone is wrong: kept, flagged, corrected, never refused."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests.faults.browser.phone import Phone, assert_settled
from tests.faults.proxy import Line
from tests.support.shares import usual_and_long

pytestmark = pytest.mark.browser
NEAR = timedelta(minutes=2)


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "zone"), usual_and_long([(-49, "America/New_York")], [(49, "Asia/Shanghai"), (20, "Pacific/Apia")])
)
def test_f23_a_clock_that_is_off_is_shown_and_corrected_and_never_refused(make_phone, office, hours, zone):
    off = timedelta(hours=hours)
    phone = make_phone("inspector", timezone_id=zone)
    phone.page.clock.set_system_time(datetime.now(UTC) + off)
    phone.go_offline()
    phone.page.goto("/outbox")
    kept = phone.keep(office.checks(2))
    phone.go_online()
    phone.wait_until_empty()
    assert_settled(phone, kept)
    office.assert_exactly_once(kept)
    for one in kept:
        uuid = UUID(one["uuid"]).hex
        captured, received, skew = office.ask(
            "SELECT captured_at, received_at, skew_ms FROM entry WHERE uuid = ?", uuid
        )[0]
        assert moment(captured) == datetime.fromisoformat(one["captured_at"])
        assert abs(moment(captured) - datetime.now(UTC) - off) < NEAR
        assert abs(timedelta(milliseconds=skew) + off) < NEAR
        inspected = office.one("SELECT inspected_at FROM inspection WHERE id = ?", uuid)
        assert moment(received) - NEAR < moment(inspected) <= moment(received), "deadlines count from the true time"
        page = phone.page.request.get(f"/inspections/{one['uuid']}").text()
        assert ("设备时钟偏差过大" in page) is (abs(off) > timedelta(days=2))
        due = office.ask("SELECT due_at FROM inspection_finding WHERE inspection_id = ?", uuid)
        assert all(abs(moment(at) - moment(received)) < timedelta(days=60) for (at,) in due)


@pytest.mark.long
def test_f23_a_slow_upload_is_not_taken_for_a_wrong_clock(chromium, office, tmp_path):
    """A proxy collects the call for 7 s before the server sees it; the probe before it took milliseconds."""
    line = Line(office.server.port)
    phone = Phone(chromium.browser_type, tmp_path / "phone", line.url)
    try:
        phone.open("/sign-in")
        phone.sign_in("inspector")
        phone.go_offline()
        phone.page.goto("/outbox")
        kept = phone.keep(office.checks(2))
        began = datetime.now(UTC)
        line.slow = lambda method, path: 7 if (method, path) == ("POST", "/sync/envelopes") else 0
        phone.go_online()
        phone.wait_until_empty()
        assert datetime.now(UTC) - began > timedelta(seconds=7)
    finally:
        phone.close()
        line.close()
    office.assert_exactly_once(kept)
    for one in kept:
        uuid = UUID(one["uuid"]).hex
        [(skew, is_uncertain)] = office.ask("SELECT skew_ms, is_time_uncertain FROM entry WHERE uuid = ?", uuid)
        assert abs(skew) < 1000
        assert not is_uncertain
        inspected = moment(office.one("SELECT inspected_at FROM inspection WHERE id = ?", uuid))
        assert abs(inspected - datetime.fromisoformat(one["captured_at"])) < timedelta(seconds=1)


def test_f23_a_clock_that_is_put_right_again_does_not_hold_back_what_waits(phone, office):
    phone.page.goto("/outbox")
    phone.page.clock.set_system_time(datetime.now(UTC) + timedelta(days=3))
    phone.context.route("**/sync/**", lambda route: route.abort())
    kept = phone.keep(office.checks(2))
    phone.flush()
    assert all(row["tries"] for row in phone.rows("queue")), "tried in vain, with a clock that is days ahead"
    phone.page.clock.set_system_time(datetime.now(UTC))
    phone.context.unroute("**/sync/**")
    phone.flush(pressed=False)
    phone.wait_until_empty()
    assert_settled(phone, kept)
    office.assert_exactly_once(kept)


def test_f23_a_grant_holds_its_fourteen_days_by_whatever_clock_the_device_has(make_phone, office):
    phone = make_phone(None)
    phone.page.clock.set_system_time(datetime.now(UTC) + timedelta(days=30))
    phone.sign_in("inspector")
    phone.go_offline()
    kept = phone.keep(office.checks(1))
    phone.go_online()
    phone.wait_until_empty()
    assert_settled(phone, kept)
    office.assert_exactly_once(kept)

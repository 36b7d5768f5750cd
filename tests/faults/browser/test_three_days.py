"""F15: three days without a network, 500 records and 100 photos in the long run; then all of it arrives."""

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests.faults.browser.phone import assert_settled

pytestmark = pytest.mark.browser
STEPS, SECONDS = 25, 120


@pytest.mark.parametrize(("count", "photos"), [(125, 25), pytest.param(500, 100, marks=pytest.mark.long)])
def test_f15_three_days_of_records_arrive_complete_in_order_and_with_their_times(phone, office, count, photos):
    phone.go_offline()
    phone.page.goto("/offline/forms/inspection-hospital-wastewater")
    entries, kept, began = office.checks(count, photos=photos), [], datetime.now(UTC) - timedelta(hours=72)
    for step in range(STEPS):
        phone.page.clock.set_system_time(began + timedelta(hours=72) * step / STEPS)
        kept += phone.keep(entries[step * count // STEPS : (step + 1) * count // STEPS])
    phone.page.clock.set_system_time(datetime.now(UTC))
    assert [one["seq"] for one in kept] == list(range(kept[0]["seq"], kept[0]["seq"] + count))
    went = time.monotonic()
    phone.go_online()
    phone.wait_until_empty(SECONDS)
    assert time.monotonic() - went <= SECONDS
    assert_settled(phone, kept)
    office.assert_exactly_once(kept)
    marks = [UUID(one["uuid"]).hex for one in kept]
    arrived = dict(office.ask("SELECT uuid, rowid FROM envelope"))
    assert sorted(marks, key=arrived.__getitem__) == marks, "out of order"
    times = dict(office.ask("SELECT uuid, captured_at FROM entry"))
    told = [datetime.fromisoformat(times[uuid]).replace(tzinfo=UTC) for uuid in marks]
    assert told == [datetime.fromisoformat(one["captured_at"]) for one in kept]
    assert told[-1] - told[0] > timedelta(hours=68)
    pictures = office.one("SELECT count(*) FROM photo WHERE entry_uuid IN (SELECT uuid FROM envelope WHERE seq > 0)")
    assert pictures == photos

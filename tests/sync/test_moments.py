"""When an entry happened: its device's time, inside what the server knows; how far a device's clock is off."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from tests.support import masters
from tests.support.device import stamp
from webapp.extensions import db
from webapp.inspections.models import Inspection
from webapp.kernel.access import Role
from webapp.kernel.database import transaction
from webapp.kernel.entries import Entry
from webapp.sync import rules, service
from webapp.sync.models import Device, DeviceContact, ReceivedEnvelope
from webapp.sync.rules import Bounds, Occurrence

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
STEP = timedelta(microseconds=1)


def at(minutes, seconds=0.0):
    return NOON + timedelta(minutes=minutes, seconds=seconds)


# granted at -60; the last contact that did not know number 5 at -30 (it knew 3); the first that knew it (and 7) at -10
INSIDE = Bounds(at(-30), ahead=2, announced_at=at(-10), behind=2)
EARLIEST, LATEST = at(-30) + 2 * STEP, at(-10) - 2 * STEP


@pytest.mark.parametrize(
    ("captured", "skew_s", "happened", "is_outside"),
    [
        (at(-20), None, at(-20), False),
        (at(-20), 4.9, at(-20), False),
        (at(-20), -4.9, at(-20), False),
        (at(-20), 300, at(-15), False),
        (at(-20), -300, at(-25), False),
        (at(-30, -4), None, EARLIEST, False),
        (at(-30, -6), None, LATEST, True),
        (at(-10, 4), None, LATEST, False),
        (at(-10, 6), None, LATEST, True),
        (at(-20), 3600, LATEST, True),
        (at(-20), -3600, LATEST, True),
        (datetime(2001, 1, 1, tzinfo=UTC), None, LATEST, True),
        (None, None, LATEST, True),
    ],
)
def test_an_entry_counts_from_its_own_time_inside_the_bounds_and_from_the_later_edge_outside(
    captured, skew_s, happened, is_outside
):
    skew = None if skew_s is None else timedelta(seconds=skew_s)
    assert rules.occurrence(captured, skew, INSIDE, NOON) == Occurrence(happened, is_outside)


@pytest.mark.parametrize(("captured", "happened"), [(at(-5), at(-5)), (at(5), NOON), (at(-61), NOON)])
def test_what_no_contact_announced_happened_between_its_grant_and_its_arrival(captured, happened):
    found = rules.occurrence(captured, None, Bounds(at(-60)), NOON)
    assert found == Occurrence(happened, captured != happened)


def test_entries_held_at_the_same_edge_keep_the_order_of_their_numbers():
    told = [
        rules.occurrence(at(99), None, Bounds(at(-30), number, at(-10), 5 - number), NOON).at for number in range(1, 6)
    ]
    assert told == sorted(set(told))


@pytest.mark.parametrize(
    ("now_s", "claimed_s", "before_s", "skew_s"),
    [
        (0, None, None, 0),
        (-12, None, None, 12),  # nothing else is known of this clock
        (-12, 0.02, None, 0.02),  # the device measured it on small exchanges
        (-12, 13, None, 12),  # a call cannot have arrived before it was sent
        (-12, None, 0.1, 0.1),  # a call that took 12 s, by a clock that was right a while ago
        (-299, None, 0, 0),
        (-301, None, 0, 301),  # no call takes that long: the clock was put back
        (60, None, 0, -60),  # put forward
        (None, None, 7, 7),
        (None, None, None, None),
    ],
)
def test_the_way_of_a_call_is_not_taken_for_a_wrong_clock(now_s, claimed_s, before_s, skew_s):
    now = None if now_s is None else at(0, now_s)
    claimed, before, skew = (
        None if seconds is None else timedelta(seconds=seconds) for seconds in (claimed_s, before_s, skew_s)
    )
    assert rules.measured(now, NOON, claimed=claimed, before=before) == skew


@pytest.mark.parametrize(("now_s", "composed_s"), [(-12, -12), (-299, -299), (-400, -300), (5, 0), (None, 0)])
def test_a_contact_tells_of_the_moment_it_was_put_together(now_s, composed_s):
    now = None if now_s is None else at(0, now_s)
    assert rules.composed(now, NOON, timedelta()) == at(0, composed_s)


@pytest.mark.parametrize(
    ("numbers", "gaps", "needed"),
    [
        ([5], [], {0}),
        ([1, 2, 3], [], {2}),
        ([1, 2, 3], [(2, 2)], {0, 1, 2}),
        ([1, 2, 3, 4, 5], [(3, 3)], {1, 2, 4}),
        ([1, 2, 3, 4, 5], [(1, 1)], {0, 4}),
        ([4, 9, 1, 2], [], {1, 2, 3}),
        (list(range(1, 1002)), [(1, 1001)], set(range(501, 1001))),
    ],
)
def test_contacts_between_which_everything_arrived_are_not_needed(numbers, gaps, needed):
    assert rules.needed_contacts(numbers, gaps) == needed


def happened(app):
    with app.app_context():
        found = select(ReceivedEnvelope.occurred_at, ReceivedEnvelope.is_outside).order_by(ReceivedEnvelope.seq)
        return [tuple(row) for row in db.session.execute(found)]


def contact(app, device, ago, last_seq):
    """The device was in contact so long ago and announced a number."""
    device.call("/sync/envelopes", {"device": device.id, "now": stamp(), "last_seq": last_seq})
    with app.app_context(), transaction() as session:
        newest = session.scalar(select(func.max(DeviceContact.id)))
        moment = datetime.now(UTC) - ago
        session.execute(update(DeviceContact).where(DeviceContact.id == newest).values(first_at=moment, last_at=moment))
    return moment


def test_a_time_before_the_grant_counts_from_the_arrival_and_is_marked_on_record_and_device(app, device, check):
    envelope = device.seal("inspection", check(), captured_at="2001-01-01T00:00:00.000Z")
    assert device.send(envelope)[0]["outcome"] == "receipt"
    [(moment, is_outside)] = happened(app)
    assert is_outside
    assert abs(moment - datetime.now(UTC)) < timedelta(minutes=1)
    with app.app_context():
        assert db.session.scalars(select(Inspection.inspected_at)).one() == moment
        assert db.session.scalars(select(Entry.is_time_uncertain)).one()
        assert db.session.scalars(select(Device.odd_time_at)).one()
    assert "设备时间与服务器所知不符" in device.client.get(f"/inspections/{envelope['uuid']}").text
    assert "时间对不上" in masters.administrator(app).get(f"/sync/devices/{device.id}").text


def test_an_entry_lies_between_the_contacts_that_did_not_know_it_and_the_first_that_did(app, device, check):
    before = contact(app, device, timedelta(hours=3), 0)
    after = contact(app, device, timedelta(hours=1), 3)
    times = (timedelta(hours=2), timedelta(hours=4), timedelta(minutes=5))
    now = datetime.now(UTC)
    device.seq = 0
    device.send(*(device.seal("inspection", check(), captured_at=stamp(now - ago)) for ago in times))
    inside, early, late = happened(app)
    assert (inside[1], early[1], late[1]) == (False, True, True)
    assert abs(inside[0] - (now - times[0])) < timedelta(seconds=1)
    assert before < early[0] < late[0] == after


def test_what_arrives_later_happened_at_the_same_time(app, device, check):
    """The bounds do not depend on the delivery: another device of the same story delivers its last entry first."""
    contact(app, device, timedelta(hours=3), 0)
    after = contact(app, device, timedelta(hours=1), 2)
    first, second = (device.seal("inspection", check(), captured_at="2001-01-01T00:00:00Z", seq=n) for n in (1, 2))
    device.send(second)
    device.send(first)
    assert [moment for moment, _is_outside in happened(app)] == [after - STEP, after]


def test_a_wiped_device_counts_again_from_one_and_older_contacts_are_not_its(app, device, check):
    contact(app, device, timedelta(hours=3), 40)
    device.renew()
    device.seq = 0
    device.send(device.seal("inspection", check()))
    [(moment, is_outside)] = happened(app)
    assert not is_outside
    assert abs(moment - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(("is_announced", "outcome"), [(True, "receipt"), (False, "review")])
def test_of_somebody_disabled_counts_what_was_announced_before(app, device, check, ward, is_announced, outcome):
    envelope = device.seal("inspection", check())
    if is_announced:
        device.send()
    masters.person(app, "colleague", Role.GATEKEEPER)
    colleague = masters.signed_in(app, "colleague")
    boss = masters.administrator(app)
    boss.post(f"/persons/{ward.person_id}/disable")
    boss.post(f"/persons/{ward.person_id}/enable")  # the grant stays what it was
    assert device.send(envelope, client=colleague)[0]["outcome"] == outcome


@pytest.mark.parametrize(("is_announced", "outcome"), [(True, "receipt"), (False, "review")])
def test_a_role_that_was_lost_holds_for_what_was_announced_before(app, device, check, ward, is_announced, outcome):
    envelope = device.seal("inspection", check())
    if is_announced:
        device.send()
    other = {"name": "王", "granted-0-role": "auditor", "granted-0-scope": "district"}
    boss = masters.administrator(app)
    assert boss.post(f"/persons/{ward.person_id}/edit", data=other).status_code == 303
    told = device.send(envelope, client=boss)[0]
    assert told["outcome"] == outcome
    if not is_announced:
        assert told["code"] == "lost_role"
        with app.app_context():
            row_id = db.session.scalars(select(ReceivedEnvelope.id)).one()
        boss.post(f"/sync/envelopes/{row_id}/release", data={"note": "带班核实"})
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Inspection)) == 1


def test_a_role_that_is_still_held_is_not_lost_with_another(app, device, check, ward):
    envelope = device.seal("inspection", check())
    roles = {"granted-0-role": "inspector", "granted-0-scope": "district", "granted-1-role": "auditor"}
    boss = masters.administrator(app)
    data = {"name": "王", **roles, "granted-1-scope": "district"}
    assert boss.post(f"/persons/{ward.person_id}/edit", data=data).status_code == 303
    assert device.send(envelope, client=boss)[0]["outcome"] == "receipt"


def test_contacts_are_kept_once_for_a_number_and_swept_when_everything_arrived(app, device, check):
    for _ in range(4):
        device.send(device.seal("inspection", check()))
        device.send()
    device.seal("inspection", check())  # waits on the device
    device.send()

    def kept():
        with app.app_context():
            return db.session.scalars(select(DeviceContact.last_seq).order_by(DeviceContact.last_seq)).all()

    assert kept() == [1, 2, 3, 4, 5]
    with app.app_context():
        service.sweep(datetime.now(UTC))
    assert kept() == [4, 5]

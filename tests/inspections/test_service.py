"""An inspection as it is kept: judged here, frozen, with its findings, once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from tests.support import masters
from webapp.accounts import queries as accounts
from webapp.district import service as district
from webapp.district.queries import preferences
from webapp.district.rules import Regime
from webapp.extensions import db
from webapp.inspections import pages, queries
from webapp.inspections.figures import FIGURES
from webapp.inspections.models import Inspection, InspectionFinding, InspectionReading
from webapp.inspections.rules import FindingState, Outcome, Severity
from webapp.kernel import clock
from webapp.kernel.access import Grant, Role
from webapp.kernel.entries import Entry, EntryConflict
from webapp.kernel.errors import Refusal
from webapp.kernel.figures import number_of
from webapp.places import service as places
from webapp.places.rules import Institution, PlaceKind
from webapp.standards.rules import Verdict

TANK = {"chlorine_tank__quantity": "total", "disinfectant": "chlorine"}


@pytest.fixture(autouse=True)
def _context(app, ward):
    with app.app_context():
        yield


def inspection_of(delivery):
    assert delivery.receipt, delivery.form.errors
    return db.session.get_one(Inspection, delivery.receipt.uuid)


def reading_of(delivery, item="chlorine_tank"):
    return {reading.item: reading for reading in inspection_of(delivery).readings}[item]


def findings_of(delivery):
    return {finding.item: finding for finding in inspection_of(delivery).findings}


def refused(act, *args, **more):
    with pytest.raises(Refusal) as caught:
        act(*args, **more)
    return caught.value.code, caught.value.status


def actor_of(person_id):
    db.session.rollback()  # somebody new, written in a context of their own
    return accounts.actor_of(accounts.find_person(person_id))


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def put_regime(regime):
    district.change_preferences(replace(preferences(), regime=regime), by=None, at=clock.now())


def test_a_check_where_all_is_well_is_clean(check, ward):
    inspection = inspection_of(check(witness="张主任"))
    assert (inspection.outcome, inspection.finding_count) == (Outcome.CLEAN, 0)
    assert (inspection.place_id, inspection.inspector_id, inspection.witness) == (ward.here, ward.actor.id, "张主任")
    assert {answer.item: answer.answer for answer in inspection.answers}["no_bypass"] == "yes"


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("4.2", Verdict.BELOW),
        ("6.49", Verdict.BELOW),
        ("6.5", Verdict.WITHIN),
        ("7.0", Verdict.WITHIN),
        ("10", Verdict.WITHIN),
        ("10.01", Verdict.ABOVE),
        ("12", Verdict.ABOVE),
        ("<0.01", Verdict.BELOW),
        (">10", Verdict.ABOVE),
    ],
)
def test_total_chlorine_at_the_tank_of_an_infectious_hospital(check, typed, verdict):
    delivery = check(**TANK, chlorine_tank=typed)
    reading = reading_of(delivery)
    assert (reading.verdict, reading.typed, reading.quantity) == (verdict, typed, "total")
    assert (reading.limit["code"], reading.limit["low"], reading.limit["high"]) == ("T1.TRC.TANK", "6.5", "10")
    assert reading.indicative, "a single sample"
    assert ("chlorine_tank" in findings_of(delivery)) == (verdict is not Verdict.WITHIN)


def test_the_sentence_names_the_limit_and_its_clause(check):
    sentence = pages.sentence_of(reading_of(check(**TANK, chlorine_tank="4.2")))
    for part in ("6.5", "GB 18466-2005", "注1"):
        assert part in sentence


def test_a_daily_mean_is_not_indicative(check):
    assert not reading_of(check(**TANK, chlorine_tank="4.2", sample_kind="daily_mean")).indicative


def test_free_chlorine_is_not_judged_as_total(check):
    put_regime(Regime.ORDINARY)
    reading = reading_of(check(chlorine_tank="7.0", chlorine_tank__quantity="free"))
    assert (reading.verdict, reading.missing) == (Verdict.UNDETERMINED, ["total_chlorine"])


def test_another_disinfectant_seen_on_the_spot_is_not_judged_by_chlorine(check):
    reading = reading_of(check(**TANK | {"disinfectant": "other"}, chlorine_tank="0.1"))
    assert reading.verdict is Verdict.NO_LIMIT


def test_a_verdict_stays_when_the_regime_changes(check):
    put_regime(Regime.COVID)
    free = {"chlorine_tank": "6.5", "chlorine_tank__quantity": "free", "contact_time": "1.5"}
    first = check(**free)
    before = (reading_of(first).verdict, reading_of(first).limit, pages.sentence_of(reading_of(first)))
    assert before[0] is Verdict.BELOW
    put_regime(Regime.ORDINARY)
    db.session.expire_all()
    assert (reading_of(first).verdict, reading_of(first).limit, pages.sentence_of(reading_of(first))) == before
    assert inspection_of(first).outcome is Outcome.OUT_OF_LIMITS
    assert reading_of(check(**free)).verdict is Verdict.UNDETERMINED


def test_a_verdict_stays_when_the_place_changes(check, ward):
    first = check(**TANK, chlorine_tank="4.2")
    administrator = replace(ward.actor, grants=(Grant(Role.ADMINISTRATOR),))
    places.change_place(ward.here, by=administrator, at=clock.now(), institution=Institution.GENERAL)
    db.session.expire_all()
    assert reading_of(first).verdict is Verdict.BELOW
    assert reading_of(check(**TANK, chlorine_tank="4.2")).limit["code"] != "T1.TRC.TANK"


def test_a_no_makes_a_finding_with_the_checklists_deadline(check):
    at = clock.now()
    finding = findings_of(check(at=at, no_bypass="no", no_bypass__note="西侧有溢流"))["no_bypass"]
    assert (finding.severity, finding.due_at) == (Severity.CRITICAL, at + timedelta(days=1))
    assert (finding.note, finding.state) == ("西侧有溢流", FindingState.OPEN)


def test_the_inspector_may_set_another_severity_and_deadline(check):
    due = {"no_bypass__due": "2199-12-24T08:30", "no_bypass__severity": "minor"}
    finding = findings_of(check(no_bypass="no", **due))["no_bypass"]
    assert finding.severity is Severity.MINOR
    assert clock.local(finding.due_at).strftime("%Y-%m-%d %H:%M") == "2199-12-24 08:30"


@pytest.mark.parametrize(("minutes", "is_asked"), [(-60 * 24 * 365, True), (-1, True), (0, True), (1, False)])
def test_a_deadline_that_has_gone_by_is_asked_about(check, minutes, is_asked):
    at = clock.now().replace(second=0, microsecond=0)
    due = clock.local(at + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M")
    fields = {"no_bypass": "no", "no_bypass__due": due, "at": at}
    if not is_asked:
        assert findings_of(check(**fields))
        return
    with pytest.raises(Refusal) as caught:
        check(**fields)
    assert (caught.value.code, caught.value.status, caught.value.field) == ("deadline-past", 422, "no_bypass__due")
    db.session.rollback()
    finding = findings_of(check(**fields, no_bypass__past="y"))["no_bypass"]
    assert clock.local(finding.due_at).strftime("%Y-%m-%dT%H:%M") == due


def test_a_deadline_of_no_finding_is_not_asked_about(check):
    assert findings_of(check(no_bypass="yes", no_bypass__due="2020-01-01T08:00")) == {}


def test_not_applicable_is_no_finding(check):
    inspection = inspection_of(check(online_monitor="na"))
    assert (inspection.outcome, inspection.finding_count) == (Outcome.CLEAN, 0)


def test_a_note_beside_a_yes_makes_no_finding(check):
    assert findings_of(check(no_bypass__note="已查看")) == {}


def test_waste_is_judged_by_the_store_it_lies_in(check, ward):
    put_regime(Regime.ORDINARY)
    plant = masters.place(ward.app, "P-01", PlaceKind.DISPOSAL_PLANT)
    by = actor_of(masters.person(ward.app, "second", Role.INSPECTOR))

    def stored(**more):
        delivery = check(place_id=plant, code="medical-waste", storage_hours="30", by=by, **more)
        return reading_of(delivery, "storage_hours")

    assert stored(store_celsius="4.9").verdict is Verdict.WITHIN
    assert stored(store_celsius="5").verdict is Verdict.ABOVE
    assert not stored(store_celsius="5").indicative, "a storage time is no sample"
    assert (stored().verdict, stored().limit, stored().missing) == (Verdict.UNDETERMINED, None, ["store_celsius"])


def test_a_freezer_is_a_reading_below_zero(check, ward):
    put_regime(Regime.ORDINARY)
    plant = masters.place(ward.app, "P-02", PlaceKind.DISPOSAL_PLANT)
    by = actor_of(masters.person(ward.app, "third", Role.INSPECTOR))
    delivery = check(place_id=plant, code="medical-waste", storage_hours="70", store_celsius="－5", by=by)
    assert reading_of(delivery, "storage_hours").limit["code"] == "G39.LT5"
    assert reading_of(delivery, "storage_hours").verdict is Verdict.WITHIN


@pytest.mark.parametrize(
    ("typed", "verdict", "missing"),
    [("未检出", Verdict.WITHIN, []), ("ＮＤ", Verdict.WITHIN, []), ("检出", Verdict.UNDETERMINED, ["number"])],
)
def test_a_word_stays_as_it_was_written_and_is_no_number(check, typed, verdict, missing):
    delivery = check(coliform=typed)
    reading = reading_of(delivery, "coliform")
    assert (reading.typed, reading.value, reading.verdict, reading.missing) == (typed, None, verdict, missing)
    answers = {row.item: row.answer for row in inspection_of(delivery).answers}
    assert answers["coliform"] == typed
    assert findings_of(delivery) == {}


@pytest.mark.parametrize("fields", [{"ph": "未检出"}, {"ph": "ND"}, {"contact_time": "ND"}, {"dose": "检出"}])
def test_a_word_where_it_says_nothing_is_refused(check, fields):
    delivery = check(**fields)
    assert delivery.receipt is None
    assert fields.keys() == delivery.form.errors.keys()


@pytest.mark.parametrize(
    ("typed", "value"), [("0，025", "0.025"), ("0.004L", "0.004"), ("＜0.01", "0.01"), ("7。5", "7.5")]
)
def test_a_number_stays_as_it_was_written_beside_its_value(check, typed, value):
    reading = reading_of(check(**TANK, chlorine_tank=typed))
    assert (reading.typed, reading.value) == (typed, Decimal(value))


def test_a_reading_without_a_limit_is_kept_without_one(check):
    put_regime(Regime.ORDINARY)
    reading = reading_of(check(dose="20"), "dose")
    assert (reading.verdict, reading.limit) == (Verdict.NO_LIMIT, None)
    assert pages.sentence_of(reading)


def test_a_place_out_of_scope_is_refused_and_nothing_is_kept(check, ward):
    assert refused(check, place_id=ward.there) == ("place-out-of-reach", 404)
    assert refused(check, place_id=uuid4()) == ("place-out-of-reach", 404)
    db.session.rollback()
    assert (count(Entry), count(Inspection)) == (0, 0)


def test_a_checklist_is_for_its_kinds_of_place_only(check, ward):
    warehouse = masters.place(ward.app, "WH-1", PlaceKind.WAREHOUSE)
    anywhere = actor_of(masters.person(ward.app, "second", Role.INSPECTOR))
    assert refused(check, place_id=warehouse, by=anywhere) == ("checklist-not-for-place", 409)


@pytest.mark.parametrize(
    "checklist",
    ["", "medical-waste", "medical-waste.v99", "x.v1", "medical-waste.v²", "medical-waste.v٣", ".v1", "\x00.v1", "😀"],
)
def test_an_unknown_checklist_is_a_bad_form(check, checklist):
    delivery = check(checklist=checklist)
    assert delivery.receipt is None
    assert count(Entry) == 0


def test_the_same_check_again_gets_the_same_receipt(check):
    uuid = uuid4()
    first, again = check(uuid=uuid, no_bypass="no").receipt, check(uuid=uuid, no_bypass="no").receipt
    assert (again.seq, again.replayed) == (first.seq, True)
    assert (count(Inspection), count(InspectionFinding)) == (1, 1)


def test_another_content_under_the_same_id_is_a_conflict_and_both_are_kept(check):
    uuid = uuid4()
    check(uuid=uuid)
    assert refused(check, uuid=uuid, no_bypass="no") == ("entry-conflict", 409)
    assert (count(Inspection), count(EntryConflict), count(InspectionFinding)) == (1, 1, 0)


def test_values_are_kept_exactly(check):
    reading = reading_of(check(**TANK, chlorine_tank="6.50"))
    assert (reading.value, reading.typed) == (Decimal("6.50"), "6.50")
    assert db.session.scalar(select(InspectionReading.value)) == Decimal("6.5")


def numbers_of(reach):
    """Checks, out of limits, findings to put right and to check again, overdue ones."""
    return [number_of(figure, reach, clock.district_day(clock.now())) for figure in FIGURES]


def test_one_sees_the_checks_of_ones_places_only(check, ward):
    inspection = inspection_of(check(no_bypass="no")).id
    stranger = actor_of(masters.person(ward.app, "second", Role.INSPECTOR, place_id=ward.there))
    assert queries.find_inspection(inspection, stranger.through(Role.INSPECTOR)) is None
    assert queries.due_findings(stranger.through(Role.INSPECTOR), 10) == []
    assert queries.find_inspection(inspection, ward.actor.through(Role.INSPECTOR)).id == inspection
    assert numbers_of(ward.actor.through(Role.INSPECTOR)) == [1, 0, 1, 0, 0]
    assert numbers_of(stranger.through(Role.INSPECTOR)) == [0, 0, 0, 0, 0]

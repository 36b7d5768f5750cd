"""What answers amount to: the circumstances for the judge, findings, deadlines, the outcome."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from webapp.inspections import rules
from webapp.inspections.checklists import find
from webapp.inspections.rules import Answer, Outcome, PlaceFacts
from webapp.standards.rules import Verdict

WATER, WASTE = find("hospital-wastewater", 1), find("medical-waste", 1)
HOSPITAL = PlaceFacts("hospital", "infectious", "sewer", "chlorine")
TANK, STORE = WATER.item("chlorine_tank"), WASTE.item("storage_hours")


def test_the_judge_is_told_of_the_place_and_of_the_day():
    told = rules.circumstances_at(HOSPITAL, "covid", {"contact_time": Decimal("1.5")}, TANK, "total")
    assert (told.institution, told.route, told.disinfectant) == ("infectious", "sewer", "chlorine")
    assert (told.point, told.regime, told.quantity) == ("contact_tank_outlet", "covid", "total")
    assert told.contact_hours == Decimal("1.5")


def test_the_disinfectant_seen_on_the_spot_goes_before_the_one_on_file():
    assert rules.circumstances_at(HOSPITAL, "ordinary", {"disinfectant": "other"}, TANK, None).disinfectant == "other"
    assert rules.circumstances_at(HOSPITAL, "ordinary", {"disinfectant": None}, TANK, None).disinfectant == "chlorine"


def test_what_nobody_knows_is_not_guessed():
    told = rules.circumstances_at(PlaceFacts("hospital", None, None, None), "ordinary", {}, TANK, None)
    assert (told.institution, told.route, told.disinfectant, told.quantity, told.contact_hours) == (None,) * 5


def test_a_municipal_works_is_no_medical_institution():
    works = PlaceFacts("wastewater_works", "infectious", "surface_water", None)
    assert rules.circumstances_at(works, "ordinary", {}, TANK, None).institution == "municipal"


@pytest.mark.parametrize(
    ("kind", "point"),
    [("waste_store", "waste_store"), ("hospital", "waste_store"), ("disposal_plant", "disposal_plant")],
)
def test_a_disposal_plants_store_has_limits_of_its_own(kind, point):
    assert rules.point_at(kind, STORE) == point
    assert rules.point_at(kind, TANK) == "contact_tank_outlet"


def test_the_stores_temperature_is_told_to_the_judge():
    plant = PlaceFacts("disposal_plant", None, None, None)
    told = rules.circumstances_at(plant, "ordinary", {"store_celsius": Decimal("4.9")}, STORE, None)
    assert (told.point, told.store_celsius) == ("disposal_plant", Decimal("4.9"))


@pytest.mark.parametrize(("answer", "is_single"), [("grab", True), (None, True), ("daily_mean", False)])
def test_only_a_daily_mean_is_more_than_indicative(answer, is_single):
    assert rules.is_single_sample({"sample_kind": answer}) is is_single


@pytest.mark.parametrize(
    ("answer", "found"), [(Answer.NO, True), (Answer.YES, False), (Answer.NOT_APPLICABLE, False), (None, False)]
)
def test_a_no_is_a_finding(answer, found):
    assert rules.is_finding(WATER.item("no_bypass"), answer, None) is found


@pytest.mark.parametrize("verdict", [*Verdict, None])
def test_a_reading_is_a_finding_when_it_is_out_of_limits(verdict):
    is_out = verdict in (Verdict.ABOVE, Verdict.BELOW)
    assert rules.is_finding(TANK, Decimal(1), verdict) is is_out


def test_the_deadline_is_the_checklists():
    at = datetime(2026, 11, 24, 8, 5, tzinfo=UTC)
    for item in (*WATER.items, *WASTE.items):
        assert rules.due_at(item, at) - at == timedelta(days=item.days)
        assert item.days >= 1


@pytest.mark.parametrize(
    ("verdicts", "findings", "outcome"),
    [
        ([], 0, Outcome.CLEAN),
        ([Verdict.WITHIN, Verdict.NO_LIMIT, Verdict.UNDETERMINED], 0, Outcome.CLEAN),
        ([Verdict.WITHIN], 1, Outcome.FINDINGS),
        ([Verdict.BELOW], 1, Outcome.OUT_OF_LIMITS),
        ([Verdict.WITHIN, Verdict.ABOVE], 3, Outcome.OUT_OF_LIMITS),
    ],
)
def test_the_outcome_is_the_worst_that_can_be_said(verdicts, findings, outcome):
    assert rules.outcome_of(verdicts, findings) is outcome


def test_answers_are_counted():
    assert (
        rules.answered(WATER, {"ppe_worn": "yes", "ph": Decimal(0), "cod": None, "remark": "", "stranger": "yes"}) == 2
    )


def test_answered_together_is_what_is_named_answered_yes_and_asked_as_a_duty():
    told = {"together": "bags labels remark store_celsius nonsense", "bags": "yes", "labels": "no", "store_celsius": 1}
    assert rules.answered_together(WASTE, told) == {"bags"}
    assert rules.answered_together(WASTE, told | {"together": None}) == frozenset()


def test_a_place_never_checked_is_due_before_the_longest_ago_and_that_before_the_newest():
    noon = datetime(2026, 11, 27, 4, tzinfo=UTC)
    ago = {"H-1": noon, "H-2": None, "H-3": noon - timedelta(days=1), "H-4": None}
    assert sorted(ago, key=lambda code: rules.due_first(ago[code], code)) == ["H-2", "H-4", "H-3", "H-1"]

import json
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from webapp.standards.queries import limits, reference
from webapp.standards.rules import (
    Circumstances,
    Limit,
    Measured,
    Verdict,
    Word,
    applying,
    as_plain,
    assess,
    candidates_for,
    from_plain,
    judge,
    parse_measured,
)

TABLE = json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))
NUMBERS = {"contact_hours", "store_celsius"}


def circumstances_of(case):
    facts = TABLE["settings"][case["at"]] | case.get("also", {})
    return Circumstances(**{name: Decimal(v) if v and name in NUMBERS else v for name, v in facts.items()})


def judged(case):
    on = date.fromisoformat(case.get("on", TABLE["on"]))
    measured = parse_measured(case["typed"])
    single = case.get("single", True)
    return assess(limits(), case["parameter"], measured, circumstances_of(case), on=on, single_sample=single)


def name_of(case):
    return f"{case['at']}: {case['parameter']} {case['typed']} - {case['say']}"


@pytest.mark.parametrize("case", TABLE["cases"], ids=name_of)
def test_the_shared_table_of_cases(case):
    judgement = judged(case)
    assert judgement.verdict == case["verdict"]
    assert (judgement.limit and judgement.limit.code) == case["limit"]
    assert list(judgement.missing) == case.get("missing", [])
    if "indicative" in case:
        assert judgement.indicative is case["indicative"]


def named(row):
    limit, missing = row
    return limit and limit.code, list(missing)


@pytest.mark.parametrize("case", TABLE["beforehand"], ids=lambda case: f"{case['at']}: {case['say']}")
def test_the_limit_is_known_before_anything_is_measured(case):
    on = date.fromisoformat(TABLE["on"])
    told = named(applying(limits(), case["parameter"], circumstances_of(case), on=on))
    assert told == (case["limit"], case.get("missing", []))


@pytest.mark.parametrize("case", TABLE["cases"], ids=name_of)
def test_what_is_shown_beforehand_is_what_judges(case):
    limit, missing = applying(
        limits(), case["parameter"], circumstances_of(case), on=date.fromisoformat(case.get("on", TABLE["on"]))
    )
    judgement = judged(case)
    if limit is not None or not missing:
        assert judgement.limit == limit
    elif set(missing) - {"route", "contact_hours", "longer_contact", "store_celsius", "effluent_class"}:
        assert judgement.verdict is Verdict.UNDETERMINED  # otherwise all limits that may apply can say the same


def test_every_case_names_circumstances_there_are():
    known = {field.name for field in fields(Circumstances)}
    assert [case for case in TABLE["cases"] if case.get("also", {}).keys() - known] == []


def test_every_limit_with_a_number_is_tried_within_and_out():
    """The metals and activities of table 2 repeat table 1 and stand on one case each or on none."""
    tried = {(case["limit"], case["verdict"]) for case in TABLE["cases"]}
    ranges = [row for row in limits() if row.low is not None or row.high is not None]
    repeated = ("HG", "CD", "CR", "CR6", "AS", "PB", "AG", "ALPHA", "BETA", "COD.L", "BOD.L", "SS.L")
    own = [row.code for row in ranges if not row.code.startswith(("T2D", "T2P")) or not row.code.endswith(repeated)]
    assert [code for code in own if (code, "within") not in tried] == []
    assert [code for code in own if not {(code, "above"), (code, "below")} & tried] == []


@pytest.mark.parametrize(
    ("typed", "value", "below", "beyond"),
    [
        ("6.5", "6.5", False, False),
        (" 6.50 ", "6.50", False, False),
        ("６．５", "6.5", False, False),
        ("<0.01", "0.01", True, False),
        ("＜ 0.01", "0.01", True, False),
        ("0.004L", "0.004", True, False),
        ("0.004l", "0.004", True, False),
        (">24000", "24000", False, True),
    ],
)
def test_values_are_read_as_people_write_them(typed, value, below, beyond):
    measured = parse_measured(typed)
    assert measured == Measured(Decimal(value), below, beyond)
    assert parse_measured(measured.written) == measured
    assert measured.written == typed.strip()


@pytest.mark.parametrize(
    ("typed", "word"),
    [("未检出", Word.NOT_DETECTED), ("ND", Word.NOT_DETECTED), ("ＮＤ", Word.NOT_DETECTED), (" 检出", Word.DETECTED)],
)
def test_a_word_is_no_number_and_stays_as_it_was_written(typed, word):
    measured = parse_measured(typed)
    assert (measured.value, measured.word, measured.written) == (None, word, typed.strip())


@pytest.mark.parametrize(
    ("hours", "codes"),
    [
        ("0.99", ["E52.CL.LT1H"]),
        ("1.0", ["E52.CL.RES2"]),
        ("1.49", ["E52.CL.RES2"]),
        ("1.5", ["E52.CL.RES1"]),
        (None, ["E52.CL.RES1", "E52.CL.RES2", "E52.CL.LT1H"]),
    ],
)
def test_one_row_of_doc_52_stands_for_each_contact_time(hours, codes):
    where = Circumstances("infectious", "sewer", "chlorine", "contact_tank_outlet", "covid", "free")
    where = replace(where, contact_hours=Decimal(hours) if hours else None)
    rows = candidates_for(limits(), "residual_chlorine", where, date(2026, 11, 24))
    assert [row.code for row in rows if row.quantity == "free"] == codes


NOT_VALUES = (
    "",
    " ",
    "-1",
    "+1",
    "1e3",
    "6 5",
    "1,50,0",
    "6,",
    "6.5mg",
    "<",
    "L",
    "<0.01L",
    "NaN",
    "0x1",
    "٣",
    "6.5\x00",
)


@pytest.mark.parametrize("typed", [*NOT_VALUES, "9" * 16])
def test_anything_else_is_not_a_value(typed):
    assert parse_measured(typed) is None


@pytest.mark.parametrize("limit", limits(), ids=lambda limit: limit.code)
def test_a_limit_survives_being_written_down(limit):
    assert from_plain(json.loads(json.dumps(as_plain(limit)))) == limit


def test_the_phone_gets_what_is_in_force_and_asked_for():
    rows = reference(date(2019, 1, 1), only=["residual_chlorine"])
    assert {row["parameter"] for row in rows} == {"residual_chlorine", "*"}
    assert not any(row["code"].startswith("E52") for row in rows)
    assert len(reference(date(2026, 1, 1))) == len(limits())


def test_a_limit_with_one_open_end_judges_the_other():
    floor = Limit("X", "ph", "", "d", "d", "c", "c", "A", date(2000, 1, 1), low=Decimal(1), low_inclusive=False)
    verdicts = [judge(Measured(Decimal(value)), floor) for value in ("0.9", "1", "1.1")]
    assert verdicts == [Verdict.BELOW, Verdict.BELOW, Verdict.WITHIN]

from datetime import date
from decimal import Decimal
from itertools import combinations

import pytest

from webapp.standards.queries import FOLDER, by_document, limits, parameters
from webapp.standards.reading import BrokenData, read_limits, read_parameters

DOCUMENT = """
[document]
code = "X"
zh = "某标准"
en = "A standard"
short_zh = "某标准"
short_en = "A standard"
valid_from = 2000-01-01

[[table]]
prefix = "X"
clause_zh = "表1"
clause_en = "table 1"
applies = {{ institution = "general", point = "external_outlet" }}
grade = "B"
rows = [ {row} ]
"""
FACTS = ("institution", "points", "route", "disinfectant", "effluent_class", "quantity", "regime")


def as_set(value):
    return {value} if isinstance(value, str) else set(value or ())


def may_stand_together(one, other):
    """Is there a circumstance in which nothing rules out either?"""
    sets = [(as_set(getattr(one, fact)), as_set(getattr(other, fact))) for fact in FACTS]
    if any(left and right and not left & right for left, right in sets):
        return False
    return all(
        bound(one, f"{name}_at_least", 0) < bound(other, f"{name}_below", 10**9)
        and bound(other, f"{name}_at_least", 0) < bound(one, f"{name}_below", 10**9)
        for name in ("contact", "celsius")
    )


def bound(limit, name, otherwise):
    value = getattr(limit, name)
    return Decimal(otherwise) if value is None else value


def test_no_two_rows_of_one_rank_can_stand_at_once():
    pairs = [pair for pair in combinations(limits(), 2) if pair[0].parameter == pair[1].parameter]
    rivals = [(a.code, b.code) for a, b in pairs if a.rank == b.rank and may_stand_together(a, b)]
    assert rivals == []


def test_nothing_of_grade_e_is_carried_and_grade_c_is_never_cited():
    assert {limit.grade for limit in limits()} <= set("ABCD")
    assert all(limit.may_cite is False for limit in limits() if limit.grade in "CD")
    assert all(limit.may_cite for limit in limits() if limit.grade in "AB" and not limit.guidance)


def test_every_row_names_its_clause_in_both_languages():
    assert [limit.code for limit in limits() if bool(limit.clause_zh) != bool(limit.clause_en)] == []
    assert [limit.code for limit in limits() if not limit.clause_zh and limit.grade != "D"] == []
    assert [document.code for document, _rows in by_document() if not document.note_zh or not document.note_en] == []


def test_every_parameter_is_used_and_can_hold_its_own_limits():
    used = {limit.parameter for limit in limits()}
    assert set(parameters()) - used == set()
    for limit in limits():
        for value in (limit.low, limit.high):
            if value is not None:
                parameter = parameters()[limit.parameter]
                assert value <= parameter.highest
                assert -value.normalize().as_tuple().exponent <= parameter.places


def test_the_superseded_edition_is_not_carried():
    """GB 18466-2001 had coliform 900 and ammonia 25; the claimed 2025 edition is not known to exist."""
    highs = {(limit.parameter, limit.high) for limit in limits()}
    assert ("faecal_coliform", Decimal(900)) not in highs
    assert ("ammonia_nitrogen", Decimal(25)) not in highs
    assert not any("2001" in limit.document_zh or "2025" in limit.document_zh for limit in limits())


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ('{ code = "A", parameter = "wine", high = "1" }', "X.A: no parameter 'wine'"),
        ('{ code = "A", parameter = "ph", low = "9", high = "6" }', "X.A: low 9 is above high 6"),
        ('{ code = "A", parameter = "ph" }', "X.A: needs one of"),
        ('{ code = "A", parameter = "ph", high = "9", absent = true }', "X.A: needs one of"),
        ('{ code = "A", parameter = "ph", high = "nine" }', "X.A: a limit must be a number in quotation marks"),
        ('{ code = "A", parameter = "ph", high = "9", colour = "red" }', "X.A: unknown ['colour']"),
        ('{ code = "A", parameter = "ph", high = "9", point = "roof" }', "X.A: points cannot be ['roof']"),
        ('{ code = "A", parameter = "ph", high = "9", grade = "E" }', "X.A: grade cannot be 'E'"),
        ('{ code = "A", parameter = "ph", high = "9", grade = "D" }', "X.A: grade D is guidance and names no clause"),
        ('{ code = "A", parameter = "ph", high = "9", route = "sea" }', "X.A: route cannot be 'sea'"),
        ('{ code = "A", parameter = "ph", high = "9" ', "x.toml: "),
    ],
)
def test_a_broken_row_is_named_with_its_file(tmp_path, row, told):
    path = tmp_path / "x.toml"
    path.write_text(DOCUMENT.format(row=row), encoding="utf-8")
    with pytest.raises(BrokenData) as caught:
        read_limits(path, parameters())
    assert str(caught.value).startswith("x.toml")
    assert told in str(caught.value)


def test_a_broken_parameter_is_named_with_its_file(tmp_path):
    path = tmp_path / "parameters.toml"
    path.write_text('ph = { zh = "pH", unit = "", places = 2, highest = "14" }', encoding="utf-8")
    with pytest.raises(BrokenData, match=r"parameters\.toml: .*en"):
        read_parameters(path)


def test_a_row_may_overrule_its_table(tmp_path):
    path = tmp_path / "x.toml"
    row = '{ code = "A", parameter = "ph", high = "9", points = ["sludge"], grade = "C", clause_en = "note 1" }'
    path.write_text(DOCUMENT.format(row=row), encoding="utf-8")
    document, (limit,) = read_limits(path, parameters())
    assert (limit.points, limit.grade, limit.clause_en, limit.valid_from) == (
        ("sludge",),
        "C",
        "note 1",
        date(2000, 1, 1),
    )
    assert (document.code, limit.may_cite) == ("X", False)


def test_every_document_has_its_own_file():
    assert len(by_document()) == len(list(FOLDER.glob("*.toml"))) - 1

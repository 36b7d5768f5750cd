"""How the parts of a figure add up, and the units above a unit."""

from datetime import date

from webapp.figures.rules import added_up, lineage

MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)


def test_parts_add_up_and_those_of_days_have_their_largest_day():
    assert added_up([(None, 2), (None, 3)]) == 5
    assert added_up([(MONDAY, 2), (TUESDAY, 3), (TUESDAY, 1)]) == 4
    assert added_up([]) == 0


def test_a_unit_is_below_all_units_of_its_path():
    assert lineage("/a/b/c/") == ["/a/", "/a/b/", "/a/b/c/"]
    assert lineage("/a/") == ["/a/"]

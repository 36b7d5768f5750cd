"""What an address names must exist: a page says so rather than leaving it out."""

from uuid import uuid4

import pytest

from tests.support.reading import words_of

PAGES = ("/reports/", "/reports/evils", "/reports/list", "/reports/upward")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("kind", [str(uuid4()), "daily", "0"])
def test_a_kind_of_report_that_does_not_exist_is_not_found(street, page, kind):
    answer = street.clients["commander"].get(page, query_string={"kind": kind})
    assert answer.status_code == 404
    assert "请检查编号，或从今日页重新进入" in words_of(answer)


@pytest.mark.parametrize("page", PAGES)
def test_the_kind_that_exists_is_shown(street, page):
    assert street.clients["commander"].get(page, query_string={"kind": str(street.kind)}).status_code == 200
    assert street.clients["commander"].get(page, query_string={"kind": " "}).status_code == 200


@pytest.mark.parametrize(("page", "name"), [("/reports/", "unit"), ("/reports/list", "owner")])
def test_a_unit_that_does_not_exist_or_is_out_of_reach_is_not_found(street, page, name):
    for who, unit, status in (
        ("commander", uuid4(), 404),
        ("commander", "x", 404),
        ("east", street.units["west"], 404),
        ("east", street.units["east"], 200),
    ):
        assert street.clients[who].get(page, query_string={name: str(unit)}).status_code == status, (who, unit)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("day", ["2020-02-30", "gestern", "99999-01-01"])
def test_a_day_that_does_not_exist_is_shown_with_what_to_write(street, page, day):
    name = "day" if page in ("/reports/", "/reports/upward") else "since"
    answer = street.clients["commander"].get(page, query_string={name: day})
    assert answer.status_code == 422
    assert "样子填写日期" in words_of(answer)
    assert day in answer.text


def test_the_names_of_cells_and_a_copy_are_those_of_a_kind_that_exists(administrator):
    for page in ("/reports/layouts/names", "/reports/kinds/add"):
        assert administrator.get(page, query_string={"kind": str(uuid4())}).status_code == 404
        assert administrator.get(page).status_code == 200


def test_a_preset_that_does_not_exist_is_not_found(administrator):
    assert administrator.get("/reports/kinds/add?preset=weekly").status_code == 404
    assert administrator.get("/reports/kinds/add?preset=daily").status_code == 200

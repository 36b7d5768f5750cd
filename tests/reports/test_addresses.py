"""What an address names must exist: a page says so rather than leaving it out."""

from uuid import uuid4

import pytest

from tests.support.reading import words_of

pytestmark = pytest.mark.only_on("sqlite")
PAGES = ("/reports/", "/reports/evils", "/reports/list", "/reports/upward")


def test_a_kind_of_report_that_does_not_exist_is_not_found(street):
    commander = street.clients["commander"]
    for page in PAGES:
        for kind in (str(uuid4()), "daily", "0"):
            answer = commander.get(page, query_string={"kind": kind})
            assert answer.status_code == 404, (page, kind)
            assert "请检查编号，或从今日页重新进入" in words_of(answer)
        for kind in (street.kind, " "):
            assert commander.get(page, query_string={"kind": str(kind)}).status_code == 200, (page, kind)


def test_a_unit_that_does_not_exist_or_is_out_of_reach_is_not_found(street):
    for page, name in (("/reports/", "unit"), ("/reports/list", "owner")):
        for who, unit, status in (
            ("commander", uuid4(), 404),
            ("commander", "x", 404),
            ("east", street.units["west"], 404),
            ("east", street.units["east"], 200),
        ):
            answer = street.clients[who].get(page, query_string={name: str(unit)})
            assert answer.status_code == status, (page, who, unit)


def test_a_day_that_does_not_exist_is_shown_with_what_to_write(street):
    for page in PAGES:
        name = "day" if page in ("/reports/", "/reports/upward") else "since"
        for day in ("2020-02-30", "gestern", "99999-01-01"):
            answer = street.clients["commander"].get(page, query_string={name: day})
            assert answer.status_code == 422, (page, day)
            assert "样子填写日期" in words_of(answer)
            assert day in answer.text


def test_a_preset_the_names_of_cells_and_a_copy_are_those_that_exist(administrator):
    for page in ("/reports/layouts/names", "/reports/kinds/add"):
        assert administrator.get(page, query_string={"kind": str(uuid4())}).status_code == 404, page
        assert administrator.get(page).status_code == 200, page
    assert administrator.get("/reports/kinds/add?preset=weekly").status_code == 404
    assert administrator.get("/reports/kinds/add?preset=daily").status_code == 200

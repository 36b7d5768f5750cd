from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest
from flask_babel import force_locale

from webapp.standards import labels
from webapp.standards.queries import limits
from webapp.standards.rules import Circumstances, assess, parse_measured

INFECTIOUS = {"institution": "infectious", "disinfectant": "chlorine", "point": "contact_tank_outlet"}


def sentence(app, typed, locale="en", parameter="residual_chlorine", **facts):
    measured = parse_measured(typed)
    judgement = assess(limits(), parameter, measured, Circumstances(**facts), on=date(2026, 11, 24))
    with app.test_request_context(), force_locale(locale):
        return labels.sentence(judgement)


def test_everybody_who_is_signed_in_may_read_the_limits(inspector, gatekeeper, auditor):
    for client in (inspector, gatekeeper, auditor):
        page = client.get("/standards")
        assert page.status_code == 200
        assert "GB 18466-2005《医疗机构水污染物排放标准》" in page.text
        assert "6.5–10" in page.text


def test_nobody_else_may(client, stranger):
    assert client.get("/standards").status_code == 401
    assert stranger.get("/standards").status_code == 403


def test_one_document_can_be_chosen_and_an_unknown_one_shows_all(inspector):
    one = inspector.get("/standards?document=DOC52").text
    assert "接触时间 ≥ 1.5 h" in one
    assert "《医疗机构水污染物排放标准》" not in one
    assert "《医疗机构水污染物排放标准》" in inspector.get("/standards?document=nonsense").text


def test_htmx_gets_the_section(inspector):
    swap = inspector.get("/standards", headers={"HX-Request": "true"})
    assert swap.text.strip().startswith('<section id="limits"')
    assert "HX-Request" in swap.vary


def test_a_clause_that_was_not_seen_is_marked(inspector):
    page = inspector.get("/standards?document=GB 18466-2005").text
    assert "C 待核对原文" in page
    assert "B 待核对原文" not in page


def test_the_sentence_names_limit_document_and_clause(app):
    told = sentence(app, "4.2", "zh_CN", quantity="total", **INFECTIOUS)
    assert told == "低于下限 6.5 mg/L · GB 18466-2005 表1 注1"
    assert "6.5–10 mg/L" in sentence(app, "7", "zh_CN", quantity="total", **INFECTIOUS)


def test_the_sentence_asks_for_the_chlorine_that_decides(app):
    assert "总余氯读数" in sentence(app, "7", "zh_CN", quantity="free", **INFECTIOUS)


def test_what_is_only_guidance_says_so(app):
    facts = {"institution": "general", "route": "surface_water", "point": "external_outlet"}
    assert "待核对原文" in sentence(app, "30", "zh_CN", parameter="bod5", **facts)
    assert "待核对原文" not in sentence(app, "70", "zh_CN", parameter="cod", **facts)


def test_a_pathogen_that_was_found_needs_no_number(app):
    facts = {"institution": "infectious", "point": "external_outlet"}
    assert sentence(app, "1", "zh_CN", parameter="enteric_pathogens", **facts).startswith(
        "检出，应不得检出 · GB 18466-2005"
    )


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_every_limit_can_be_written_out(app, locale):
    with app.test_request_context(), force_locale(locale):
        for limit in limits():
            assert labels.range_of(limit), limit.code
            assert "None" not in labels.range_of(limit) + labels.scope_of(limit) + labels.unit_of(limit), limit.code


def test_every_reason_for_not_judging_has_its_words():
    facts = {field.name for field in fields(Circumstances)} - {"regime"}
    unstated = {row.unstated for row in limits() if row.unstated}
    assert facts | {"total_chlorine", "free_chlorine", "finer_method", "number"} | unstated == labels.MISSING.keys()


def test_every_number_is_printed_as_the_standard_prints_it(app):
    tank = next(row for row in limits() if row.code == "T1.TRC.TANK")
    assert (tank.low, tank.high) == (Decimal("6.5"), Decimal("10"))
    with app.test_request_context():
        assert labels.range_of(tank) == "6.5–10"

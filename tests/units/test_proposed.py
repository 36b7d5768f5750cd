"""A required choice starts with the person's own unit, and with nothing where that is not one."""

import json
from pathlib import Path

import pytest

from tests.support import masters
from webapp.kernel import kept
from webapp.kernel.access import Role

CASES = json.loads((Path(__file__).parent / "proposed.json").read_text())


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("case", CASES, ids=lambda case: json.dumps(case["rows"]))
def test_what_a_required_field_starts_with(case):
    assert kept.proposed(case["rows"]) == case["proposed"]


@pytest.mark.only_on("sqlite")
def test_a_clerk_starts_with_the_unit_that_they_work_in_and_not_with_one_below_it(app):
    own = masters.unit(app, "OWN")
    masters.unit(app, "LOW", own)
    clerk = masters.member(app, Role.CLERK, unit_id=own)
    page = clerk.get("/publicity/new").text
    assert f'<option value="{own}" selected>' in page
    assert page.count("<option") > 2

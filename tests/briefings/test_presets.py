"""The templates that come with the system pass the check that every upload passes."""

import pytest

from webapp.briefings import checking, presets
from webapp.briefings.rules import Preset, codes_in


@pytest.mark.parametrize("preset", Preset)
def test_a_preset_has_no_fault_and_the_codes_that_its_text_names(app, within, preset):
    with app.test_request_context():
        verdict = checking.check(presets.build(preset))
    assert verdict.faults == []
    assert {code for code, *_spot in verdict.codes} == set(codes_in(presets.text_of(preset)))

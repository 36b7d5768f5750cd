"""Fields of a checklist take what they can read and refuse the rest, as the device does (readings.test.js)."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from tests.inspections.conftest import filled
from tests.support import masters
from webapp.inspections.checklists import checklists
from webapp.inspections.forms import form_of

TABLE = json.loads((Path(__file__).parents[1] / "standards" / "readings.json").read_text(encoding="utf-8"))
ITEMS = {item.code: (checklist, item) for checklist in checklists() for item in checklist.items}
SENTENCES = {"unreadable": "请填写|不能写", "places": "小数|整数", "range": "太大|应在"}


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(("field", "typed", "value", "sign"), TABLE["cases"])
def test_a_field_takes_a_reading_or_says_what_is_wrong(app, field, typed, value, sign):
    code = TABLE["fields"][field]
    with app.test_request_context():
        bound = form_of(ITEMS[code][0])(MultiDict({code: typed}))
        bound.validate()
    data, errors = bound[code].data, [str(error) for error in bound[code].errors]
    if value is None and sign in SENTENCES:
        assert data is None
        assert errors == [] if not typed.strip() else re.search(SENTENCES[sign], errors[0])
        return
    assert errors == []
    if isinstance(data, Decimal):
        assert (str(data), sign) == (value, "")
        return
    signs = {"<": data.below_detection, ">": data.beyond_range, data.word: data.word is not None}
    assert [name for name, is_set in signs.items() if is_set] == ([sign] if sign else [])
    assert data.value == (None if value is None else Decimal(value))
    assert data.written == typed.strip(), "what was written stays"


def test_a_comma_is_shown_with_what_it_was_taken_for(app, ward):
    client = masters.signed_in(app, "inspector")
    record = client.post("/inspections", data=filled(ward.here, coliform="1,500", cod="12")).location
    for url in (record, f"{record}/print"):
        page = client.get(url).text
        assert "1,500 MPN/L" in page
        assert page.count("（读作 ") == page.count("（读作 1500）") == 1

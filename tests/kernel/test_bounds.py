"""What a field refuses by its bounds, on the server; tests/js/bounds.test.js runs the same cases on the device."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from webapp.kernel import clock, forms

GIVEN = json.loads((Path(__file__).parent / "bounds.json").read_text(encoding="utf-8"))
MAKE = {"text": forms.text, "area": forms.area, "day": forms.day, "number": forms.number}
pytestmark = pytest.mark.only_on("sqlite")


@pytest.mark.parametrize("case", GIVEN["cases"], ids=[case["said"] for case in GIVEN["cases"]])
def test_a_field_refuses_what_the_device_refuses(app, monkeypatch, case):
    monkeypatch.setattr(clock, "now", lambda: datetime(GIVEN["year"], 6, 1, tzinfo=UTC))
    bounds = dict(case["field"])
    make = MAKE[bounds.pop("kind")]
    one = type("One", (forms.Form,), {"field": make("项目", **bounds)})
    with app.test_request_context():
        assert one(MultiDict({"field": case["typed"]})).validate() is (case["fault"] == "")

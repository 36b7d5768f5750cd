"""Every bound that the server's form of a late kind puts on a field is printed on the page that a device keeps, and
the scripts of that page check it."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import validators

from webapp import FEATURES
from webapp.kernel import forms
from webapp.kernel.kinds import late_kinds

IMPORT = re.compile(r"""(?:from|import) *["'](\.[^"']+)["']""")
UNTYPED = ("hidden", "file")
pytestmark = pytest.mark.only_on("sqlite")


class Page(HTMLParser):
    """The controls of a page by name (also of its templates), and its scripts."""

    def __init__(self, text):
        super().__init__()
        self.controls, self.scripts = {}, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "script":
            self.scripts.append(values.get("src", ""))
        name = values.get("name")
        if tag in ("input", "textarea") and name and values.get("type") not in UNTYPED:
            self.controls.setdefault(name, []).append(values)


def bounds_of(field):
    """The attributes that a device needs to know the bounds of a field."""
    if isinstance(field, forms.Number):
        lowest, highest = ("" if bound is None else str(bound) for bound in (field.minimum, field.maximum))
        return {"data-places": str(field.places), "data-lowest": lowest, "data-highest": highest}
    if isinstance(field, forms.Day):
        found = {"data-not-before": field.not_before, "data-years-ahead": field.years_ahead}
        return {name: str(bound) for name, bound in found.items() if bound not in ("", None)}
    lengths = [check.max for check in field.validators if isinstance(check, validators.Length)]
    return {"data-longest": str(lengths[0])} if lengths else {}


def imported(client, page):
    """The addresses of every module that a page loads."""
    left, found = [src for src in page.scripts if "/js/" in src], set()
    while left:
        url = left.pop()
        if url not in found:
            found.add(url)
            with client.get(url) as answer:
                left += [urljoin(url, path) for path in IMPORT.findall(answer.text)]
    return {url.rpartition("/js/")[2] for url in found}


def fields_of(kind):
    form = kind.form(MultiDict())
    lines = [field for part in form if isinstance(part, forms.Lines) for field in part.line()]
    return [field for field in form if not isinstance(field, forms.Lines)] + lines


def slug_of(kind, kinds):
    """The blank page that records a kind: its own, else that of the kinds of its page."""
    area = kind.name.split(".")[0]
    pages = kind.forms or next(one.forms for name, one in kinds.items() if one.forms and name.split(".")[0] == area)
    return pages[0].slug


KINDS = {kind.name: kind for feature in FEATURES for kind in feature.kinds if kind.late_roles}


def test_these_are_the_late_kinds(app):
    with app.app_context():
        assert KINDS.keys() == late_kinds().keys()


@pytest.mark.parametrize("name", KINDS)
def test_every_bound_is_printed_for_the_device_and_checked_by_its_scripts(app, client, name):
    with app.test_request_context():
        bounds = {field.name: bounds_of(field) for field in fields_of(KINDS[name])}
    page = Page(client.get(f"/offline/forms/{slug_of(KINDS[name], KINDS)}").text)
    lacking = {
        (field, bound)
        for field in bounds
        for control in page.controls.get(field, [])
        for bound, value in bounds[field].items()
        if control.get(bound) != value
    }
    assert lacking == set()
    assert "bounds.js" in imported(client, page)

"""Adds persons, units and places through the services."""

import io

import xlsxwriter

from webapp import FEATURES
from webapp.accounts import service as accounts
from webapp.kernel import clock
from webapp.kernel.access import Grant, Role
from webapp.kernel.database import transaction
from webapp.places import service as places
from webapp.places.rules import PlaceKind
from webapp.units import service as units
from webapp.units.rules import UnitKind

PASSWORD = "correct horse 9"
# The roles with features, and one without.
SERVED = tuple(role for role in Role if any(role in feature.serves for feature in FEATURES))
SPARE = next((role for role in Role if role not in SERVED), None)
CAST = (*SERVED, *filter(None, [SPARE]))


def person(app, username, role, unit_id=None, place_id=None, more=(), **details):
    """Add a person who can sign in with PASSWORD without a second step, with `more` grants; returns the id."""
    details = {"is_demonstration": True} | details
    with app.app_context(), transaction():
        return accounts.put_person(
            username,
            details.pop("name", username.title()),
            PASSWORD,
            [Grant(role, unit_id, place_id), *more],
            by=None,
            at=clock.now(),
            **details,
        )


def signed_in(app, username):
    """A new client, signed in."""
    client = app.test_client()
    answer = client.post("/sign-in", data={"username": username, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return client


def member(app, role, **scope):
    """A client of a person who is named after their role, signed in."""
    person(app, role.value, role, **scope)
    return signed_in(app, role.value)


def administrator(app):
    return member(app, Role.ADMINISTRATOR)


def unit(app, code, parent_id=None, kind=UnitKind.BUREAU):
    with app.app_context():
        return units.add_unit(code, f"单位{code}", kind, parent_id, by=None, at=clock.now())


def place(app, code, kind=PlaceKind.HOSPITAL, **values):
    with app.app_context():
        return places.add_place(by=None, at=clock.now(), code=code, name=f"场所{code}", kind=kind, **values)


def workbook(*rows, formula=None):
    """An .xlsx of these rows, as an upload; `formula` is (cell, text)."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if formula:
            sheet.write_formula(*formula)
    return out.getvalue()


def upload(client, url, raw, name="x.xlsx"):
    return client.post(url, data={"file": (io.BytesIO(raw), name)}, content_type="multipart/form-data")

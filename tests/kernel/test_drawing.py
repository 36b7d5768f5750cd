"""What is drawn once for everybody never shows what one person typed, another language or choices of before."""

import re

from tests.support import masters
from webapp.kernel.access import Role


def filters_of(answer):
    return re.search(r'<form method="get".*?</form>', answer.text, re.DOTALL)[0]


def test_a_filter_that_was_filled_in_is_blank_for_the_next_reader(app):
    masters.person(app, "reader", Role.AUDITOR)
    client = masters.signed_in(app, "reader")
    assert 'value="北门"' in filters_of(client.get("/checkpoints/visits?place=北门"))
    blank = filters_of(client.get("/checkpoints/visits"))
    assert 'value="北门"' not in blank
    with client.session_transaction() as session:
        session["language"] = "en"
    assert filters_of(client.get("/checkpoints/visits")) != blank


def test_a_filter_offers_what_was_added_since_it_was_last_drawn(app):
    masters.person(app, "chief", Role.ADMINISTRATOR)
    client = masters.signed_in(app, "chief")
    before = filters_of(client.get("/persons"))
    unit = str(masters.unit(app, "NEW"))
    assert unit not in before
    assert unit in filters_of(client.get("/persons"))

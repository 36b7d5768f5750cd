"""What an act at the gate asks of the database: a budget that needs no clock."""

from uuid import uuid4

import pytest

from tests.checkpoints.conftest import HTMX, arrival
from tests.support.counting import counted

# Session; person, tombstone, entry, gate, rule, who is inside, visit, journal; PostgreSQL reads the grants apart.
ARRIVAL = {"sqlite": 9, "postgresql": 10}
ANSWER = 3  # the visit, rule, gate: the form's place is drawn again, the column beside it asks for itself
LOCK_OF_SQLITE, LOCK_OF_POSTGRESQL = "BEGIN", "SELECT pg_advisory"


@pytest.fixture
def asked(app, gates, keeper_of_gate, gate_url):
    """asked(**headers): the statements of an arrival, without the locks."""

    def arrive(headers):
        fields = arrival(gates, uuid=uuid4(), phone=f"138{uuid4().int % 10**8:08}", id_type=None, id_number=None)
        answer = keeper_of_gate.post(f"{gate_url}/visits", data=fields, headers=headers)
        assert answer.status_code == (200 if headers else 303)

    def asked(headers):
        arrive(headers)  # warms what is kept between requests
        with counted(app) as statements:
            arrive(headers)
        return [text for text in statements if not text.startswith((LOCK_OF_SQLITE, LOCK_OF_POSTGRESQL))]

    return asked


def test_an_arrival_asks_no_more_than_its_budget(asked, database):
    statements = asked({})
    assert len(statements) == ARRIVAL[database], statements


def test_the_answer_to_the_tablet_asks_nothing_for_the_column_beside_the_form(asked, database):
    statements = asked(HTMX)
    assert len(statements) == ARRIVAL[database] + ANSWER, statements


@pytest.mark.parametrize("act", ["return", "leave"])
def test_an_act_on_a_visit_reads_it_without_its_recorder(app, database, gone, arrive, leave, act):
    with app.app_context():
        inside = arrive(phone="13900139000", id_type=None, id_number=None).receipt.uuid
    with app.app_context(), counted(app) as statements:
        if act == "leave":
            leave(inside)
        else:
            assert arrive(known=gone, name=None, phone=None, id_type=None, id_number=None).receipt
    of_persons = [text for text in statements if "person" in text]
    assert len(of_persons) == {"sqlite": 1, "postgresql": 2}[database], of_persons  # whether the actor still may

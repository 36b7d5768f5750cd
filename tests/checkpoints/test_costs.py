"""What an act at the gate asks of the database: a budget that needs no clock."""

from uuid import uuid4

from tests.checkpoints.conftest import arrival
from tests.support.counting import counted

ARRIVAL = 10  # session; person, grants, tombstone, entry, gate, rule, who is inside, visit, journal
LOCK_OF_SQLITE, LOCK_OF_POSTGRESQL = "BEGIN", "SELECT pg_advisory"


def test_an_arrival_asks_no_more_than_its_budget(app, gates, keeper_of_gate, gate_url):
    def arrive():
        fields = arrival(gates, uuid=uuid4(), phone=f"138{uuid4().int % 10**8:08}", id_type=None, id_number=None)
        assert keeper_of_gate.post(f"{gate_url}/visits", data=fields).status_code == 303

    arrive()  # warms what is kept between requests
    with counted(app) as statements:
        arrive()
    asked = [text for text in statements if not text.startswith((LOCK_OF_SQLITE, LOCK_OF_POSTGRESQL))]
    assert len(asked) == ARRIVAL, asked

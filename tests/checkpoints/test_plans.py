"""What Today and the gate read does not grow with the visits ever recorded: an index leads to each row."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from tests.support import masters
from tests.support.plans import planned, walks
from webapp.checkpoints import queries
from webapp.checkpoints.models import Visit
from webapp.checkpoints.rules import Identity
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.entries import Entry
from webapp.kernel.listing import pages
from webapp.places.models import Place

MANY = 5_000


@pytest.fixture
def reader(app):
    masters.person(app, "reader", Role.COMMANDER)
    return masters.signed_in(app, "reader")


@pytest.fixture
def visits(app, gates, arrive, leave):
    """A visitor who is inside, and so many who came and went that reading them all would be the worse plan."""
    with app.app_context():
        leave(arrive(at=clock.now() - timedelta(days=1)).receipt.uuid)
        arrive(phone="13900000000", id_type="", id_number="")
        with db.engine.begin() as connection:
            for table, key in ((Entry.__table__, "uuid"), (Visit.__table__, "id")):
                connection.execute(table.insert(), list(copies(connection, table, key)))
            connection.execute(text("ANALYZE"))


def copies(connection, table, key):
    """Copies of the row of the visit that ended, each an hour earlier."""
    ended = connection.execute(select(Visit.__table__).where(Visit.left_at.is_not(None))).one()
    row = connection.execute(select(table).where(table.c[key] == ended.id)).one()._asdict()
    for number in range(1, MANY):
        ago = timedelta(hours=number)
        moved = {name: row[name] - ago for name in ("entered_at", "left_at") if name in row}
        seq = {"seq": 10_000 + number} if "seq" in row else {}
        yield row | moved | seq | {key: UUID(int=number)}


def test_no_figure_of_today_reads_all_visits(app, visits, reader):
    app.config["FIGURES_KEPT_S"] = 0
    with planned(app) as plans:
        assert reader.get("/").status_code == 200
    assert any("visit" in line for plan in plans for line in plan[1:])
    assert walks(plans, "visit", "place_id") == []


def test_no_part_of_the_gate_reads_all_visits(app, visits, keeper_of_gate, gate_url):
    with planned(app) as plans:
        assert keeper_of_gate.get(f"{gate_url}/gate").status_code == 200
    assert any("visit" in line for plan in plans for line in plan[1:])
    assert walks(plans, "visit", "place_id") == []
    [departures] = [plan for plan in plans if "visit.left_at > " in plan[0]]
    assert any("ix_visit_left" in line for line in departures[1:]), departures


def test_an_index_leads_to_the_page_after_a_key(app, visits, reader, monkeypatch):
    """Without sorting, and without walking past the rows before it."""
    monkeypatch.setattr(pages, "PAGE", 1)
    page = reader.get("/checkpoints/visits").text
    after = page.split("?after=")[1].split('"')[0]
    with planned(app) as plans:
        assert reader.get(f"/checkpoints/visits?after={after}").status_code == 200
    [plan] = [plan for plan in plans if any("ix_visit_entered" in line for line in plan[1:])]
    assert any("(entered_at<?)" in line or "Index Cond: (entered_at <=" in line for line in plan[1:]), plan
    assert not any("TEMP B-TREE" in line or line.startswith(("Sort", "->  Sort")) for line in plan[1:]), plan


def test_an_index_leads_to_the_visits_of_one_gate(app, gates, visits, reader):
    """At the other gate nobody was ever recorded: without its index all visits would be read to find none."""
    with app.app_context():
        code = db.session.get_one(Place, gates.there).code
    with planned(app) as plans:
        assert reader.get(f"/checkpoints/visits?place={code}").status_code == 200
    assert any("ix_visit_place_entered" in line for plan in plans for line in plan[1:])
    assert not any("ix_visit_entered" in line for plan in plans for line in plan[1:])


@pytest.mark.parametrize(("name", "index"), [("overridden", "ix_visit_overridden"), ("undone", "ix_visit_undone")])
def test_an_index_of_their_own_leads_to_the_visits_of_which_there_are_few(app, visits, reader, name, index):
    """There are none: without it all visits would be read to find them."""
    with planned(app) as plans:
        assert reader.get(f"/checkpoints/visits?{name}=y").status_code == 200
    assert any(index in line for plan in plans for line in plan[1:])
    assert not any("ix_visit_entered" in line for plan in plans for line in plan[1:])


@pytest.mark.only_on("sqlite")  # PostgreSQL counts what each index would lead to
def test_a_phone_and_not_a_common_name_leads_to_who_is_inside(app, gates):
    """Hundreds in a district have one name, thousands are inside: their rows would be read for every arrival."""
    with app.app_context(), planned(app) as plans:
        queries.inside_as(Identity("", "a phone", "a name"))
        queries.inside_as(Identity("a document", "a phone", "a name"))
    assert len(plans) == 2
    assert all(any("ix_visit_phone_blind" in line for line in plan[1:]) for plan in plans), plans
    others = ("ix_visit_name_blind", "uq_visit_inside_identity", "ix_visit_inside")
    assert not any(other in line for plan in plans for line in plan[1:] for other in others), plans

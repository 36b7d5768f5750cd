"""One table of acts: who may, from where; a move is one conditional update, and of several at once one is made."""

from collections import Counter
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

import pytest
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from tests.inspections.conftest import check, ward  # noqa: F401
from tests.kernel.mover import close
from tests.support.processes import REAL
from webapp.extensions import db
from webapp.inspections.models import InspectionFinding
from webapp.inspections.rules import FindingState
from webapp.kernel import clock, forms, states
from webapp.kernel.access import Actor, Grant, Role
from webapp.kernel.database import transaction
from webapp.kernel.errors import Refusal
from webapp.kernel.journal import JournalRow
from webapp.kernel.states import Act, Machine

PROCESSES = 8


class Light(StrEnum):
    RED = "red"
    GREEN = "green"


class Why(forms.Form):
    lamp = forms.UuidField("Lamp", forms.presence(True))
    why = forms.text("Reason", required=True)
    note = forms.text("Note")


GO = Act(
    name="go", label="Go", from_=(Light.RED,), to=Light.GREEN, roles=(Role.INSPECTOR,), form=Why, seals=("Reason",)
)
STOP = Act(name="stop", label="Stop", from_=(Light.GREEN, Light.RED), to=Light.RED, roles=(Role.COMMANDER,))
LIGHTS = Machine(of="light", label="Lights", states={Light.RED: "Red", Light.GREEN: "Green"}, acts=(GO, STOP))
INSPECTOR = Actor(uuid4(), "i", "i", (Grant(Role.INSPECTOR),))
BOTH = Actor(uuid4(), "b", "b", (Grant(Role.INSPECTOR), Grant(Role.COMMANDER)))


def test_the_buttons_are_the_acts_of_the_state_and_of_the_roles():
    assert LIGHTS.acts_for(Light.RED, INSPECTOR.through(*Role)) == [GO]
    assert LIGHTS.acts_for(Light.GREEN, INSPECTOR.through(*Role)) == []
    assert LIGHTS.acts_for(Light.RED, BOTH.through(*Role)) == [GO, STOP]
    assert LIGHTS.acts_for(Light.RED, BOTH.through(Role.COMMANDER)) == [STOP]  # over this row it is the only role
    assert LIGHTS.acts_for(Light.RED, INSPECTOR.through(Role.COMMANDER)) == []


def test_an_act_is_refused_to_others_and_in_other_states():
    LIGHTS.check(GO, Light.RED, INSPECTOR.through(*Role))
    with pytest.raises(Refusal, match="act-not-yours") as refusal:
        LIGHTS.check(STOP, Light.GREEN, INSPECTOR.through(*Role))
    assert refusal.value.status == 403
    with pytest.raises(Refusal, match="state-moved") as refusal:
        LIGHTS.check(GO, Light.GREEN, INSPECTOR.through(*Role))
    assert refusal.value.values["state"]["state"] == "green"


def test_the_table_names_what_an_act_demands_and_seals(app):
    with app.test_request_context(), force_locale("en"):
        lines = LIGHTS.table().splitlines()
    assert lines[0] == "| State | Actions | Then | By | Requires | Seals |"
    assert lines[2:] == [
        "| Red | Go | Green | inspector | Reason | Reason |",
        "| Green, Red | Stop | Red | commander | — | — |",
    ]


def test_the_documentation_has_every_table_as_the_command_prints_it(built):
    page = (Path(__file__).parents[2] / "docs" / "states.md").read_text(encoding="utf-8")
    with built.test_request_context(), force_locale("en"):
        assert states.documentation() in page, "./frontline states prints it"


@pytest.fixture
def finding(ward, check):  # noqa: F811
    """The id of an open finding."""
    with ward.app.app_context():
        check(no_bypass="no")
        return db.session.scalars(select(InspectionFinding.id)).one()


def moved(finding, actor, from_=(FindingState.OPEN,), **more):
    with transaction():
        wanted = {"act": "x.close", "by": actor, "at": clock.now()} | more
        states.move(InspectionFinding, finding, from_, FindingState.CLOSED, **wanted)


def test_a_move_changes_the_row_and_is_in_the_journal(ward, finding):  # noqa: F811
    with ward.app.app_context():
        due = clock.now().replace(microsecond=0) + timedelta(days=1)
        moved(finding, ward.actor, due_at=due)
        row = db.session.get_one(InspectionFinding, finding)
        assert (row.state, row.due_at) == (FindingState.CLOSED, due)
        [act] = db.session.scalars(select(JournalRow).where(JournalRow.action == "x.close"))
        assert (act.actor_id, act.subject_kind, act.subject_id) == (ward.actor.id, "inspection_finding", str(finding))
        assert act.details == {"to": "closed"}


def test_a_row_that_moved_on_says_where_it_is(ward, finding):  # noqa: F811
    with ward.app.test_request_context():
        moved(finding, ward.actor)
        with pytest.raises(Refusal, match="state-moved") as refusal:
            moved(finding, ward.actor)
        assert "“已整改”" in refusal.value.sentence
        with pytest.raises(NoResultFound):
            moved(uuid4(), ward.actor)
        assert len(db.session.scalars(select(JournalRow).where(JournalRow.action == "x.close")).all()) == 1


def test_what_else_must_not_have_changed_is_part_of_the_condition(ward, finding):  # noqa: F811
    with ward.app.app_context():
        due = db.session.get_one(InspectionFinding, finding).due_at
        with pytest.raises(Refusal, match="state-moved"):
            moved(finding, ward.actor, also=(InspectionFinding.due_at == due + timedelta(microseconds=1),))
        moved(finding, ward.actor, also=(InspectionFinding.due_at == due,))


def test_of_eight_processes_one_makes_the_move(ward, finding):  # noqa: F811
    with ward.app.app_context():
        db.session.remove()
        db.engine.dispose()
    gate, done = REAL.Barrier(PROCESSES), REAL.Queue()
    given = (ward.app.config["SETTINGS"], ward.actor, finding, gate, done)
    movers = [REAL.Process(target=close, args=given) for _ in range(PROCESSES)]
    for mover in movers:
        mover.start()
    came = Counter(done.get(timeout=180) for _ in movers)
    for mover in movers:
        mover.join(30)
    assert came == {"done": 1, "state-moved closed": PROCESSES - 1}
    with ward.app.app_context():
        assert len(db.session.scalars(select(JournalRow).where(JournalRow.action == "x.close")).all()) == 1

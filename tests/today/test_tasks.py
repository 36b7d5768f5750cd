"""Tasks show the first of a long queue and say so, with the way to all of it."""

from uuid import uuid4

import pytest
from sqlalchemy import insert, select, text

from tests.support import masters
from tests.support.counting import counted
from tests.support.figures import rows
from webapp.extensions import db
from webapp.inspections.choosing import SHOWN
from webapp.inspections.models import FindingStep, InspectionFinding
from webapp.inspections.rules import FindingState
from webapp.tasks.models import Task, TaskStep
from webapp.today.following import MOST_DUE


@pytest.fixture
def findings(demonstration):
    """findings(n): the demonstration with so many open findings, no assignment and no missing report."""

    def findings(number):
        with demonstration.app_context():
            db.session.execute(text("DELETE FROM report_due WHERE id NOT IN (SELECT due_id FROM report)"))
            table = InspectionFinding.__table__
            first = dict(db.session.execute(select(table).limit(1)).mappings().one())
            for emptied in (TaskStep, Task, FindingStep, InspectionFinding):
                db.session.execute(emptied.__table__.delete())
            first["state"] = FindingState.OPEN
            db.session.execute(insert(table), [first | {"id": uuid4()} for _ in range(number)])
            db.session.commit()
            db.session.remove()

    return findings


def test_a_queue_longer_than_the_page_says_how_long_it_is(app, findings):
    findings(SHOWN)
    commander = masters.signed_in(app, "commander")
    assert "这里只列出最先到期的" not in commander.get("/tasks").text
    findings(SHOWN + 1)
    page = commander.get("/tasks").text
    assert f"这里只列出最先到期的 {SHOWN} 条，共 {SHOWN + 1} 条。" in page
    assert 'href="/inspections/findings">查看全部：待整改问题' in page
    assert rows(commander, "/inspections/findings") == (SHOWN + 1, str(SHOWN + 1))


def test_today_and_the_hub_say_how_much_they_leave_out(app, findings):
    findings(MOST_DUE)
    commander = masters.signed_in(app, "commander")
    due = commander.get("/tasks").text.count('class="due-what"')
    assert due == MOST_DUE
    for url in ("/", "/areas/checks"):
        assert "这里只列出最先到期的" not in commander.get(url).text
    findings(SHOWN + 1)
    for url in ("/", "/areas/checks"):
        assert f"这里只列出最先到期的 {MOST_DUE} 条，共 {SHOWN + 1} 条。" in commander.get(url).text


def test_tasks_open_no_sealed_note_of_a_finding(app, findings):
    """Neither Today nor the page of tasks shows it, and each of forty would be decrypted."""
    findings(SHOWN)
    commander = masters.signed_in(app, "commander")
    for page in ("/today", "/tasks"):
        with counted(app) as statements:
            assert commander.get(page).status_code == 200
        assert any("FROM inspection_finding" in text for text in statements)
        assert not any("inspection_finding.note" in text for text in statements)

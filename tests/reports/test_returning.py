"""A superior returns a report with a reason; its unit signs a further version."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.reports import office
from tests.support import masters
from tests.support.reading import words_of
from webapp.accounts import queries as accounts
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Grant, Role
from webapp.kernel.deadlines import everything_due
from webapp.kernel.errors import Refusal
from webapp.kernel.journal import JournalRow
from webapp.reports import queries, service
from webapp.reports.kinds import AMENDMENT, SIGNING
from webapp.reports.rules import Standing


@pytest.fixture
def due(app, street):
    with app.app_context():
        return office.due(street.kind, street.units["east"], office.today())


@pytest.fixture
def signed(app, street, due):
    """The id of the first version."""
    with app.app_context():
        return office.sign(SIGNING, office.filled(due), street.by["east"]).uuid


def give_back(street, report_id, who="commander", reason="请核对横幅数"):
    service.return_report(report_id, reason, by=street.by[who], at=clock.now())


def refusal(*asked, **more):
    with pytest.raises(Refusal) as caught:
        give_back(*asked, **more)
    return caught.value.code, caught.value.status


def states(due):
    return [version.state for version in queries.versions(due)]


def kinds_due(street, who="east"):
    return {row.kind for row in everything_due(street.by[who], clock.now())}


def test_it_goes_back_with_a_reason_and_comes_again_as_a_further_version(app, street, due, signed):
    with app.test_request_context():
        assert "report.returned" not in kinds_due(street)
        give_back(street, signed)
        assert states(due) == [Standing.RETURNED]
        assert "report.returned" in kinds_due(street)
        assert "report.returned" not in kinds_due(street, "west")
        again = office.filled(due, n_l2=4, corrects=signed, reason="少数了一人")
        office.sign(AMENDMENT, again, street.by["east"])
        assert states(due) == [Standing.SIGNED, Standing.REPLACED]
        assert "report.returned" not in kinds_due(street)
        acts = db.session.scalars(
            sa.select(JournalRow.action).where(JournalRow.action.startswith("report.")).order_by(JournalRow.seq)
        )
        assert list(acts) == ["report.return", "report.amend"]


def test_the_pages_say_that_it_was_returned_by_whom_and_why(app, street, due, signed):
    commander, east = street.clients["commander"], street.clients["east"]
    page = commander.get(f"/reports/{signed}")
    assert "退回给报送单位" in words_of(page)
    blank = commander.post(f"/reports/{signed}/return", data={"reason": " "})
    assert blank.status_code == 422
    assert commander.post(f"/reports/{signed}/return", data={"reason": "请核对横幅数"}).status_code == 303
    assert "已退回" in words_of(commander.get("/reports/"))
    assert "其中已退回" in words_of(commander.get("/reports/"))
    assert "共 1 条" in words_of(commander.get("/reports/list?state=returned"))
    assert "请核对横幅数" in words_of(east.get("/reports/mine"))
    assert "请核对横幅数" in words_of(east.get(f"/reports/{signed}/amend"))
    shown = words_of(commander.get(f"/reports/{signed}"))
    assert "退回：请核对横幅数" in shown
    assert "退回给报送单位" not in shown
    assert "退回原因：请核对横幅数" in words_of(commander.get(f"/reports/{signed}/print"))


def test_only_a_superior_of_the_unit_returns_it(app, street, due, signed):
    other = masters.person(app, "other", Role.COMMANDER, unit_id=street.units["west"])
    with app.app_context():
        street.by["other"] = accounts.actor_of(accounts.find_person(other))
        assert refusal(street, signed, "other") == ("report-out-of-reach", 404)
        assert refusal(street, signed, "east") == ("report-out-of-reach", 404)
        assert states(due) == [Standing.SIGNED]
    assert "退回给报送单位" not in words_of(street.clients["east"].get(f"/reports/{signed}"))
    assert street.clients["east"].post(f"/reports/{signed}/return", data={"reason": "x"}).status_code == 403


@pytest.fixture
def both(app, street):
    """A person who is a clerk in the east and a commander of the street."""
    id_ = masters.person(
        app, "both", Role.CLERK, unit_id=street.units["east"], more=[Grant(Role.COMMANDER, street.units["street"])]
    )
    with app.app_context():
        street.by["both"] = accounts.actor_of(accounts.find_person(id_))
    return masters.signed_in(app, "both")


def test_nobody_returns_what_they_signed_themselves(app, street, due, both):
    with app.app_context():
        own = office.sign(SIGNING, office.filled(due), street.by["both"]).uuid
        assert refusal(street, own, "both") == ("report-own", 403)
        west = office.due(street.kind, street.units["west"], office.today())
        others = office.sign(SIGNING, office.filled(west), street.by["west"]).uuid
    assert "退回给报送单位" not in words_of(both.get(f"/reports/{own}"))
    assert both.post(f"/reports/{own}/return", data={"reason": "x"}).status_code == 403
    page = words_of(both.get(f"/reports/{others}"))
    assert "退回给报送单位" in page
    assert "更正并重新签报" not in page, "a commander of the west is no clerk there"
    assert both.get(f"/reports/{others}/amend").status_code == 404
    assert both.post(f"/reports/{others}/return", data={"reason": "请核对"}).status_code == 303
    with app.app_context():
        assert states(west) == [Standing.RETURNED]


def test_of_a_return_and_a_further_version_the_second_is_told(app, street, due, signed):
    with app.test_request_context():
        office.sign(AMENDMENT, office.filled(due, n_l2=4, corrects=signed, reason="补"), street.by["east"])
        code, _status = refusal(street, signed)
        assert code == "state-moved"
        newest = queries.newest_of(due)
        give_back(street, newest)
        assert refusal(street, newest) == ("state-moved", 409)
        assert states(due) == [Standing.RETURNED, Standing.REPLACED]


def test_a_returned_report_is_owed_when_it_was_returned_or_by_its_deadline(app, street, due, signed):
    with app.test_request_context():
        at = clock.now()
        give_back(street, signed)
        [row] = [row for row in everything_due(street.by["east"], at) if row.kind == "report.returned"]
        due_at = queries.find(due, street.by["east"].through(Role.CLERK)).due.due_at
        assert row.due_at == max(due_at, queries.find_report(signed).returned_at)
        assert row.is_overdue(due_at + timedelta(seconds=1))

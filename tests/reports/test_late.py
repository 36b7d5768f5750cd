"""A report that was signed on a device without a network: what it saw, when it arrived, and what is asked then."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from tests.reports import office
from tests.support.device import Device, stamp
from tests.support.reading import words_of
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.deadlines import everything_due
from webapp.reports import kept, queries
from webapp.reports.kinds import AMENDMENT, SIGNING
from webapp.reports.models import Report, ReportDue
from webapp.reports.rules import Standing

pytestmark = pytest.mark.only_on("sqlite")
HOUR = timedelta(hours=1)


@pytest.fixture
def due(app, street):
    """The expectation of yesterday: a device that signed minutes ago may have done so before midnight."""
    with app.app_context():
        return office.due(street.kind, street.units["east"], office.days_ago(1))


@pytest.fixture
def device(street):
    return Device(street.clients["east"])


@pytest.fixture
def form(app, due):
    """What the clerk fills in on the device, of what it knows now."""

    def fill(**typed):
        with app.app_context():
            return office.filled(due, **typed)

    return fill


def send(device, fields, ago=timedelta(minutes=1)):
    [outcome] = device.send(device.seal("report", fields, captured_at=stamp(clock.now() - ago)))
    return outcome


def report(version=None):
    query = sa.select(Report).order_by(Report.version.desc()).limit(1)
    return db.session.scalars(query.where(Report.version == version) if version else query).one()


def returned_page(client):
    """The address of the only entry that came back."""
    return "/sync/returned/" + client.get("/sync/returned").text.partition('href="/sync/returned/')[2].partition('"')[0]


def record(app, hang, *args):
    with app.app_context():
        hang(*args, office.days_ago(1))


def test_it_is_signed_at_the_time_of_the_device_and_arrives_later(app, device, form):
    signed_at = clock.now() - timedelta(minutes=3)
    assert send(device, form(), timedelta(minutes=3))["outcome"] == "receipt"
    with app.app_context():
        signed = report()
        assert abs(signed.signed_at - signed_at) < timedelta(seconds=5)
        assert signed.arrived_at - signed.signed_at > timedelta(minutes=2)
        assert (signed.state, signed.seen) == (Standing.SIGNED, {"l1": 0})


def test_records_that_came_meanwhile_are_shown_for_a_second_look_and_nothing_is_lost(app, street, device, form, hang):
    fields = form(t_l3="缺口罩")
    record(app, hang, "east", 3)
    outcome = send(device, fields)
    assert outcome["outcome"] == "receipt"
    with app.test_request_context():
        signed = report()
        assert (signed.state, signed.numbers["l1"], signed.seen) == (Standing.UNSURE, [3, 0], {"l1": 0})
        [task] = [row for row in everything_due(street.by["east"], clock.now()) if row.kind == "report.unsure"]
        assert task.url == f"/reports/{signed.id}/amend"
    page = words_of(street.clients["east"].get(outcome["url"]))
    printed = words_of(street.clients["east"].get(f"{outcome['url']}/print"))
    assert "送到时间" in printed
    assert "送到时系统算出" in printed
    assert "待复核" in page
    assert "送到时记录已有变化" in page
    assert "缺口罩" in page
    again = street.clients["east"].get(task.url)
    assert "缺口罩" in again.text
    assert "系统算出 3" in words_of(again)
    with app.app_context():
        office.sign(AMENDMENT, form(corrects=signed.id, reason="已核对"), street.by["east"])
        assert [version.state for version in queries.versions(signed.due_id)] == [Standing.SIGNED, Standing.REPLACED]
    with app.test_request_context():
        assert "report.unsure" not in {row.kind for row in everything_due(street.by["east"], clock.now())}


@pytest.mark.parametrize(
    ("more", "stated", "state"),
    [(3, 3, Standing.SIGNED), (4, 3, Standing.UNSURE), (0, 3, Standing.SIGNED)],
    ids=["the records now agree", "they went beyond", "they are as they were seen"],
)
def test_another_number_with_a_reason_is_judged_by_the_records_at_arrival(app, device, form, hang, more, stated, state):
    fields = form(n_l1=stated, r_l1="记在纸上")
    if more:
        record(app, hang, "east", more)
    assert send(device, fields)["outcome"] == "receipt"
    with app.app_context():
        assert (report().state, report().numbers["l1"]) == (state, [more, stated])


def test_a_zero_that_the_records_contradict_by_now_is_taken_and_asked_again(app, device, due, hang):
    record(app, hang, "east", 3)
    assert send(device, {"due": str(due), "zero": "y", "uuid": str(uuid4())})["outcome"] == "receipt"
    with app.app_context():
        signed = report()
        assert (signed.state, signed.is_zero, signed.numbers) == (
            Standing.UNSURE,
            True,
            {"l1": [3, 0], "l2": [None, 0]},
        )


def test_what_the_device_did_not_know_counts_as_unseen(app, device, form, hang):
    record(app, hang, "east", 3)
    assert send(device, form(n_l1=2) | {"s_l1": ""})["outcome"] == "receipt"
    with app.app_context():
        assert (report().state, report().seen) == (Standing.UNSURE, {"l1": None})


@pytest.mark.parametrize(("ago", "state"), [(2 * HOUR, "reported"), (HOUR / 2, "late")])
def test_late_is_what_was_signed_late_whenever_it_arrives(app, street, device, ago, state):
    with app.app_context():
        due = office.due(street.kind, street.units["east"], office.days_ago(1))
        db.session.execute(sa.update(ReportDue).where(ReportDue.id == due).values(due_at=clock.now() - HOUR))
        db.session.commit()
        fields = office.filled(due)
    outcome = send(device, fields, ago)
    assert outcome["outcome"] == "receipt"
    with app.app_context():
        reach = street.by["commander"].through(Role.COMMANDER)
        assert due in {row.id for row in db.session.execute(queries.expectations(reach, {"state": state}))}
    page = words_of(street.clients["commander"].get(outcome["url"]))
    assert ("截止时间前签的，过后才送到，不算迟报" in page) is (state == "reported")
    assert ("签报和送到都过了截止时间" in page) is (state == "late")


def test_who_signed_while_another_was_quicker_goes_on_as_a_further_version(app, street, device, form):
    fields = form(n_l2=9, t_l3="缺口罩")
    with app.app_context():
        first = office.sign(SIGNING, form(), street.by["street"]).uuid
    outcome = send(device, fields)
    assert (outcome["outcome"], outcome["code"]) == ("returned", "report-signed")
    east = street.clients["east"]
    here = returned_page(east)
    page = east.get(here)
    assert f'name="corrects" value="{first}"' in page.text
    assert "缺口罩" in page.text
    again = {name: text for name, text in fields.items() if name != "uuid"} | {"corrects": str(first)}
    assert east.post(here, data=again).status_code == 422, "a further version needs a reason"
    answer = east.post(here, data=again | {"reason": "我们现场核过"})
    assert answer.status_code == 303, words_of(answer)
    with app.app_context():
        assert (report().version, report().numbers["l2"], report().writer.username) == (2, [None, 9], "east")


def test_a_further_version_that_came_meanwhile_is_followed_too(app, street, device, form):
    fields = form(n_l2=9)
    with app.app_context():
        first = office.sign(SIGNING, form(), street.by["street"]).uuid
    send(device, fields)
    east = street.clients["east"]
    here = returned_page(east)
    with app.app_context():
        second = office.sign(AMENDMENT, form(corrects=first, reason="补"), street.by["street"]).uuid
    again = {name: text for name, text in fields.items() if name != "uuid"} | {"reason": "核过"}
    answer = east.post(here, data=again | {"corrects": str(first)})
    assert answer.status_code == 409
    assert f'name="corrects" value="{second}"' in answer.text
    assert "核过" in answer.text
    assert east.post(here, data=again | {"corrects": str(second)}).status_code == 303


def test_a_day_that_has_not_come_is_returned(app, street, device):
    with app.app_context():
        tomorrow = office.due(street.kind, street.units["east"], office.days_ago(-1))
        fields = office.filled(tomorrow)
    outcome = send(device, fields)
    assert (outcome["outcome"], outcome["code"]) == ("returned", "report-future")


def test_a_device_keeps_what_is_open_with_the_numbers_of_now(app, street, hang):
    with app.test_request_context():
        hang("east", 3)
        due = office.due(street.kind, street.units["east"], office.today())
        yesterday = office.due(street.kind, street.units["east"], office.days_ago(1))
        office.sign(SIGNING, office.filled(yesterday), street.by["east"])
        rows = kept.reports(street.by["east"].through(Role.CLERK), clock.now())
        days = [row["day"] for row in rows]
        assert days == [office.days_ago(n).isoformat() for n in (3, 2, 0, -1, -2)], "what is signed is left out"
        today = next(row for row in rows if row["id"] == str(due))
        assert [line.get("computed") for line in today["lines"]] == [3, None, None]
        assert [line["computed"] for row in rows if row["day"] > today["day"] for line in row["lines"][:1]] == [
            None
        ] * 2
        assert not kept.reports(street.by["commander"].through(Role.CLERK), clock.now())


def test_what_a_device_keeps_costs_a_statement_for_several_reports(app, street):
    from tests.support.counting import counted
    from webapp.reports import counting

    with app.test_request_context():
        lines = office.rules_lines(queries.kinds()[0].lines)
        asked = [counting.Asked(uuid4(), lines, street.units["east"], office.today()) for _report in range(21)]
        with counted(app) as statements:
            assert len(counting.numbers(asked)) == 21
        assert len(statements) == 3

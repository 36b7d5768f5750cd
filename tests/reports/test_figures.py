"""The numbers about reports that need somebody: each by a second counting in SQL, and on Today."""

import pytest
import sqlalchemy as sa

from tests.reports import office
from tests.support import masters
from tests.support.device import Device, stamp
from tests.support.reading import words_of
from webapp.accounts.models import Person
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.deadlines import everything_due
from webapp.kernel.figures import figures, value
from webapp.reports import queries, service
from webapp.reports.kinds import AMENDMENT, SIGNING
from webapp.reports.lists import state
from webapp.reports.rules import State
from webapp.sync.models import Device as DeviceRow

OF_REPORT = """SELECT count(*) FROM report r JOIN report_due d ON d.id = r.due_id
    LEFT JOIN report_check c ON c.report_id = r.id WHERE r.replaced_by IS NULL AND """
SECOND = {
    "reports.returned": f"{OF_REPORT} r.state = 'returned'",
    "reports.unsure": f"{OF_REPORT} r.state = 'unsure'",
    "reports.wrong": f"{OF_REPORT} r.is_changed",
    "reports.late": f"{OF_REPORT} r.recorded_at > d.due_at",
    "reports.hidden": f"{OF_REPORT} c.added + c.changed + c.gone > 0",
    "reports.unsent": """SELECT count(*) FROM report_due d JOIN unit u ON u.id = d.unit_id
        WHERE d.day BETWEEN :since AND :today AND d.id NOT IN (SELECT due_id FROM report) AND u.code = 'WEST'""",
}
COUNTS = {"returned": 1, "unsure": 1, "wrong": 1, "late": 2, "hidden": 1, "unsent": 3}


@pytest.fixture
def busy(app, street, hang):
    """Of the east: today's is unsure, yesterday's was late, corrected and returned, and that before late; of the west
    nothing is signed, and a device has not sent everything.
    """
    with app.app_context():
        today = office.filled(office.due(street.kind, street.units["east"], office.today()))
        hang("east", 3)
        yesterday = office.due(street.kind, street.units["east"], office.days_ago(1))
        first = office.sign(SIGNING, office.filled(yesterday), street.by["east"]).uuid
        again = office.filled(yesterday, n_l2=4, corrects=first, reason="补")
        second = office.sign(AMENDMENT, again, street.by["east"]).uuid
        service.return_report(second, "请核对", by=street.by["commander"], at=clock.now())
        before = office.due(street.kind, street.units["east"], office.days_ago(2))
        office.sign(SIGNING, office.filled(before), street.by["east"])
        hang("east", 2, office.days_ago(2))
        at = clock.now()
        person = masters.person(app, "keeper", Role.KEEPER)
        db.session.execute(sa.update(Person).where(Person.id == person).values(unit_id=street.units["west"]))
        kept = {"first_seen_at": at, "seen_at": at, "agent": "x", "waiting": 4, "withdrawn": []}
        db.session.add(DeviceRow(id=person, person_id=person, **kept))
        db.session.commit()
        service.compare(clock.now())
    device = Device(street.clients["east"])
    assert device.send(device.seal("report", today, captured_at=stamp()))[0]["outcome"] == "receipt"
    return street


def test_every_number_is_that_of_a_second_counting_and_unsent_is_not_missing(app, busy):
    with app.test_request_context():
        reach, since = busy.by["commander"].through(Role.COMMANDER), office.days_ago(2)
        for code, query in SECOND.items():
            days = {"since": since, "today": office.today()}
            typed = [sa.bindparam(name, days[name], sa.Date()) for name in days if f":{name}" in query]
            second = db.session.scalar(sa.text(query).bindparams(*typed))
            number = value(figures()[code], reach, since, office.today())
            assert (number, second) == (COUNTS[code.partition(".")[2]],) * 2, code
        by_rule = {row.id: state(row) for row in db.session.execute(queries.expectations(reach, {}))}
        assert {State.RETURNED, State.UNSURE} < set(by_rule.values())
        for each in State:
            rows = db.session.execute(queries.expectations(reach, {"state": each.value}))
            assert {row.id for row in rows} == {id_ for id_, known in by_rule.items() if known is each}, each
    commander = busy.clients["commander"]
    with app.test_request_context():
        overseen = [row for row in everything_due(busy.by["commander"], clock.now()) if row.kind == "report.missing"]
        assert ["其中 1 个有设备未发送" in row.where for row in overseen] == [True] * len(overseen)
        assert overseen
    grid = words_of(commander.get("/reports/"))
    assert "设备未发送" in grid
    assert "待复核" in grid
    assert "共 3 条" in words_of(commander.get(f"/reports/list?state=unsent&since={office_day(app, 2)}"))


def office_day(app, ago):
    with app.app_context():
        return office.days_ago(ago)


def test_the_auditor_sees_the_evils_on_today_and_each_opens_its_reports(app, busy):
    auditor = masters.member(app, Role.AUDITOR)
    today = auditor.get("/")
    assert "近 30 天错报迟报瞒报漏报" in words_of(today)
    card = today.text.partition('id="today-evils"')[2].partition("</section>")[0]
    links = [part.partition('"')[0].replace("&amp;", "&") for part in card.split('href="')[1:]]
    pages = [words_of(auditor.get(link)) for link in links if "evil=" in link]
    assert ["共 1 条" in pages[0], "共 2 条" in pages[1], "共 1 条" in pages[2]] == [True] * 3
    assert len(pages) == 4
    assert "近 30 天错报迟报瞒报漏报" not in words_of(busy.clients["commander"].get("/"))

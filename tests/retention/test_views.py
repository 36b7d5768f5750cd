"""Pages of purging: who may, the two presses, and a certificate that names nobody."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.retention.conftest import NAME, NOTE
from tests.support import masters
from tests.support.reading import words_of
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.entries import Entry
from webapp.kernel.tombstones import PurgedEntry, PurgeRun
from webapp.retention import service

WHY = f"{NAME}本人要求"


def receipt_of(app, uuid):
    with app.app_context():
        return db.session.scalars(sa.select(Entry.seq).where(Entry.uuid == uuid)).one()


def purged(app):
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(PurgedEntry))


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_one_record_is_purged_on_request_by_the_second_press(app, world, role):
    visit, client = world.values["visit_id"], world.clients[role]
    asked = {"record": str(receipt_of(app, visit)), "reason": WHY}
    first = client.post("/retention/request", data=asked)
    assert first.status_code == 200
    assert "卡口进入登记" in words_of(first)
    assert NOTE not in first.text
    assert purged(app) == 0, "the first press changes nothing"
    assert client.post("/retention/request", data=asked | {"confirm": "another"}).status_code == 200
    assert purged(app) == 0
    second = client.post("/retention/request", data=asked | {"confirm": str(visit)})
    assert second.status_code == 303
    assert purged(app) == 1
    for page in (client.get(second.location), client.get(f"{second.location}/print")):
        assert page.status_code == 200
        assert "按申请清除" in words_of(page)
        assert [text for text in (NAME, NOTE, WHY) if text in page.text] == []
    again = client.post("/retention/request", data=asked | {"confirm": str(visit)})
    assert again.status_code == 422
    assert "已经清除过了" in words_of(again)


@pytest.mark.parametrize("record", ["999999", "keine", "-1", "00000000-0000-4000-8000-000000000000", "9" * 30])
def test_a_record_that_is_none_is_told_on_its_field(app, world, record):
    answer = world.clients["administrator"].post("/retention/request", data={"record": record, "reason": WHY})
    assert answer.status_code == 422
    assert "没有这条记录" in words_of(answer)


def test_without_a_reason_nothing_is_looked_up(app, world):
    asked = {"record": str(world.values["visit_id"]), "confirm": str(world.values["visit_id"])}
    assert world.clients["auditor"].post("/retention/request", data=asked).status_code == 422
    assert purged(app) == 0


def test_who_administers_one_unit_only_purges_nothing(app, world):
    masters.person(app, "local", Role.ADMINISTRATOR, unit_id=world.values["unit_id"])
    local = masters.signed_in(app, "local")
    asked = {"record": str(world.values["visit_id"]), "reason": WHY, "confirm": str(world.values["visit_id"])}
    assert local.post("/retention/request", data=asked).status_code == 403
    for path in ("/retention/", "/retention/request", "/district/retention"):
        assert local.get(path).status_code == 403
    assert purged(app) == 0


def test_rules_and_runs_are_listed_with_what_is_due(app, world):
    with app.app_context():
        service.purge_due(clock.now() + timedelta(days=61))
        number = db.session.scalars(sa.select(PurgeRun.number)).one()
    page = world.clients["auditor"].get("/retention/")
    assert number in page.text
    assert "卡口来访登记" in words_of(page)
    assert "60 天" in words_of(page)
    assert "district/retention" not in page.text, "auditors read"
    assert "district/retention" in world.clients["administrator"].get("/retention/").text


def test_a_failure_stands_on_the_certificate(app, world, purge):
    run = purge(world.values["visit_id"])
    with app.app_context():
        db.session.execute(sa.update(PurgeRun).values(failed=2, digest="0" * 64))
        db.session.commit()
    page = words_of(world.clients["auditor"].get(f"/retention/certificates/{run}"))
    assert "有 2 条没有清除成功" in page
    assert "校验不符" in page

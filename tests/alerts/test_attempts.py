"""Every attempt at a delivery is kept: when, what was answered, when it is tried next."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.alerts.conftest import NOON
from tests.support import masters
from tests.support.reading import words_of
from webapp.alerts.models import AlertAttempt, AlertDelivery
from webapp.extensions import db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def due(district, robot):
    """One alert that waits for the robot."""
    district.rule(channels=(district.channel(robot.url),))
    district.owe()
    district.watch()
    return district


def attempts(district):
    with district.app.app_context():
        return db.session.scalars(select(AlertAttempt).order_by(AlertAttempt.tried_at)).all()


def test_each_attempt_has_its_answer_and_the_next_try(due, robot):
    robot.sink.answer = lambda handler: handler.reply(503, b"later")
    due.deliver(NOON)
    due.deliver(NOON + MINUTE)
    robot.sink.answer = lambda handler: handler.reply(200, b"taken")
    due.deliver(NOON + 3 * MINUTE)
    kept = [
        (row.tried_at - NOON, row.outcome, row.answer, row.retry_at and row.retry_at - NOON) for row in attempts(due)
    ]
    assert kept == [
        (0 * MINUTE, "status", "503 later", MINUTE),
        (MINUTE, "status", "503 later", 3 * MINUTE),
        (3 * MINUTE, "sent", "200 taken", None),
    ]


def test_the_page_of_a_delivery_lists_them_with_what_to_do(due, robot):
    robot.sink.answer = lambda handler: handler.reply(404, b"no such robot")
    due.deliver(NOON)
    with due.app.app_context():
        id_ = db.session.scalars(select(AlertDelivery.id)).one()
    client = masters.signed_in(due.app, "administrator")
    listed = client.get("/alerts/deliveries").text
    assert f"/alerts/deliveries/{id_}" in listed
    page = words_of(client.get(f"/alerts/deliveries/{id_}"))
    assert "404 no such robot" in page
    assert "下次再试" in page
    assert "机器人可能已被删除" in page


def test_a_failing_channel_stands_on_the_list_of_channels_and_on_today_with_what_to_do(due, robot):
    robot.sink.answer = lambda handler: handler.reply(302, b"", Location="/")
    client = masters.signed_in(due.app, "administrator")
    assert "发不出去" not in words_of(client.get("/today"))
    due.deliver(NOON)
    assert "请填写对方最终的网址" in words_of(client.get("/alerts/channels"))
    assert "提醒渠道发不出去" in words_of(client.get("/today"))


def test_a_summary_leaves_an_attempt_with_each_of_its_deliveries(district, robot):
    district.rule(channels=(district.channel(robot.url),))
    for number in range(5):
        district.owe(f"{number}")
    district.watch()
    district.deliver()
    assert len(attempts(district)) == 5
    assert len({row.message_id for row in attempts(district)}) == 1

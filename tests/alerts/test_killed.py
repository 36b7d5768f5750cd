"""A sender that is killed between sending and keeping the answer, and a watcher that is killed at any moment."""

import pytest

from tests.alerts.conftest import NOON
from tests.alerts.sender import send
from tests.alerts.test_delivering import deliveries
from tests.support.processes import REAL
from webapp.alerts.rules import DeliveryState


@pytest.mark.parametrize("many", [1, 5], ids=["a single message", "a summary"])
def test_what_a_killed_sender_left_is_sent_once_more_under_its_id_and_then_no_more(district, premises, robot, many):
    district.rule(channels=(district.channel(robot.url),))
    for number in range(many):
        district.owe(f"{number}")
    district.watch()
    robot.sink.answer = robot.sink.hang
    process = REAL.Process(target=send, args=(premises.settings, NOON))
    process.start()
    assert robot.sink.arrived.wait(30)
    process.kill()
    process.join()
    assert {row.state for row in deliveries(district.app)} == {DeliveryState.SENDING}
    robot.sink.answer = lambda handler: handler.reply(200)
    assert [district.deliver() for _time in range(3)] == [
        "1 sent, 0 not sent",
        "0 sent, 0 not sent",
        "0 sent, 0 not sent",
    ]
    (_path, first, _headers), (_path2, again, _headers2) = robot.sink.posts
    assert (first["id"], first["repeated"], again["repeated"]) == (again["id"], False, True)
    assert "可能重复" in again["text"]
    assert {row.state for row in deliveries(district.app)} == {DeliveryState.SENT}

"""What leaves through the channels, and what becomes of what does not."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.alerts.conftest import NOON
from tests.support import sinks
from webapp.alerts.models import AlertChannel, AlertDelivery
from webapp.alerts.rules import ChannelKind, DeliveryState
from webapp.extensions import db
from webapp.kernel.deadlines import Level

MINUTE = timedelta(minutes=1)


def deliveries(app):
    with app.app_context():
        return db.session.scalars(select(AlertDelivery).order_by(AlertDelivery.made_at, AlertDelivery.id)).all()


def channel(app):
    with app.app_context():
        return db.session.scalars(select(AlertChannel)).one()


@pytest.fixture
def due(district, robot):
    """One alert that waits for the robot."""
    district.rule(channels=(district.channel(robot.url),))
    district.owe()
    district.watch()
    return district


def test_a_message_says_what_where_when_and_leads_to_the_page(due, robot):
    assert due.deliver() == "1 sent, 0 not sent"
    [(_path, facts, headers)] = robot.sink.posts
    assert facts["title"] == "【防线】警告：超期"
    assert "地点：场所N-01" in facts["text"]
    assert "http://127.0.0.1:8000/alerts/" in facts["text"]
    assert headers["Idempotency-Key"] == facts["id"]
    [row] = deliveries(due.app)
    assert (row.state, row.tries, row.outcome) == (DeliveryState.SENT, 1, "sent")
    assert due.deliver() == "0 sent, 0 not sent"


@pytest.mark.parametrize(
    ("kind", "key", "told"),
    [
        (ChannelKind.WECOM, None, lambda facts: facts["text"]["content"]),
        (ChannelKind.DINGTALK, "SEC123456", lambda facts: facts["text"]["content"]),
        (ChannelKind.FEISHU, "SEC123456", lambda facts: facts["content"]["text"]),
    ],
)
def test_each_robot_is_posted_its_own_form(district, robot, kind, key, told):
    district.rule(channels=(district.channel(f"{robot.url}/hook?token=abc", kind, language="en", key=key),))
    district.owe()
    district.watch()
    district.deliver()
    [(path, facts, _headers)] = robot.sink.posts
    assert told(facts).startswith("[Frontline] Warning: 超期")
    is_signed = "sign=" in path or "sign" in facts
    assert is_signed is (key is not None)


def test_a_robot_that_answers_200_and_refuses_has_not_taken_it(district, robot):
    robot.sink.answer = lambda handler: handler.reply(200, b'{"errcode": 93000, "errmsg": "invalid webhook url"}')
    district.rule(channels=(district.channel(robot.url, ChannelKind.WECOM),))
    district.owe()
    district.watch()
    assert district.deliver() == "0 sent, 1 not sent"
    assert channel(district.app).outcome == "rejected"
    assert "93000" in channel(district.app).answer


def test_an_answer_is_kept_without_the_secrets_of_its_channel(district, robot):
    secret = "a1b2c3d4e5f6"
    robot.sink.answer = lambda handler: handler.reply(
        500, f"no such key {secret} at /hook/{secret}".encode() + b"x" * 500
    )
    district.rule(channels=(district.channel(f"{robot.url}/hook/{secret}"),))
    district.owe()
    district.watch()
    district.deliver()
    answer = channel(district.app).answer
    assert answer.startswith("500 no such key *** at")
    assert secret not in answer
    assert len(answer) == 200


def test_a_redirect_is_not_followed(due, robot):
    robot.sink.answer = lambda handler: handler.reply(302, b"", Location=f"{robot.url}/inner")
    due.deliver()
    assert [path for path, *_rest in robot.sink.posts] == ["/"]
    assert channel(due.app).outcome == "redirect"


@pytest.mark.parametrize("manner", ["hang", "drip"])
def test_a_robot_that_hangs_or_drips_is_left_after_five_seconds(due, robot, manner, monkeypatch):
    monkeypatch.setattr("webapp.alerts.channels.posting.within.__defaults__", (1.0,))
    robot.sink.answer = getattr(robot.sink, manner)
    assert sinks.elapsed(due.deliver) < 3
    assert channel(due.app).outcome == "timeout"


def test_an_answer_is_not_read_beyond_its_bound(due, robot):
    is_cut = threading.Event()

    def flood(handler):
        try:
            handler.reply(200, b"x" * 30_000_000)
        except OSError:
            is_cut.set()

    robot.sink.answer = flood
    assert due.deliver() == "1 sent, 0 not sent"
    assert len(channel(due.app).answer) == 200
    assert is_cut.wait(10)


def test_a_channel_does_not_lead_inside(due, robot):
    due.app.config["INSIDE_CHANNELS"] = False
    due.deliver()
    assert channel(due.app).outcome == "insecure"
    with due.app.app_context():
        row = db.session.scalars(select(AlertChannel)).one()
        row.secret, row.retry_at = {"url": robot.url.replace("http:", "https:")}, None
        db.session.commit()
    due.deliver()
    assert channel(due.app).outcome == "inside"
    assert robot.sink.posts == []


def test_a_name_that_leads_inside_is_refused_at_each_sending(district, monkeypatch):
    """Whatever the name led to when the channel was saved."""
    answers = [
        [(2, 1, 6, "", ("93.184.216.34", 443))],
        [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.1", 443))],
    ]
    connected = []
    monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: answers.pop(0))

    def connect(address, *_rest):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", connect)
    district.app.config["INSIDE_CHANNELS"] = False
    district.rule(channels=(district.channel("https://robot.example/"),))
    district.owe()
    district.watch()
    district.deliver()
    assert channel(district.app).outcome == "unreachable"
    district.deliver(NOON + MINUTE)
    assert channel(district.app).outcome == "inside"
    assert connected == [("93.184.216.34", 443)]


def test_a_robot_that_fails_for_a_day_is_tried_ever_more_rarely_and_then_given_up(due, robot):
    robot.sink.answer = lambda handler: handler.reply(500, b"")
    for minutes in range(25 * 60):
        if minutes < 70 or minutes % 20 == 0:
            due.deliver(NOON + minutes * MINUTE)
    assert 20 < len(robot.sink.posts) < 35
    [row] = deliveries(due.app)
    assert row.state is DeliveryState.FAILED
    assert len({facts["id"] for _path, facts, _headers in robot.sink.posts}) == 1


def test_a_failing_robot_gets_one_summary_when_it_works_again(due, robot):
    robot.sink.answer = lambda handler: handler.reply(500, b"")
    due.deliver()
    for number in range(6):
        due.owe(f"more-{number}")
    due.watch(NOON + MINUTE)
    robot.sink.answer = lambda handler: handler.reply(200)
    robot.sink.posts.clear()
    assert due.deliver(NOON + 2 * MINUTE) == "1 sent, 0 not sent"
    [(_path, facts, _headers)] = robot.sink.posts
    assert facts["title"] == "【防线】7 条提醒"
    assert channel(due.app).failing_since is None


def test_three_that_wait_are_three_messages_and_four_are_one(district, robot):
    district.rule(channels=(district.channel(robot.url),))
    for number in range(3):
        district.owe(f"a{number}")
    district.watch()
    assert district.deliver() == "3 sent, 0 not sent"
    for number in range(4):
        district.owe(f"b{number}")
    district.watch(NOON + MINUTE)
    assert district.deliver(NOON + MINUTE) == "1 sent, 0 not sent"


def test_after_a_long_downtime_a_channel_gets_one_message(district, robot):
    district.rule(channels=(district.channel(robot.url),))
    for number in range(300):
        district.owe(f"{number}", hours=-48)
    district.watch()
    district.deliver()
    assert len(robot.sink.posts) == 1
    assert {row.state for row in deliveries(district.app)} == {DeliveryState.SENT}


def test_a_channel_that_hangs_does_not_hold_up_another(district, robot, monkeypatch):
    monkeypatch.setattr("webapp.alerts.channels.posting.within.__defaults__", (1.0,))
    with sinks.robot() as (url, slow):
        slow.answer = slow.hang
        both = district.channel(url, ChannelKind.WECOM), district.channel(robot.url)
        district.rule(channels=both)
        district.owe()
        district.watch()
        assert district.deliver() == "1 sent, 1 not sent"
    assert len(robot.sink.posts) == 1


def test_several_channels_are_sent_to_at_once(district, robot):
    with sinks.robot() as (url, other):
        for one, another in ((robot.sink, other), (other, robot.sink)):
            one.answer = lambda handler, there=another: handler.reply(200 if there.arrived.wait(2) else 500)
        district.rule(channels=(district.channel(url, ChannelKind.WECOM), district.channel(robot.url)))
        district.owe()
        district.watch()
        assert district.deliver() == "2 sent, 0 not sent"


def test_what_is_over_before_it_was_sent_is_not_sent(due, robot):
    due.due.clear()
    due.watch(NOON + MINUTE)
    assert due.deliver(NOON + MINUTE) == "0 sent, 0 not sent"
    assert [row.state for row in deliveries(due.app)] == [DeliveryState.DROPPED]
    assert robot.sink.posts == []


def test_in_quiet_hours_only_what_is_critical_leaves(district, robot):
    quiet = {"channels": (district.channel(robot.url),), "quiet_from": 22, "quiet_until": 7}
    district.rule(**quiet)
    district.rule(level=Level.CRITICAL, **quiet)
    district.owe()
    night = NOON.replace(hour=22)
    district.watch(night)
    district.deliver(night)
    assert [facts["title"] for _path, facts, _headers in robot.sink.posts] == ["【防线】紧急：超期"]
    morning = NOON.replace(hour=7) + timedelta(days=1)
    district.deliver(morning - MINUTE)
    assert len(robot.sink.posts) == 1
    district.deliver(morning)
    assert len(robot.sink.posts) == 2


def mail(server, **values):
    host, port = server.server_address
    facts = {"host": host, "port": port, "security": "none", "user": None, "password": ""}
    return facts | {"sender": "frontline@example.cn", "to": ["a@example.cn", "b@example.cn"]} | values


def test_a_mail_arrives_with_its_subject_and_text(district):
    with sinks.mailbox() as server:
        district.rule(channels=(district.channel("", ChannelKind.EMAIL, **mail(server)),))
        district.owe()
        district.watch()
        assert district.deliver() == "1 sent, 0 not sent"
    [(to, text)] = server.mails
    assert [line.partition("<")[2].partition(">")[0] for line in to] == ["a@example.cn", "b@example.cn"]
    assert "Message-ID: <" in text
    assert "Subject: =?utf-8?" in text


def test_a_mail_server_that_refuses_is_told_in_its_words(district):
    with sinks.mailbox() as server:
        server.refuses = True
        district.rule(channels=(district.channel("", ChannelKind.EMAIL, **mail(server)),))
        district.owe()
        district.watch()
        assert district.deliver() == "0 sent, 1 not sent"
    assert (channel(district.app).outcome, channel(district.app).answer[:20]) == ("rejected", "550 no such box 550 ")


def test_mail_goes_to_ports_of_mail_only(district):
    with sinks.mailbox() as server:
        district.rule(channels=(district.channel("", ChannelKind.EMAIL, **mail(server)),))
        district.owe()
        district.watch()
        district.app.config["INSIDE_CHANNELS"] = False
        district.deliver()
    assert channel(district.app).outcome == "inside"
    assert server.mails == []

"""Web push: used only where a test came back, encrypted for the device, never with anything about a person."""

from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from tests.alerts.conftest import NOON
from tests.support import masters
from tests.support.pushes import Browser, claims_of
from tests.support.reading import words_of
from webapp.alerts.channels.coding import CURVE, encrypted, unwritten, written
from webapp.alerts.models import AlertChannel, AlertDelivery, AlertDevice
from webapp.alerts.rules import ChannelKind, DeliveryState
from webapp.extensions import db


@pytest.fixture
def pushed(district, robot):
    """The inspector in the north with a browser, and a rule that pushes."""
    robot.sink.answer = lambda handler: handler.reply(201, b"")
    browser = Browser(robot.url)
    client = masters.signed_in(district.app, "north")
    channel = district.channel("", ChannelKind.PUSH)
    district.rule(channels=(channel,))
    posted = lambda: [browser.opened(raw) for _path, raw, _headers in robot.sink.posts]  # noqa: E731
    return SimpleNamespace(district=district, app=district.app, browser=browser, client=client, posted=posted)


def test_the_example_of_the_standard_is_encrypted_as_it_is_printed_there():
    """RFC 8291, appendix A."""
    content = b"When I grow up, I want to be a watermelon"
    receiver = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    own = ec.derive_private_key(int.from_bytes(unwritten("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), CURVE)
    secrets = unwritten("BTBZMqHH6r4Tts7J_aSIgg"), unwritten("DGv6ra1nlYgDCS1FRnbzlw")
    body = encrypted(content, unwritten(receiver), secrets[0], key=own, salt=secrets[1])
    assert written(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def row(app, model):
    with app.app_context():
        return db.session.scalars(select(model)).one()


def turned_on(pushed):
    """Turn push on and let the test message come back."""
    pushed.client.post("/alerts/devices", data=pushed.browser.fields)
    test = pushed.posted()[-1]
    answer = pushed.app.test_client().post(test["arrived"], json={"token": test["token"]})
    assert answer.json == {"usable": True}


def deliver(pushed):
    pushed.district.owe()
    pushed.district.watch()
    return pushed.district.deliver()


def test_a_device_is_used_only_after_its_test_message_came_back(pushed, robot):
    answer = pushed.client.post("/alerts/devices", data=pushed.browser.fields, follow_redirects=True)
    assert "还没有收到测试消息，不会用它" in words_of(answer)
    robot.sink.posts.clear()
    assert deliver(pushed) == "1 sent, 0 not sent"
    assert row(pushed.app, AlertDelivery).outcome == "nobody"
    assert robot.sink.posts == []


def test_a_token_that_is_not_its_last_changes_nothing(pushed):
    pushed.client.post("/alerts/devices", data=pushed.browser.fields)
    device_id = row(pushed.app, AlertDevice).id
    pushed.client.post(f"/alerts/devices/{device_id}/test")
    first, last = pushed.posted()
    stranger = pushed.app.test_client()
    for body in ({"token": first["token"]}, {"token": ""}, {"token": 7}, {}, []):
        assert stranger.post(first["arrived"], json=body).status_code == 403
    assert row(pushed.app, AlertDevice).usable_at is None
    assert stranger.post(last["arrived"], json={"token": last["token"]}).status_code == 200
    assert stranger.post(last["arrived"], json={"token": last["token"]}).status_code == 403, "a token is used once"


def test_a_notice_has_the_words_of_the_rule_and_a_link_and_nothing_more(pushed, robot):
    turned_on(pushed)
    robot.sink.posts.clear()
    assert deliver(pushed) == "1 sent, 0 not sent"
    [(path, raw, headers)] = robot.sink.posts
    assert path == "/push/secret-path"
    assert headers["Content-Encoding"] == "aes128gcm"
    assert "超期".encode() not in raw
    notice = pushed.browser.opened(raw)
    assert set(notice) == {"title", "body", "url", "tag"}
    assert notice["title"] == "【防线】警告：超期"
    assert notice["url"].startswith("/alerts/")
    assert "N-01" not in str(notice), "the place stands behind the link"
    assert row(pushed.app, AlertDelivery).state is DeliveryState.SENT


def test_our_signature_names_us_and_the_push_service(pushed, robot):
    turned_on(pushed)
    claims, key = claims_of(robot.sink.posts[0][2]["Authorization"])
    assert claims["aud"] == robot.url
    assert f'data-key="{key}"' in pushed.client.get("/alerts/devices").text, "the key to which browsers subscribe"


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_has_ended_is_not_used_again(pushed, robot, status):
    turned_on(pushed)
    robot.sink.answer = lambda handler: handler.reply(status, b"gone")
    assert deliver(pushed) == "1 sent, 0 not sent"
    assert row(pushed.app, AlertDevice).ended_at == NOON
    assert row(pushed.app, AlertChannel).failing_since is None
    assert "推送已经失效" in words_of(pushed.client.get("/alerts/devices"))


def test_a_push_service_that_fails_is_tried_again(pushed, robot):
    turned_on(pushed)
    robot.sink.answer = lambda handler: handler.reply(500, b"")
    assert deliver(pushed) == "0 sent, 1 not sent"
    assert row(pushed.app, AlertDevice).ended_at is None
    assert row(pushed.app, AlertChannel).failing_since == NOON


def test_an_endpoint_inside_or_without_tls_is_sent_nothing(pushed, robot):
    turned_on(pushed)
    robot.sink.posts.clear()
    pushed.app.config["INSIDE_CHANNELS"] = False
    deliver(pushed)
    assert robot.sink.posts == []
    assert row(pushed.app, AlertDevice).outcome == "insecure"


def test_the_address_of_a_subscription_is_sealed_and_not_shown(pushed):
    turned_on(pushed)
    with pushed.app.app_context():
        [stored] = db.session.execute(db.text("SELECT secret FROM alert_device")).scalars()
    page = pushed.client.get("/alerts/devices").text
    assert "secret-path" not in stored
    assert "secret-path" not in page


@pytest.mark.parametrize(
    "changes", [{"endpoint": ""}, {"endpoint": "ftp://a.example/"}, {"p256dh": "AAAA"}, {"auth": "é"}, {"auth": "AA"}]
)
def test_a_subscription_that_is_none_is_refused_with_what_to_do(pushed, changes):
    answer = pushed.client.post("/alerts/devices", data=pushed.browser.fields | changes)
    assert answer.status_code == 422
    assert "请换一个浏览器再试" in words_of(answer)


def test_a_person_sees_and_removes_own_devices_only(pushed):
    turned_on(pushed)
    other = masters.signed_in(pushed.app, "south")
    id_ = row(pushed.app, AlertDevice).id
    assert [other.post(f"/alerts/devices/{id_}/{act}").status_code for act in ("off", "test")] == [404, 404]
    assert "127.0.0.1" not in other.get("/alerts/devices").text
    pushed.client.post(f"/alerts/devices/{id_}/off")
    assert "还没有打开推送的设备" in words_of(pushed.client.get("/alerts/devices"))


def test_the_test_button_of_the_channel_pushes_to_the_own_devices(pushed, robot):
    client = masters.signed_in(pushed.app, "administrator")
    channel_id = row(pushed.app, AlertChannel).id
    page = words_of(client.post(f"/alerts/channels/{channel_id}/test", follow_redirects=True))
    assert "收件人都没有开通推送的设备" in page
    pushed.client, mine = client, robot.sink.posts
    turned_on(pushed)
    page = words_of(client.post(f"/alerts/channels/{channel_id}/test", follow_redirects=True))
    assert "对方已收下" in page
    assert len(mine) == 2

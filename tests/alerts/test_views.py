"""The pages: my alerts, all alerts, rules, channels."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support import masters
from tests.support.counting import counted
from tests.support.reading import words_of
from webapp.alerts import queries
from webapp.alerts.models import Alert, AlertChannel, AlertRule
from webapp.alerts.rules import AlertState
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.deadlines import Level


@pytest.fixture
def raised(district):
    """Two alerts of the inspector in the north, one of them critical."""
    district.rule()
    district.rule(level=Level.CRITICAL, recipients=("doers:", "role:commander"))
    district.owe()
    district.watch()
    return district


def alert_of(district, level):
    with district.app.app_context():
        return db.session.scalars(select(Alert.id).where(Alert.level == level)).one()


def test_my_alerts_stand_on_every_page_and_one_press_acknowledges_one(raised):
    client = masters.signed_in(raised.app, "north")
    assert "有 2 条提醒没有确认" in client.get("/me").text
    page = client.get("/alerts/")
    assert page.text.index("紧急") < page.text.index("警告"), "the most urgent first"
    answer = client.post(f"/alerts/{alert_of(raised, Level.CRITICAL)}/acknowledge", follow_redirects=True)
    assert "有 1 条提醒没有确认" in answer.text
    shown = words_of(masters.signed_in(raised.app, "commander").get(f"/alerts/{alert_of(raised, Level.CRITICAL)}"))
    assert "North" in shown
    assert "已确认" in shown


def test_a_second_press_changes_nothing_and_somebody_else_is_told(raised):
    first, second = (masters.signed_in(raised.app, name) for name in ("north", "commander"))
    url = f"/alerts/{alert_of(raised, Level.CRITICAL)}/acknowledge"
    assert [first.post(url).status_code for _press in range(2)] == [303, 303]
    late = second.post(url)
    assert late.status_code == 409
    assert "已确认" in words_of(late)


def test_all_of_mine_are_acknowledged_at_once_and_nobody_elses(raised):
    masters.signed_in(raised.app, "north").post("/alerts/acknowledge-all")
    raised.owe("other", who=raised.south_inspector)
    raised.watch()
    masters.signed_in(raised.app, "north").post("/alerts/acknowledge-all")
    with raised.app.app_context():
        rows = db.session.scalars(select(Alert)).all()
        states = {(row.key, row.level): row.state for row in rows}
    assert {states["a", level] for level in (Level.CRITICAL, Level.WARNING)} == {AlertState.ACKNOWLEDGED}
    assert {states["other", level] for level in (Level.CRITICAL, Level.WARNING)} == {AlertState.OPEN}


def test_an_alert_of_somebody_else_is_not_there(raised):
    client = masters.signed_in(raised.app, "south")
    id_ = alert_of(raised, Level.WARNING)
    assert [client.get(f"/alerts/{id_}").status_code, client.post(f"/alerts/{id_}/acknowledge").status_code] == [
        404,
        404,
    ]


def test_an_alert_leads_on_only_where_its_reader_may_enter(raised):
    url, pages = f"/alerts/{alert_of(raised, Level.CRITICAL)}", {}
    for target in ("/inspections/findings", "/supplies/counter", "/x"):
        with raised.app.app_context():
            for row in db.session.scalars(select(Alert)):
                row.url = target
            db.session.commit()
        page = masters.signed_in(raised.app, "commander").get(url).text
        pages[target] = f'href="{target}"' in page and "打开这件事" in page
    assert pages == {"/inspections/findings": True, "/supplies/counter": False, "/x": False}


def test_overseers_see_the_alerts_within_their_reach(raised):
    from webapp.kernel.access import Role

    masters.person(raised.app, "southern", Role.COMMANDER, raised.south)
    masters.person(raised.app, "northern", Role.COMMANDER, raised.north)
    numbers = {}
    for name in ("southern", "northern", "commander"):
        page = masters.signed_in(raised.app, name).get("/alerts/all")
        numbers[name] = page.text.count('class="row-link"')
    assert numbers == {"southern": 0, "northern": 2, "commander": 2}


def test_pages_cost_few_statements(raised):
    client = masters.signed_in(raised.app, "north")
    client.get("/alerts/")
    with counted(raised.app) as statements:
        client.get("/alerts/")
    assert len(statements) <= 6, statements


def test_the_silence_of_the_watcher_stands_on_every_page_of_an_administrator(district):
    admin, other = (masters.signed_in(district.app, name) for name in ("administrator", "commander"))
    assert "data-watcher-silent" not in admin.get("/units/").text, "there is nothing to watch"
    district.rule()
    with district.app.app_context():
        db.session.scalars(select(AlertRule)).one().added_at = clock.now() - timedelta(minutes=6)
        db.session.commit()
    admin.post("/alerts/acknowledge-all")  # after a write nothing of that person is taken from a cache
    assert "data-watcher-silent" in admin.get("/units/").text
    assert "data-watcher-silent" not in other.get("/units/").text
    from tests.support.working import run_due

    with district.app.app_context():
        run_due(clock.now())
    admin.post("/alerts/acknowledge-all")
    assert "data-watcher-silent" not in admin.get("/units/").text


RULE = {"name": "库存", "source": "figure:supplies.low", "threshold": "3", "timing": "after", "hours": "0"} | {
    "each": "together",
    "span": "hours",
    "level": "warning",
    "recipient_1": "role:keeper",
    "quiet_from": "22",
    "quiet_until": "7",
    "repeat_minutes": "60",
    "is_active": "y",
}


def test_a_rule_is_written_changed_and_put_out_of_force(app, administrator):
    assert administrator.post("/alerts/rules/new", data=RULE).status_code == 303
    with app.app_context():
        row = db.session.scalars(select(AlertRule)).one()
        assert (row.threshold, row.recipients, row.quiet, row.after_minutes) == (3, ["role:keeper"], (22, 7), None)
        assert row.each is None
    form = administrator.get(f"/alerts/rules/{row.id}").text
    assert 'value="3"' in form
    changed = {name: value for name, value in RULE.items() if name != "is_active"}
    assert administrator.post(f"/alerts/rules/{row.id}", data=changed | {"threshold": "5"}).status_code == 303
    with app.app_context():
        assert queries.active_rules() == []


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"threshold": ""}, "看数字的规则要填写达到多少才提醒"),
        ({"threshold": "many"}, "请填写数字"),
        ({"recipient_1": "doers:"}, "数字没有应当办理的人"),
        ({"recipient_1": "role:king"}, "请从列出的选项中选择"),
        ({"quiet_until": ""}, "安静时段请同时填写开始和结束"),
        ({"repeat_minutes": "9"}, "应在 10 到 10080 之间"),
        ({"source": "finding.open"}, "这种事项没有数字"),
        ({"each": "place", "source": "figure:reports.missing"}, "这一项不能这样分开看"),
        ({"each": "unit", "source": "finding.open", "threshold": ""}, "这一项不能这样分开看"),
        ({"source": "finding.open", "threshold": "", "timing": "before", "hours": ""}, "请填写提前多久"),
    ],
)
def test_a_rule_that_cannot_be_is_shown_again_with_what_to_do(app, administrator, values, sentence):
    answer = administrator.post("/alerts/rules/new", data=RULE | values)
    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert "库存" in answer.text, "nothing typed is lost"


def test_the_presets_are_added_once_and_read_in_either_language(app, administrator):
    assert "加入 18 条预设规则" in words_of(administrator.get("/alerts/rules"))
    for _press in range(2):
        administrator.post("/alerts/rules/presets")
    with app.app_context():
        assert len(queries.active_rules()) == 18
    administrator.get("/alerts/rules")  # shows what was flashed
    administrator.post("/language", data={"language": "en"})
    page = words_of(administrator.get("/alerts/rules"))
    assert "Rectification overdue" in page
    assert "预设" not in page


URL = "https://qyapi.example.cn/cgi-bin/webhook/send?key=693a91f6-7xxx"


def test_the_secrets_of_a_channel_are_sealed_and_never_shown_again(app, administrator):
    answer = administrator.post(
        "/alerts/channels/new/wecom", data={"name": "群", "language": "zh", "url": URL, "is_active": "y"}
    )
    pages = [administrator.get(answer.location).text, administrator.get("/alerts/channels").text]
    assert all("qyapi.example.cn" in page and "693a91f6" not in page for page in pages)
    with app.app_context():
        [raw] = db.session.execute(db.text("SELECT secret FROM alert_channel")).scalars()
        assert "693a91f6" not in raw
    administrator.post(answer.location, data={"name": "群二", "language": "en", "url": "", "is_active": "y"})
    with app.app_context():
        row = db.session.scalars(select(AlertChannel)).one()
        assert (row.name, row.secret["url"]) == ("群二", URL)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "qyapi.example.cn/x",
        "ftp://a.example/",
        "https://",
        "https://u:p@a.example/",
        "https://a b/",
        "https://a.example:99999/",
    ],
)
def test_an_address_that_is_none_is_refused_with_what_to_do(administrator, url):
    answer = administrator.post("/alerts/channels/new/webhook", data={"name": "群", "language": "zh", "url": url})
    assert answer.status_code == 422
    assert "请填写" in words_of(answer)
    assert 'value="群"' in answer.text


def test_mail_needs_its_parts_together(app, administrator):
    answer = administrator.post(
        "/alerts/channels/new/email", data={"name": "邮件", "language": "zh", "security": "tls"}
    )
    assert answer.status_code == 422
    assert words_of(answer).count("邮件的各项要一起填写") >= 4
    wrong = {"server": "smtp.example.cn", "port": "465", "sender": "a", "to": "b@example.cn\nc"}
    page = words_of(
        administrator.post(
            "/alerts/channels/new/email", data={"name": "邮件", "language": "zh", "security": "tls"} | wrong
        )
    )
    assert "“c”不是邮件地址" in page


def test_two_channels_of_one_name_are_refused(app, administrator):
    facts = {"name": "群", "language": "zh", "url": URL}
    administrator.post("/alerts/channels/new/wecom", data=facts)
    answer = administrator.post("/alerts/channels/new/feishu", data=facts)
    assert answer.status_code == 422
    assert "已有同名的渠道" in words_of(answer)


def test_the_button_for_a_test_message_shows_what_came_back(district, robot):
    client, id_ = masters.signed_in(district.app, "administrator"), district.channel(robot.url)
    page = words_of(client.post(f"/alerts/channels/{id_}/test", follow_redirects=True))
    assert "对方已收下" in page
    assert robot.sink.posts[0][1]["title"] == "【防线】测试消息"
    robot.sink.answer = lambda handler: handler.reply(404, b"no such robot")
    page = words_of(client.post(f"/alerts/channels/{id_}/test", follow_redirects=True))
    assert "404 no such robot" in page


def test_a_channel_that_fails_is_a_task_of_the_administrator(district, robot):
    robot.sink.answer = lambda handler: handler.reply(500, b"")
    district.rule(channels=(district.channel(robot.url),))
    district.owe()
    district.watch()
    district.deliver()
    client = masters.signed_in(district.app, "administrator")
    assert "提醒渠道发不出去" in words_of(client.get("/tasks"))
    assert "对方回答出错" in words_of(client.get("/alerts/deliveries"))


def test_a_channel_is_tried_at_once_when_it_was_changed(district, robot):
    robot.sink.answer = lambda handler: handler.reply(500, b"")
    id_ = district.channel(robot.url)
    district.rule(channels=(id_,))
    district.owe()
    district.watch()
    district.deliver()
    robot.sink.answer = lambda handler: handler.reply(200)
    assert district.deliver() == "0 sent, 0 not sent"
    client = masters.signed_in(district.app, "administrator")
    client.post(
        f"/alerts/channels/{id_}", data={"name": "群", "language": "zh", "is_active": "y", "url": "", "key": ""}
    )
    assert district.deliver() == "1 sent, 0 not sent"

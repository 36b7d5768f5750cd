"""The lists of alerts, rules, channels and deliveries."""

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.alerts import labels, queries
from webapp.alerts.forms import AlertFilter, DeliveryFilter
from webapp.alerts.models import Alert, AlertChannel, AlertDelivery, AlertRule
from webapp.kernel.listing import Column, Listing, PageOf

_YES = {True: _l("启用"), False: lazy_pgettext("rule", "停用")}
_YES_TONES = {True: "ok", False: "normal"}
_COLUMNS = (
    Column("what", _l("事项"), labels.what),
    Column("level", _l("紧急程度"), lambda row: row.level, enum=labels.LEVELS, tone=labels.LEVEL_STATUS),
    Column("where", _l("地点"), labels.where),
    Column("state", _l("状态"), lambda row: row.state, enum=labels.STATES, tone=labels.STATE_STATUS),
    Column("raised", _l("提醒时间"), lambda row: row.raised_at, kind="moment"),
    Column("due", _l("期限"), lambda row: row.due_at, kind="moment", priority=3),
    Column("by", _l("确认人"), lambda row: row.acknowledger and row.acknowledger.name, priority=3),
    Column("acknowledged", _l("确认时间"), lambda row: row.acknowledged_at, kind="moment", priority=3),
    Column("closed", _l("解除时间"), lambda row: row.closed_at, kind="moment", priority=3),
)
MINE = Listing(
    id="alerts",
    template="alerts/index.html",
    title=_l("我的提醒"),
    columns=_COLUMNS,
    select=queries.mine,
    order=(Alert.raised_at, Alert.id),
    filters=AlertFilter,
    url=PageOf("alerts.show", "alert_id"),
    empty_title=_l("还没有发给您的提醒"),
    empty_text=_l("按规则该提醒您的事（整改超期、库存不足、定时工作失败等）会出现在这里。"),
)
ALL = Listing(
    id="all_alerts",
    template="alerts/every.html",
    title=_l("全部提醒"),
    columns=_COLUMNS,
    select=queries.overseen,
    order=(Alert.raised_at, Alert.id),
    filters=AlertFilter,
    url=PageOf("alerts.show", "alert_id"),
    empty_title=_l("还没有提醒"),
    empty_text=_l("管理员启用提醒规则后，到期和异常的事会出现在这里，并写明谁在什么时候确认。"),
)
RULES = Listing(
    id="alert_rules",
    template="alerts/rules.html",
    title=_l("提醒规则"),
    columns=(
        Column("name", _l("名称"), labels.rule_name),
        Column("source", _l("看什么"), lambda row: row.source, words=labels.source, priority=2),
        Column("timing", _l("什么时候"), labels.timing),
        Column(
            "level",
            _l("紧急程度"),
            lambda row: row.level or "own",
            enum={"own": _l("按事项本身"), **labels.LEVELS},
            tone=labels.LEVEL_STATUS,
        ),
        Column("unit", _l("单位"), lambda row: row.unit and row.unit.name, priority=3),
        Column("is_active", _l("启用"), lambda row: row.is_active, enum=_YES, tone=_YES_TONES),
    ),
    select=queries.rules,
    order=(AlertRule.added_at, AlertRule.id),
    url=PageOf("alerts.edit_rule", "rule_id"),
    descending=False,
    empty_title=_l("还没有提醒规则"),
    empty_text=_l("按“加入预设规则”，常用的规则就都有了，以后可以逐条修改或停用。"),
)
CHANNELS = Listing(
    id="alert_channels",
    template="alerts/channels.html",
    title=_l("提醒渠道"),
    columns=(
        Column("name", _l("名称"), lambda row: row.name),
        Column("kind", _l("种类"), lambda row: row.kind, enum=labels.CHANNELS),
        Column("host", _l("发往"), lambda row: row.host, priority=2),
        Column(
            "state",
            _l("情况"),
            lambda row: "off" if not row.is_active else "failing" if row.failing_since else "ok",
            enum={"off": _YES[False], "failing": _l("发不出去"), "ok": _l("正常")},
            tone={"off": "normal", "failing": "refused", "ok": "ok"},
        ),
        Column("tried", _l("最近发送"), lambda row: row.tried_at, kind="moment", priority=2),
        Column("outcome", _l("最近结果"), lambda row: row.outcome, words=lambda code: labels.OUTCOMES.get(code, code)),
    ),
    select=queries.all_channels,
    order=(AlertChannel.name, AlertChannel.id),
    url=PageOf("alerts.channel", "channel_id"),
    descending=False,
    empty_title=_l("还没有渠道"),
    empty_text=_l("没有渠道时，提醒只在系统里出现。添加企业微信、钉钉、飞书的群机器人或邮件后，也会发到那里。"),
)
DELIVERIES = Listing(
    id="deliveries",
    template="alerts/deliveries.html",
    title=_l("发送记录"),
    columns=(
        Column("what", _l("事项"), lambda row: labels.what(row.alert)),
        Column("channel", _l("渠道"), lambda row: row.channel.name),
        Column("state", _l("结果"), lambda row: row.state, enum=labels.DELIVERIES, tone=labels.DELIVERY_STATUS),
        Column("made", _l("提醒时间"), lambda row: row.made_at, kind="moment"),
        Column("round", _l("第几次提醒"), lambda row: row.round + 1, kind="number", priority=3),
        Column("tried", _l("最近发送"), lambda row: row.tried_at, kind="moment", priority=2),
        Column("tries", _l("发送次数"), lambda row: row.tries, kind="number", priority=2),
        Column(
            "outcome",
            _l("对方的回答"),
            lambda row: row.outcome,
            words=lambda code: labels.OUTCOMES.get(code, code),
            priority=2,
        ),
        Column("answer", _l("原话"), lambda row: row.answer, priority=3),
    ),
    select=queries.deliveries,
    order=(AlertDelivery.made_at, AlertDelivery.id),
    filters=DeliveryFilter,
    url=PageOf("alerts.delivery", "delivery_id"),
    empty_title=_l("还没有发送过"),
    empty_text=_l("提醒发到渠道后，每一次的结果和对方的回答都记在这里。"),
)

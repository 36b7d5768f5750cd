"""Words for alerts, their levels and states, channels, outcomes, presets and refusals."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext, ngettext

from webapp.alerts.rules import FIGURE, AlertState, ChannelKind, DeliveryState, Each, Security
from webapp.kernel import figures
from webapp.kernel.deadlines import Level, kinds_due
from webapp.kernel.i18n import write_number
from webapp.kernel.logged import Group, Logged

DAY_MINUTES = 24 * 60
LEVELS = {Level.CRITICAL: _l("紧急"), Level.WARNING: _l("警告"), Level.NORMAL: lazy_pgettext("alert", "一般")}
LEVEL_STATUS = {Level.CRITICAL: "critical", Level.WARNING: "warning", Level.NORMAL: "waiting"}
STATES = {
    AlertState.OPEN: _l("没有人确认"),
    AlertState.ACKNOWLEDGED: _l("已确认"),
    AlertState.CLOSED: _l("已解除"),
}
STATE_STATUS = {AlertState.OPEN: "critical", AlertState.ACKNOWLEDGED: "waiting", AlertState.CLOSED: "ok"}
DELIVERIES = {
    DeliveryState.WAITING: _l("等待发送"),
    DeliveryState.SENDING: _l("正在发送"),
    DeliveryState.SENT: _l("已发出"),
    DeliveryState.DROPPED: _l("不必再发"),
    DeliveryState.FAILED: _l("没有发出"),
}
DELIVERY_STATUS = {
    DeliveryState.WAITING: "waiting",
    DeliveryState.SENDING: "waiting",
    DeliveryState.SENT: "ok",
    DeliveryState.DROPPED: "normal",
    DeliveryState.FAILED: "refused",
}
CHANNELS = {
    ChannelKind.EMAIL: _l("电子邮件"),
    ChannelKind.WECOM: _l("企业微信群机器人"),
    ChannelKind.DINGTALK: _l("钉钉群机器人"),
    ChannelKind.FEISHU: _l("飞书群机器人"),
    ChannelKind.WEBHOOK: _l("其他系统（Webhook）"),
    ChannelKind.PUSH: _l("推送到收件人的设备"),
}
EACH = {Each.PLACE: _l("每个场所分别看"), Each.UNIT: _l("每个单位分别看（含下属）")}
SECURITIES = {
    Security.STARTTLS: _l("STARTTLS（一般是 587 端口）"),
    Security.TLS: _l("TLS（一般是 465 端口）"),
    Security.NONE: _l("不加密（只用于内部邮件服务器）"),
}
OUTCOMES = {
    "sent": _l("对方已收下"),
    "unresolved": _l("找不到这个地址，请检查网址"),
    "inside": _l("地址指向内部网络，不允许发送，请换成公网地址"),
    "insecure": _l("地址必须以 https:// 开头"),
    "timeout": _l("对方没有在规定时间内回答"),
    "tls": _l("对方的证书不可信，没有发送"),
    "unreachable": _l("连不上对方"),
    "redirect": _l("对方要求转到别的地址，没有跟随，请填写最终的地址"),
    "status": _l("对方回答出错"),
    "rejected": _l("对方拒收，请检查密钥、关键词和收件地址"),
    "login": _l("邮件服务器不接受用户名或密码"),
    "gone": _l("这台设备的推送已经失效"),
    "nobody": _l("收件人都没有开通推送的设备，没有发"),
    "unopened": _l("地址和密钥用现在的钥匙打不开，请重新填写"),
}
# What an administrator does about an outcome, beside waiting for the next attempt.
REMEDIES = {
    "unresolved": _l("请核对网址有没有抄错；没有抄错就请管网络的人看服务器能不能解析这个名字。"),
    "inside": _l("请换成公网上的地址。内部的机器人要由管服务器的人设置 INSIDE_CHANNELS。"),
    "insecure": _l("请重新填写以 https:// 开头的网址。"),
    "timeout": _l("系统会自动再试。一直这样，请看对方的服务和服务器的网络。"),
    "tls": _l("请对方更换证书，或核对网址；证书不可信时不会发送。"),
    "unreachable": _l("系统会自动再试。一直这样，请看服务器能不能上网、防火墙是不是挡住了。"),
    "redirect": _l("请填写对方最终的网址。"),
    "status": _l("请看下面对方的原话。机器人可能已被删除：到群里看看，再把新的网址填进来。"),
    "rejected": _l("请看下面对方的原话，核对密钥、关键词和收件地址。"),
    "login": _l("请重新填写用户名和授权码；很多邮箱要用授权码，不是登录密码。"),
    "unopened": _l("请重新填写地址和密钥。"),
    "gone": _l("请在那台设备上重新打开推送。"),
}
PRESETS = {
    "finding-soon": _l("问题整改明天到期"),
    "finding-overdue": _l("问题整改超期"),
    "finding-long-overdue": _l("问题整改超期一天以上"),
    "check-owed": _l("整改后没有按时复查"),
    "report-soon": _l("日报告快到截止时间"),
    "report-late": _l("本单位日报告没有按时报"),
    "report-missing": _l("没有报日报告的单位"),
    "report-urged": _l("日报告催报"),
    "task-overdue": _l("交办事项超期"),
    "unchecked": _l("场所 30 天没有检查"),
    "warehouse-low": _l("仓库里低于低库存线的物资"),
    "stock-low": _l("全区低于低库存线的物资"),
    "stock-expired": _l("库存有过期批次"),
    "job-unwell": _l("定时工作失败"),
    "disk-low": _l("服务器磁盘快满了"),
    "returned": _l("记录退回，要修改"),
    "in-review": _l("有待核查的离线记录"),
    "channel-failing": _l("提醒渠道发不出去"),
}
LOGGED = (
    Logged("alert.acknowledge-all", _l("确认自己的全部提醒"), Group.RECORD),
    Logged("alert_rule.added", _l("添加提醒规则"), Group.SETTING),
    Logged("alert_rule.changed", _l("修改提醒规则"), Group.SETTING),
    Logged("alert_channel.added", _l("添加提醒渠道"), Group.SETTING),
    Logged("alert_channel.changed", _l("修改提醒渠道"), Group.SETTING),
    Logged("alert_device.added", _l("在一台设备上打开推送"), Group.DEVICE),
    Logged("alert_device.usable", _l("推送测试成功"), Group.DEVICE),
    Logged("alert_device.removed", _l("关掉一台设备的推送"), Group.DEVICE),
    Logged("alert_channel.tested", _l("测试提醒渠道"), Group.SETTING),
)
SUBJECTS = {
    "alert": _l("提醒"),
    "alert_rule": _l("提醒规则"),
    "alert_channel": _l("提醒渠道"),
    "alert_device": _l("推送设备"),
}
REFUSALS = {
    "alert-not-yours": _l("这条提醒不是发给您的，或者已经不在了。请回到“我的提醒”。"),
    "rules-exhausted": _l("最多 %(most)d 条规则。请修改现有的规则，或先停用后改成别的。"),
    "channels-exhausted": _l("最多 %(most)d 个渠道。请修改现有的渠道。"),
    "channel-name-taken": _l("已有同名的渠道，请换一个名称。"),
    "push-malformed": _l("浏览器给出的推送地址不能用，没有打开推送。请换一个浏览器再试；提醒仍然会出现在系统里。"),
    "push-too-many": _l("一个人最多 %(most)d 台设备。请先关掉不用的，再打开这一台。"),
    "device-gone": _l("这台设备的推送已经关掉了。要用请重新打开。"),
    "channel-gone": _l("这个渠道已经不在了。请回到渠道列表。"),
}
WATCHED = ((r"(?P<raised>\d+) raised, (?P<closed>\d+) closed", _l("新提醒 %(raised)s 条，解除 %(closed)s 条")),)
SENT = ((r"(?P<sent>\d+) sent, (?P<failed>\d+) not sent", _l("发出 %(sent)s 条消息，%(failed)s 条没有发出")),)


def rule_name(rule: Any) -> str:
    """The name of a rule; that of its preset in the reader's language while nobody gave it another."""
    return str(rule.name or PRESETS.get(rule.preset, rule.source))


def sources() -> dict[str, Any]:
    """What a rule may watch, with labels: the sorts of tasks, and figures that are alike for everybody."""
    counted = {f"{FIGURE}{code}": f.name for code, f in figures.figures().items() if not (f.is_personal or f.beside)}
    return kinds_due() | counted


def source(code: str) -> Any:
    """What a rule watches; its code when this version does not know it."""
    return sources().get(code, code)


def what(alert: Any) -> str:
    """What an alert is about: its rule, the number of its document or its day, and how many."""
    name = rule_name(alert.rule)
    if alert.number:
        name = _("%(what)s（%(number)s）", what=name, number=alert.number)
    return name if alert.amount is None else _("%(what)s：%(n)s", what=name, n=write_number(alert.amount))


def where(alert: Any) -> str:
    """The place of an alert, else its unit, else the district."""
    spot = alert.place or alert.unit
    return str(spot.name) if spot else _("全区")


def timing(rule: Any) -> str:
    """When a rule alerts a task, or from which number on a figure."""
    if rule.threshold is not None:
        words = _("达到 %(n)s", n=write_number(rule.threshold))
        if rule.each:
            words = _("%(what)s，%(how)s", what=words, how=EACH[rule.each])
    elif rule.after_minutes is None:
        words = _("一出现")
    elif not rule.after_minutes:
        words = _("期限一过")
    else:
        words = _before(-rule.after_minutes) if rule.after_minutes < 0 else _after(rule.after_minutes)
    return str(words)


def _before(minutes: int) -> str:
    days = minutes // DAY_MINUTES
    if days and minutes % DAY_MINUTES == 0:
        return str(ngettext("期限前 %(num)d 天", "期限前 %(num)d 天", days))
    return str(ngettext("期限前 %(num)d 小时", "期限前 %(num)d 小时", minutes // 60))


def _after(minutes: int) -> str:
    days = minutes // DAY_MINUTES
    if days and minutes % DAY_MINUTES == 0:
        return str(ngettext("期限后 %(num)d 天", "期限后 %(num)d 天", days))
    return str(ngettext("期限后 %(num)d 小时", "期限后 %(num)d 小时", minutes // 60))

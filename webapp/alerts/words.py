"""Messages in the language of a channel: which rule, where, since when, and a link. Nothing about a person."""

from collections.abc import Sequence
from uuid import UUID

from flask import current_app
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from webapp.alerts import labels
from webapp.alerts.channels.messages import Message
from webapp.alerts.channels.push import Notice
from webapp.alerts.models import Alert
from webapp.alerts.rules import MOST_NAMED
from webapp.config import Settings
from webapp.kernel.deadlines import Level
from webapp.kernel.i18n import LOCALES, write_moment

INDEX = "/alerts/"


def message_of(message_id: UUID, alerts: Sequence[Alert], language: str, *, is_repeated: bool) -> Message:
    """The message about one alert, or a summary of several."""
    with force_locale(LOCALES[language]):
        if len(alerts) == 1:
            title, lines = _single(alerts[0])
        else:
            title, lines = _summary(alerts)
        if is_repeated:
            lines.append(_("（上次发送没有得到回音，这一条可能重复。）"))
        return Message(message_id, title, "\n".join(lines), is_repeated)


def test_message(message_id: UUID, language: str) -> Message:
    """A message that says that a channel works."""
    with force_locale(LOCALES[language]):
        lines = [_("收到这一条，说明这个渠道可以用。"), _address(INDEX)]
        return Message(message_id, _("【防线】测试消息"), "\n".join(lines))


def notice_of(message_id: UUID, alerts: Sequence[Alert], language: str) -> Notice:
    """What a device shows about alerts: the rule, or how many; the place stands behind the link only."""
    with force_locale(LOCALES[language]):
        if len(alerts) == 1:
            level, name = labels.LEVELS[alerts[0].level], labels.rule_name(alerts[0].rule)
            title, path = _("【防线】%(level)s：%(what)s", level=level, what=name), f"{INDEX}{alerts[0].id}"
        else:
            title, path = _count(len(alerts)), INDEX
        return Notice(title, _("请打开查看，并按“收到”。"), path, str(message_id))


def test_notice(device_id: UUID, token: str, language: str) -> Notice:
    """A notice by which a device shows that it works; with a token it reports back."""
    with force_locale(LOCALES[language]):
        words, page = (_("【防线】测试消息"), _("收到这一条，说明这台设备可以用。")), f"{INDEX}devices"
        arrived = f"{INDEX}devices/{device_id}/arrived" if token else ""
        return Notice(*words, page, f"test-{device_id}", arrived, token)


def _single(alert: Alert) -> tuple[str, list[str]]:
    title = _("【防线】%(level)s：%(what)s", level=labels.LEVELS[alert.level], what=labels.what(alert))
    lines = [_("地点：%(where)s", where=labels.where(alert))]
    if alert.due_at:
        lines.append(_("期限：%(when)s", when=write_moment(alert.due_at)))
    lines.append(_("请登录查看，并按“收到”：%(url)s", url=_address(f"{INDEX}{alert.id}")))
    return title, lines


def _summary(alerts: Sequence[Alert]) -> tuple[str, list[str]]:
    worst = {level: place for place, level in enumerate(Level)}
    ordered = sorted(alerts, key=lambda alert: worst[alert.level])
    count = len(alerts)
    title = _count(count)
    lines = [
        _(
            "%(level)s：%(what)s（%(where)s）",
            level=labels.LEVELS[row.level],
            what=labels.what(row),
            where=labels.where(row),
        )
        for row in ordered[:MOST_NAMED]
    ]
    if count > MOST_NAMED:
        lines.append(_("只列出最急的 %(n)d 条。", n=MOST_NAMED))
    lines.append(_("请登录查看，并按“收到”：%(url)s", url=_address(INDEX)))
    return title, lines


def _count(count: int) -> str:
    return str(ngettext("【防线】%(num)d 条提醒", "【防线】%(num)d 条提醒", count))


def _address(path: str) -> str:
    """The address of a page of this installation."""
    return f"{own_address()}{path}"


def own_address() -> str:
    """The address of this installation: its first host name, else where it listens."""
    settings: Settings = current_app.config["SETTINGS"]
    scheme = "https" if settings.https or settings.secure_cookies else "http"
    host = settings.host_names[0] if settings.host_names else f"{settings.host}:{settings.port}"
    return f"{scheme}://{host}"

"""Messages in the language of a channel: which rule, where, since when, and a link. Nothing about a person."""

from collections.abc import Sequence
from uuid import UUID

from flask import current_app
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from webapp.alerts import labels
from webapp.alerts.channels.messages import Message
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
    title = ngettext("【防线】%(num)d 条提醒", "【防线】%(num)d 条提醒", count)
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


def _address(path: str) -> str:
    """The address of a page of this installation: its first host name, else where it listens."""
    settings: Settings = current_app.config["SETTINGS"]
    scheme = "https" if settings.https or settings.secure_cookies else "http"
    host = settings.host_names[0] if settings.host_names else f"{settings.host}:{settings.port}"
    return f"{scheme}://{host}{path}"

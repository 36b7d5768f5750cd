"""Forms of rules and channels, and the filters of the lists."""

import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import validators
from wtforms.fields import SelectChoice

from webapp.alerts import labels
from webapp.alerts.rules import DOERS, FIGURE, AlertState, ChannelKind, DeliveryState, Security
from webapp.kernel import forms
from webapp.kernel.deadlines import Level
from webapp.kernel.i18n import LANGUAGES

_OWN, _APPEARS, _BEFORE, _AFTER = "own", "appears", "before", "after"
_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+", re.ASCII)
_LEVELS = [(level.value, words) for level, words in labels.LEVELS.items()]
_RECIPIENTS = ("recipient_1", "recipient_2", "recipient_3")


class RuleForm(forms.Form):
    """A rule; made by `rule_form`, which adds a box for each channel."""

    name = forms.text(_l("名称"), required=True, maximum=80, description=_l("会写进发出的消息，请不要写人名和号码。"))
    source = forms.choice(_l("看什么"), [])
    threshold = forms.number(
        _l("数字达到多少提醒"), places=0, minimum=1, maximum=10**9, description=_l("只用于数字，例如低库存的种数。")
    )
    timing = forms.choice(
        _l("什么时候提醒"),
        [(_APPEARS, _l("一出现就提醒")), (_BEFORE, _l("期限前")), (_AFTER, _l("期限后"))],
        description=_l("只用于有期限的事项。"),
    )
    hours = forms.number(_l("提前或超过多久"), places=0, minimum=0, maximum=24 * 60, unit=_l("小时"))
    unit = forms.choice(_l("只看这个单位及下属"), [], required=False)
    level = forms.choice(_l("紧急程度"), [(_OWN, _l("按事项本身")), *_LEVELS])
    recipient_1 = forms.choice(_l("提醒谁"), [])
    recipient_2 = forms.choice(_l("还提醒谁"), [], required=False)
    recipient_3 = forms.choice(_l("再提醒谁"), [], required=False)
    quiet_from = forms.number(_l("安静时段从几时"), places=0, minimum=0, maximum=23, unit=_l("时"))
    quiet_until = forms.number(
        _l("到几时"),
        places=0,
        minimum=0,
        maximum=23,
        unit=_l("时"),
        description=_l("这段时间只在系统里提醒，消息等到结束再发；紧急的照发。都不填就随时发。"),
    )
    repeat_minutes = forms.number(
        _l("没有人确认时多久再发一次"),
        places=0,
        minimum=10,
        maximum=7 * 24 * 60,
        unit=_l("分钟"),
        description=_l("不填就只发一次。"),
    )
    is_active = forms.yes(_l("启用"))

    channel_ids: Sequence[str] = ()

    def offer(self, sources: Iterable[tuple[str, Any]], recipients: Iterable[tuple[str, Any]], units: Any) -> None:
        """Set the choices."""
        blank = SelectChoice("", "—")
        self.source.choices = [SelectChoice(value, str(words)) for value, words in sources]
        persons = [SelectChoice(value, str(words)) for value, words in recipients]
        self.recipient_1.choices = persons
        self.recipient_2.choices = self.recipient_3.choices = [blank, *persons]
        self.unit.choices = [blank, *(SelectChoice(str(unit.id), unit.name) for unit in units)]

    def validate_recipient_1(self, field: Any) -> None:
        if (self.source.data or "").startswith(FIGURE) and DOERS in self.recipients:
            raise validators.ValidationError(_("数字没有应当办理的人，请选择岗位或人员。"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Also what belongs together: a figure and its number, hours and timing, both ends of the quiet hours."""
        is_good, is_figure = super().validate(extra_validators), (self.source.data or "").startswith(FIGURE)
        if is_figure and self.threshold.data is None and not self.threshold.errors:
            self.problem("threshold", _("看数字的规则要填写达到多少才提醒。"))
        if not is_figure and self.threshold.data is not None:
            self.problem("threshold", _("这种事项没有数字，请不要填写。"))
        if self.timing.data == _BEFORE and not self.hours.data and not self.hours.errors:
            self.problem("hours", _("请填写提前几小时。"))
        if (self.quiet_from.data is None) != (self.quiet_until.data is None) and not self.quiet_until.errors:
            self.problem("quiet_until", _("安静时段请同时填写开始和结束，或都不填。"))
        return is_good and not self.errors

    @property
    def recipients(self) -> list[str]:
        return list(dict.fromkeys(self[name].data for name in _RECIPIENTS if self[name].data))

    @property
    def plain(self) -> dict[str, Any]:
        """The values of a rule (service.RuleFacts)."""
        is_figure = self.source.data.startswith(FIGURE)
        return {
            "name": self.name.data,
            "source": self.source.data,
            "threshold": _whole(self.threshold),
            "unit_id": UUID(self.unit.data) if self.unit.data else None,
            "level": None if self.level.data == _OWN else Level(self.level.data),
            "after_minutes": None if is_figure else self._after_minutes(),
            "recipients": self.recipients,
            "channels": [id_ for id_ in self.channel_ids if self[f"channel_{id_}"].data],
            "quiet_from": _whole(self.quiet_from),
            "quiet_until": _whole(self.quiet_until),
            "repeat_minutes": _whole(self.repeat_minutes),
            "is_active": self.is_active.data,
        }

    def _after_minutes(self) -> int | None:
        if self.timing.data == _APPEARS:
            return None
        return (-60 if self.timing.data == _BEFORE else 60) * int(self.hours.data or 0)


def _whole(field: Any) -> int | None:
    return None if field.data is None else int(field.data)


def rule_form(channels: Iterable[Any]) -> type[RuleForm]:
    """The form with a box for each channel."""
    rows = list(channels)
    boxes: dict[str, Any] = {f"channel_{row.id}": forms.yes(row.name) for row in rows}
    return type("ChanneledRuleForm", (RuleForm,), boxes | {"channel_ids": [str(row.id) for row in rows]})


def rule_as_data(rule: Any) -> dict[str, Any]:
    """A rule as values of its form."""
    after = rule.after_minutes
    data = {name: getattr(rule, name) for name in ("source", "threshold", "quiet_from", "quiet_until")}
    data |= dict(zip(_RECIPIENTS, rule.recipients, strict=False)) | {f"channel_{id_}": True for id_ in rule.channels}
    return data | {
        "name": labels.rule_name(rule),
        "timing": _APPEARS if after is None else _BEFORE if after < 0 else _AFTER,
        "hours": None if after is None else abs(after) // 60,
        "unit": rule.unit_id,
        "level": _OWN if rule.level is None else rule.level.value,
        "repeat_minutes": rule.repeat_minutes,
        "is_active": rule.is_active,
    }


NEW_RULE = {"timing": _AFTER, "hours": 0, "quiet_from": 22, "quiet_until": 7, "is_active": True}


class ChannelForm(forms.Form):
    """What every channel has. Secrets are never shown again: left blank, they stay as they are (`has_secret`)."""

    name = forms.text(_l("名称"), required=True, maximum=80)
    language = forms.choice(_l("消息用什么语言"), LANGUAGES.items())
    is_active = forms.yes(_l("启用"))
    needed: tuple[str, ...] = ()  # the fields of a secret that cannot be without each other

    def __init__(self, *args: Any, has_secret: bool = False, **values: Any) -> None:
        super().__init__(*args, **values)
        self.has_secret = has_secret
        for name in self.needed:
            self[name].flags.by_rule = True

    @property
    def secret(self) -> dict[str, Any] | None:
        """The typed address and keys; None: as before."""
        raise NotImplementedError

    @property
    def host(self) -> str:
        """What is shown of the address."""
        raise NotImplementedError


class RobotForm(ChannelForm):
    needed = ("url",)
    url = forms.text(
        _l("网址"),
        maximum=1000,
        autocomplete="off",
        description=_l("从群机器人的设置里复制，以 https:// 开头。加密保存，不再显示。"),
    )
    key = forms.text(
        _l("加签密钥"),
        maximum=200,
        autocomplete="off",
        description=_l("机器人启用了加签（签名校验）才填。用关键词校验的，关键词写“防线”；英文消息写 Frontline。"),
    )

    def validate_url(self, field: Any) -> None:
        if not field.data:
            return
        try:
            parts = urlsplit(field.data)
            is_good = parts.scheme in ("https", "http") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            is_good = False
        if not is_good or not field.data.isascii() or " " in field.data or parts.username or parts.password:
            raise validators.ValidationError(_("请填写完整的网址，以 https:// 开头，例如机器人设置里显示的那一串。"))

    def validate(self, extra_validators: Any = None) -> bool:
        is_good = super().validate(extra_validators)
        if not self.url.data and not self.url.errors and (not self.has_secret or self.key.data):
            self.problem("url", _("请填写网址。改密钥时网址也要重新填写。"))
        return is_good and not self.errors

    @property
    def secret(self) -> dict[str, Any] | None:
        return {"url": self.url.data, "key": self.key.data or None} if self.url.data else None

    @property
    def host(self) -> str:
        return urlsplit(self.url.data or "").hostname or ""


class MailForm(ChannelForm):
    needed = ("server", "port", "sender", "to")
    server = forms.text(_l("邮件服务器"), maximum=200, autocomplete="off", description=_l("例如 smtp.example.cn。"))
    port = forms.number(_l("端口"), places=0, minimum=1, maximum=65535)
    security = forms.choice(_l("加密"), [(kind.value, words) for kind, words in labels.SECURITIES.items()])
    user = forms.text(_l("用户名"), maximum=200, autocomplete="off")
    password = forms.text(_l("密码或授权码"), maximum=200, autocomplete="off", type="password")
    sender = forms.text(_l("发件地址"), maximum=200, autocomplete="off")
    to = forms.area(_l("收件地址"), maximum=2000, rows=3, description=_l("一行一个。加密保存，不再显示。"))

    def validate_sender(self, field: Any) -> None:
        if field.data and not _MAIL.fullmatch(field.data):
            raise validators.ValidationError(_("请填写一个邮件地址，例如 zhiban@example.cn。"))

    def validate_to(self, field: Any) -> None:
        wrong = [address for address in self.addresses if not _MAIL.fullmatch(address)]
        if wrong:
            raise validators.ValidationError(_("“%(what)s”不是邮件地址，请一行写一个。", what=wrong[0]))

    def validate(self, extra_validators: Any = None) -> bool:
        """All of them, or none to leave them as they are."""
        is_good = super().validate(extra_validators)
        if not self.has_secret or any(self[name].data for name in (*self.needed, "user", "password")):
            for name in self.needed:
                if not self[name].data and not self[name].errors:
                    self.problem(name, _("请填写这一项。邮件的各项要一起填写。"))
        return is_good and not self.errors

    @property
    def addresses(self) -> list[str]:
        return [line.strip() for line in (self.to.data or "").splitlines() if line.strip()]

    @property
    def secret(self) -> dict[str, Any] | None:
        if not self.server.data:
            return None
        return {
            "host": self.server.data,
            "port": int(self.port.data),
            "security": Security(self.security.data).value,
            "user": self.user.data or None,
            "password": self.password.data or "",
            "sender": self.sender.data,
            "to": self.addresses,
        }

    @property
    def host(self) -> str:
        return self.server.data or ""


def channel_form(kind: ChannelKind) -> type[RobotForm] | type[MailForm]:
    return MailForm if kind is ChannelKind.EMAIL else RobotForm


class AlertFilter(forms.Form):
    state = forms.choice(_l("状态"), [(s.value, labels.STATES[s]) for s in AlertState], required=False)
    level = forms.choice(_l("紧急程度"), _LEVELS, required=False)


class DeliveryFilter(forms.Form):
    state = forms.choice(_l("结果"), [(s.value, labels.DELIVERIES[s]) for s in DeliveryState], required=False)

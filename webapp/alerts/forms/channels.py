"""The forms of channels, by kind."""

import re
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import validators

from webapp.alerts import labels
from webapp.alerts.forms.devices import is_address
from webapp.alerts.rules import ChannelKind, Security
from webapp.kernel import forms
from webapp.kernel.i18n import LANGUAGES

_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+", re.ASCII)


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
        if field.data and not is_address(field.data):
            raise validators.ValidationError(_("请填写完整的网址，以 https:// 开头，例如机器人设置里显示的那一串。"))

    def validate(self, extra_validators: Any = None) -> bool:
        is_good = super().validate(extra_validators)
        if not self.url.data and not self.url.errors and (not self.has_secret or self._key):
            self.problem("url", _("请填写网址。改密钥时网址也要重新填写。"))
        return is_good and not self.errors

    @property
    def secret(self) -> dict[str, Any] | None:
        return {"url": self.url.data, "key": self._key} if self.url.data else None

    @property
    def _key(self) -> str | None:
        return (self["key"].data or None) if "key" in self else None

    @property
    def host(self) -> str:
        return urlsplit(self.url.data or "").hostname or ""


class WecomForm(RobotForm):
    """Its address has the key."""

    key = None


class WebhookForm(RobotForm):
    key = forms.text(
        _l("访问令牌"),
        maximum=200,
        autocomplete="off",
        description=_l("对方要求时才填，随每条消息发出（Authorization: Bearer）。"),
    )


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


class PushForm(ChannelForm):
    """Nothing more: the addresses are those of the recipients' devices."""

    @property
    def secret(self) -> dict[str, Any] | None:
        return {}

    @property
    def host(self) -> str:
        return ""


def channel_form(kind: ChannelKind) -> type[ChannelForm]:
    return _FORMS.get(kind, RobotForm)


_FORMS: dict[ChannelKind, type[ChannelForm]] = {
    ChannelKind.EMAIL: MailForm,
    ChannelKind.PUSH: PushForm,
    ChannelKind.WECOM: WecomForm,
    ChannelKind.WEBHOOK: WebhookForm,
}

"""Forms of sign-in, password and second factor."""

from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import validators

from webapp.accounts.rules import SHORTEST_PASSWORD
from webapp.kernel import forms


def _password(label: Any, autocomplete: str, description: Any = "") -> Any:
    """A password field: its value is never normalised and never shown again."""
    checks = [*forms.presence(True, _l("请填写密码。")), validators.Length(max=200)]
    return wtforms.PasswordField(label, checks, description=description, render_kw={"autocomplete": autocomplete})


def _code(label: Any, description: Any = "") -> Any:
    return forms.text(
        label,
        required=True,
        maximum=20,
        description=description,
        autocomplete="one-time-code",
        autocapitalize="characters",
        spellcheck="false",
    )


class SignInForm(forms.Form):
    username = forms.text(_l("用户名"), required=True, maximum=60, autocomplete="username", autocapitalize="none")
    password = _password(_l("密码"), "current-password")


class CodeForm(forms.Form):
    code = _code(_l("验证码"), _l("打开手机上的验证器，输入 6 位数字；手机不在身边时输入一个恢复码。"))


class PasswordForm(forms.Form):
    current = _password(_l("当前密码"), "current-password")
    new = _password(
        _l("新密码"), "new-password", _l("至少 %(n)d 个字符，可以是一句话；不要包含用户名。", n=SHORTEST_PASSWORD)
    )
    repeated = _password(_l("再输一次新密码"), "new-password")

    def validate_repeated(self, field: Any) -> None:
        if field.data != self.new.data:
            raise validators.ValidationError(_("两次输入的新密码不一样。"))


class EnrolForm(forms.Form):
    secret = forms.hidden(maximum=400)
    code = _code(_l("手机上显示的 6 位数字"))
    current = _password(_l("当前密码"), "current-password")


class GiveUpForm(forms.Form):
    current = _password(_l("当前密码"), "current-password")

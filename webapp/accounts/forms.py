"""The shape of what people type to sign in."""

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms import validators

from webapp.kernel import forms


class SignInForm(forms.Form):
    username = forms.text(_l("用户名"), required=True, maximum=60, autocomplete="username", autocapitalize="none")
    password = wtforms.PasswordField(
        _l("密码"),
        [validators.InputRequired(_l("请填写密码。")), validators.Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )

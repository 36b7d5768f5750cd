"""The filters of the journal."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.fields import SelectChoice

from webapp.kernel import forms, logged
from webapp.kernel.logged import GROUPS


class JournalFilter(forms.Form):
    person = forms.text(_l("操作人姓名或用户名"), maximum=60)
    group = forms.choice(_l("类别"), [(group.value, label) for group, label in GROUPS.items()], required=False)
    action = forms.choice(_l("操作事项"), [], required=False)
    words = forms.text(_l("做了什么（词语）"), maximum=60)
    record = forms.text(_l("回执号、单号、编号"), maximum=60)
    device = forms.text(_l("设备编号（开头几位）"), maximum=80)
    since = forms.day(_l("自"))
    until = forms.day(_l("至"), not_before="since")

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        named = (SelectChoice(action, words) for action, words in logged.choices())
        self.action.choices = [SelectChoice("", "—"), *named]

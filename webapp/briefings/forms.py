"""The forms of reports and templates, and the filter of the list."""

from typing import Any
from uuid import UUID, uuid4

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import validators
from wtforms.fields import SelectChoice

from webapp.kernel import clock, forms

_LINES = _l("一行打印为一段；不填打印为 __。")


class BriefingFilter(forms.Form):
    number = forms.text(_l("编号"), maximum=24)
    since = forms.day(_l("自"))
    until = forms.day(_l("至"), not_before="since")


class BriefingForm(forms.Form):
    """What a report is made of; `versions` are the newest of the templates, `units` those within reach."""

    id = forms.UuidField()
    version = forms.choice(_l("模板"), [])
    unit = forms.choice(_l("单位（含下属）"), [])
    since = forms.day(_l("开始日期"), required=True)
    until = forms.day(_l("结束日期"), required=True, not_before="since")
    summary = forms.area(_l("主要工作情况"), maximum=4000, description=_LINES, rows=4)
    problems = forms.area(_l("存在问题和困难"), maximum=4000, description=_LINES, rows=4)
    next_steps = forms.area(_l("下一步工作打算"), maximum=4000, description=_LINES, rows=4)

    def __init__(self, *args: Any, versions: Any = (), units: Any = (), **values: Any) -> None:
        super().__init__(*args, **values)
        self.id.data = self.id.data or uuid4()
        self.version.choices = [SelectChoice(str(row.id), row.template.name) for row in versions]
        self.unit.choices = [SelectChoice(str(row.id), row.name) for row in units]

    def validate_until(self, field: Any) -> None:
        if field.data and field.data > clock.district_day(clock.now()):
            raise validators.ValidationError(_("结束日期不能晚于今天，以后的数还没有。"))

    @property
    def briefing_id(self) -> UUID:
        """Under which the report is kept, so that a second press makes no second one."""
        return UUID(str(self.id.data))

    @property
    def version_id(self) -> UUID:
        return UUID(self.version.data)

    @property
    def unit_id(self) -> UUID:
        return UUID(self.unit.data)

    @property
    def typed(self) -> dict[str, str]:
        """The typed texts by code, each line a paragraph."""
        names = ("summary", "problems", "next_steps")
        lines = {name: [line.strip() for line in (self[name].data or "").splitlines()] for name in names}
        return {f"text.{name}": "\a".join(filter(None, parts)) for name, parts in lines.items()}


class NameForm(forms.Form):
    """A new template; its file is read apart (uploads.py)."""

    name = forms.text(_l("模板名称"), required=True, maximum=60, description=_l("例如 防控物资保障工作情况汇报。"))

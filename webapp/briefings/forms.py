"""The forms of reports and templates, and the filter of the list."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import validators
from wtforms.fields import SelectChoice

from webapp.briefings.rules import Section
from webapp.kernel import clock, forms
from webapp.kernel.i18n import write_day

_LINES = _l("一行打印为一段；不填打印为 __。")


class BriefingFilter(forms.Form):
    number = forms.text(_l("编号"), maximum=24)
    since = forms.day(_l("自"))
    until = forms.day(_l("至"), not_before="since")


class BriefingForm(forms.Form):
    """What a report is made of; `versions` are the newest of the templates, `units` those within reach.

    `tick` are the keys of proposals (proposals.py) that are to be written into the texts, `source` of those that are.
    """

    id = forms.UuidField()
    version = forms.choice(_l("模板"), [])
    unit = forms.choice(_l("单位（含下属）"), [])
    since = forms.day(_l("开始日期"), required=True)
    until = forms.day(_l("结束日期"), required=True, not_before="since")
    summary = forms.area(_l("主要工作情况"), maximum=4000, description=_LINES, rows=4)
    problems = forms.area(_l("存在问题和困难"), maximum=4000, description=_LINES, rows=4)
    next_steps = forms.area(_l("下一步工作打算"), maximum=4000, description=_LINES, rows=4)
    tick = wtforms.SelectMultipleField(_l("要写入的日报告"), choices=[], validate_choice=False)
    source = wtforms.SelectMultipleField(_l("已写入的日报告"), choices=[], validate_choice=False)

    def __init__(self, *args: Any, versions: Any = (), units: Any = (), **values: Any) -> None:
        super().__init__(*args, **values)
        self.id.data = self.id.data or uuid4()
        self.version.choices = [SelectChoice(str(row.id), row.template.name) for row in versions]
        self.unit.choices = [SelectChoice(str(row.id), _called(row)) for row in units]
        self.dissolved = {str(row.id): row.dissolved_on for row in units}

    def validate_unit(self, field: Any) -> None:
        gone = self.dissolved.get(field.data)
        if gone and self.since.data and gone <= self.since.data:
            day = write_day(gone)
            raise validators.ValidationError(
                _("这个单位已于 %(day)s 撤销。请选那天以前的开始日期，或换一个单位。", day=day)
            )

    def validate_until(self, field: Any) -> None:
        if field.data and field.data > clock.district_day(clock.now()):
            raise validators.ValidationError(_("结束日期不能晚于今天，以后的数还没有。"))

    @property
    def has_place(self) -> bool:
        """Whether unit and days are good enough to look for proposals."""
        since, until = self.since.data, self.until.data
        return self.unit.data in self.dissolved and bool(since and until and since <= until)

    def write(self, texts: Iterable[tuple[Section, str]]) -> None:
        """Add texts at the end of their fields."""
        for section, text in texts:
            field = self[section.value]
            field.data = "\n".join(filter(None, (field.data, text)))

    @property
    def briefing_id(self) -> UUID:
        """Under which the report is kept, so that a second press makes no second one."""
        return UUID(str(self.id.data))

    @property
    def unit_id(self) -> UUID:
        return UUID(self.unit.data)

    @property
    def chosen(self) -> tuple[UUID, UUID, date, date]:
        """The version of the template, the unit, and the first and last day."""
        return UUID(self.version.data), self.unit_id, self.since.data, self.until.data

    @property
    def typed(self) -> dict[str, str]:
        """The typed texts by code, each line a paragraph."""
        lines = {name: [line.strip() for line in (self[name].data or "").splitlines()] for name in Section}
        return {f"text.{name}": "\a".join(filter(None, parts)) for name, parts in lines.items()}


def _called(unit: Any) -> str:
    day = unit.dissolved_on
    return str(_("%(name)s（%(day)s 撤销）", name=unit.name, day=write_day(day)) if day else unit.name)


class NameForm(forms.Form):
    """A new template; its file is read apart (uploads.py)."""

    name = forms.text(_l("模板名称"), required=True, maximum=60, description=_l("例如 防控物资保障工作情况汇报。"))

"""Forms of assignments and of the acts on them, and the filter of their list."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import validators

from webapp.kernel import forms
from webapp.kernel.forms import Form
from webapp.tasks import labels
from webapp.tasks.rules import ANY, TaskState, is_address

_STATES = [(state.value, words) for state, words in labels.STATES.items()]


class OwnerForm(Form):
    """The choice of an owner: a unit or a person, one of the two."""

    unit = forms.reference(_l("交给单位（专班）"), "units", or_else="person")
    person = forms.reference(_l("或交给个人"), "persons")

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.unit.flags.by_rule = self.person.flags.by_rule = True

    def validate(self, extra_validators: Any = None) -> bool:
        is_good = super().validate(extra_validators)
        if self.unit.data and self.person.data:
            self.problem("person", _("单位和个人只能选一个。请把其中一个改回“—”。"))
            return False
        return is_good


class GiveForm(OwnerForm):
    """A new assignment."""

    what = forms.text(_l("要做什么"), required=True, maximum=100)
    unit = forms.reference(_l("交给单位（专班）"), "units", or_else="person")
    person = forms.reference(_l("或交给个人"), "persons")
    due = forms.moment(_l("办理期限"), required=True)
    details = forms.area(_l("要求和说明"), maximum=2000)
    source = forms.hidden(maximum=300)

    def validate_source(self, field: Any) -> None:
        if field.data and not is_address(field.data):
            raise validators.ValidationError(
                _("来源不是本系统的页面。请回到原来的页面重新点“交办”，或从“交办事项”重新填写。")
            )


def _task(*states: TaskState) -> Any:
    """The id of an assignment; on a device a choice among those in some states."""
    attributes = {"data-reference": "tasks", "data-kinds": " ".join(state.value for state in states)}
    return forms.Reference(_l("交办的事项"), forms.presence(True, _l("请先选择交办事项。")), render_kw=attributes)


class DoneForm(Form):
    """What was done, with the proof of it."""

    task = _task(TaskState.GIVEN)
    note = forms.area(_l("办理情况"), required=True, maximum=1000)
    evidence = forms.photos(_l("现场照片"))


class CloseForm(Form):
    task = _task(TaskState.DONE)
    note = forms.area(_l("验收意见"), maximum=1000)


class SendBackForm(Form):
    task = _task(TaskState.DONE)
    note = forms.area(_l("退回原因"), required=True, maximum=1000)
    due = forms.moment(_l("新的期限"), description=_l("不填则期限不变；期限已过的必须填写。"))


class HandOnForm(OwnerForm):
    task = _task(TaskState.GIVEN)
    note = forms.area(_l("转办原因"), required=True, maximum=1000)


class UrgeForm(Form):
    task = _task(TaskState.GIVEN)


class ExtendForm(Form):
    task = _task(TaskState.GIVEN)
    due = forms.moment(_l("新的期限"), required=True)
    note = forms.area(_l("延长原因"), required=True, maximum=1000)


class WithdrawForm(Form):
    task = _task(TaskState.GIVEN)
    note = forms.area(_l("撤回原因"), required=True, maximum=1000)


class TaskFilter(Form):
    side = forms.choice(_l("范围"), labels.SIDES.items(), required=False)
    state = forms.choice(_l("状态"), [*_STATES, (ANY, _l("全部"))], required=False)
    due = forms.choice(_l("期限"), [("overdue", _l("已逾期"))], required=False)
    owner = forms.text(_l("承办方"), maximum=60)
    unit = forms.text(_l("单位名称或编号（含下属）"), maximum=60)

"""Forms of units."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import validators
from wtforms.fields import SelectChoice

from webapp.kernel import forms
from webapp.kernel.fields import boxes
from webapp.kernel.parse.codes import is_code, written_code
from webapp.units.labels import KINDS
from webapp.units.rules import UnitKind


def _uuid(field: Any) -> UUID | None:
    return UUID(field.data) if field.data else None


class UnitForm(forms.Form):
    """A unit; `people` are the (id, name) of possible leaders and persons responsible."""

    name = forms.text(_l("名称"), required=True, maximum=120)
    kind = forms.choice(_l("类别"), [(kind.value, label) for kind, label in KINDS.items()])
    leader = forms.choice(_l("领导（带班）"), [], required=False)
    responsible = forms.choice(_l("责任人"), [], required=False)

    def __init__(self, *args: Any, people: Any = (), **values: Any) -> None:
        super().__init__(*args, **values)
        for field in (self.leader, self.responsible):
            field.choices = [SelectChoice("", "—"), *(SelectChoice(str(person_id), name) for person_id, name in people)]

    @property
    def plain(self) -> tuple[str, UnitKind, UUID | None, UUID | None]:
        return self.name.data, UnitKind(self.kind.data), _uuid(self.leader), _uuid(self.responsible)


class EditForm(UnitForm):
    members = boxes(_l("成员单位"))
    dissolved_on = forms.day(_l("撤销日期"), description=_l("从这一天起不再要求报送日报告；没有撤销的不填。"))

    def __init__(self, *args: Any, units: Any = (), **values: Any) -> None:
        super().__init__(*args, **values)
        self.members.choices = [SelectChoice(str(unit.id), unit.name) for unit in units]

    @property
    def member_ids(self) -> list[UUID]:
        return [UUID(value) for value in self.members.data or ()]


class AddForm(UnitForm):
    code = forms.text(_l("编号"), required=True, maximum=40, description=_l("字母、数字和短横线，例如 EPB。"))
    parent = forms.choice(_l("上级单位"), [], required=False)

    def __init__(self, *args: Any, units: Any = (), may_root: bool = True, **values: Any) -> None:
        super().__init__(*args, **values)
        root = [SelectChoice("", "—")] if may_root else []
        self.parent.choices = [*root, *(SelectChoice(str(unit.id), unit.name) for unit in units)]

    def validate_code(self, field: Any) -> None:
        field.data = written_code(field.data)
        if not is_code(field.data, 40):
            raise validators.ValidationError(_("编号只能用字母、数字和短横线。"))

    @property
    def parent_id(self) -> UUID | None:
        return _uuid(self.parent)

"""Forms of persons and of the list's filters."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import validators
from wtforms.fields import SelectChoice

from webapp.accounts import labels
from webapp.accounts.labels import ROLES
from webapp.accounts.rules import LONGEST_POST, is_username, normal_username
from webapp.kernel import forms
from webapp.kernel.access import Grant, Reach, Role, current_reach, offered_roles
from webapp.kernel.i18n import LANGUAGES
from webapp.places import queries as places
from webapp.units import queries as units

SPARE_GRANTS = 2


def _role_choices(held: str | None = None) -> list[SelectChoice]:
    """The offered roles, and the role `held` already."""
    offered = [role for role in ROLES if role in offered_roles() or role.value == held]
    return [SelectChoice("", "—"), *(SelectChoice(role.value, str(ROLES[role])) for role in offered)]


def _unit_choices(reach: Reach) -> list[SelectChoice]:
    return [SelectChoice(str(unit.id), unit.name) for unit in units.tree(reach)]


def _scope_choices(reach: Reach) -> list[SelectChoice]:
    """The scopes that an administrator may grant; the whole district only within a district-wide reach."""
    choices = [SelectChoice("district", _("全区"))] if reach.is_district_wide else []
    choices += [SelectChoice(f"unit:{unit.id}", unit.name, None, _("单位及下属")) for unit in units.tree(reach)]
    return choices + [
        SelectChoice(f"place:{place.id}", f"{place.code} {place.name}", None, _("一个场所"))
        for place in places.places_of(reach)
    ]


class GrantForm(forms.Form):
    """One role with its scope; both are empty in an unused line."""

    role = forms.choice(_l("角色"), [], required=False)
    scope = forms.choice(_l("管辖范围"), [], required=False)

    def validate(self, *args: Any, **values: Any) -> bool:
        """Validate the pair here, since an empty optional field skips its own validators."""
        is_good = bool(super().validate(*args, **values))
        if bool(self.scope.data) != bool(self.role.data):
            self.problem("scope", _("请同时选择角色和管辖范围，或都不选。"))
            return False
        if is_good and self.grant and (problem := labels.scope_problem(self.grant)):
            self.problem("scope", problem)
            return False
        return is_good

    @property
    def grant(self) -> Grant | None:
        if not self.role.data:
            return None
        kind, _colon, name = self.scope.data.partition(":")
        return Grant(
            Role(self.role.data),
            UUID(name) if kind == "unit" else None,
            UUID(name) if kind == "place" else None,
        )


class PersonForm(forms.Form):
    name = forms.text(_l("姓名"), required=True, maximum=80, autocomplete="off")
    post = forms.text(
        _l("职务"),
        maximum=LONGEST_POST,
        autocomplete="off",
        description=_l("例如 副区长。工作情况汇报里印在姓名前面。"),
    )
    phone = forms.text(
        _l("电话"), maximum=30, inputmode="tel", autocomplete="off", description=_l("加密保存，列表中不显示全号。")
    )
    forgets_phone = forms.yes(_l("删除已登记的电话"))
    unit = forms.choice(_l("单位"), [], required=False)
    language = forms.choice(_l("界面语言"), LANGUAGES.items(), required=False)
    granted = wtforms.FieldList(wtforms.FormField(GrantForm), label=_l("角色和管辖范围"))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        reach = current_reach()
        nowhere = [SelectChoice("", "—")] if reach.is_district_wide else []
        self.unit.choices = [*nowhere, *_unit_choices(reach)]
        while len(self.granted.entries) < SPARE_GRANTS:
            self.granted.append_entry()
        scopes = [SelectChoice("", "—"), *_scope_choices(reach)]
        for entry in self.granted.entries:
            entry.form.scope.choices = scopes
            entry.form.role.choices = _role_choices(entry.form.role.data)

    def validate_phone(self, field: Any) -> None:
        field.data = forms.checked_phone(field.data)

    @property
    def grants(self) -> tuple[Grant, ...]:
        lines = [entry.form.grant for entry in self.granted.entries]
        return tuple(dict.fromkeys(grant for grant in lines if grant))

    @property
    def unit_id(self) -> UUID | None:
        return UUID(self.unit.data) if self.unit.data else None


class AddForm(PersonForm):
    username = forms.text(
        _l("用户名"),
        required=True,
        maximum=60,
        autocapitalize="none",
        autocomplete="off",
        description=_l("登录用，不能再改。小写字母、数字、点和短横线。"),
    )

    def validate_username(self, field: Any) -> None:
        field.data = normal_username(field.data)
        if not is_username(field.data):
            raise validators.ValidationError(_("用户名用 2 到 60 个小写字母、数字、点或短横线。"))


_STATES = (
    ("active", _l("在用")),
    ("disabled", _l("已停用")),
    ("roleless", _l("在用，没有角色")),
    ("unstarted", _l("还没有改初始密码")),
)


class FilterForm(forms.Form):
    name = forms.text(_l("姓名或用户名"), maximum=60)
    role = forms.choice(_l("角色"), [], required=False)
    unit = forms.choice(_l("单位"), [], required=False)
    state = forms.choice(_l("状态"), _STATES, required=False)

    def __init__(self, *args: Any, reach: Reach, **values: Any) -> None:
        super().__init__(*args, **values)
        self.unit.choices = [SelectChoice("", "—"), *_unit_choices(reach)]
        self.role.choices = _role_choices(self.role.data)


def grants_as_data(grants: Sequence[Any]) -> list[dict[str, str]]:
    """Stored grants as lines of the form, with one empty line."""
    lines = [{"role": grant.role.value, "scope": _scope_of(grant)} for grant in grants]
    return [*lines, {"role": "", "scope": ""}]


def _scope_of(grant: Any) -> str:
    if grant.unit_id:
        return f"unit:{grant.unit_id}"
    return f"place:{grant.place_id}" if grant.place_id else "district"

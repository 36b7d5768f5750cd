"""Forms of places and of the list's filters."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import validators
from wtforms.fields import SelectChoice

from webapp.kernel import forms
from webapp.kernel.access import Reach, current_reach
from webapp.kernel.parse.codes import is_code, written_code
from webapp.places import queries
from webapp.places.labels import DISINFECTANTS, INSTITUTIONS, KINDS, ROUTES
from webapp.places.rules import PARENTS, REAL, DischargeRoute, Disinfectant, Institution, PlaceKind
from webapp.units import queries as units

_KIND_CHOICES = [(kind.value, KINDS[kind]) for kind in REAL]


_STATES = (
    ("open", _l("在用")),
    ("closed", _l("已关闭")),
    ("unowned", _l("在用，没有所属单位")),
    ("contactless", _l("在用，没有联系人")),
)


class FilterForm(forms.Form):
    text = forms.text(_l("名称、编号或地址"), maximum=60)
    kind = forms.choice(_l("类别"), _KIND_CHOICES, required=False)
    unit = forms.choice(_l("所属单位（含下属）"), [], required=False)
    state = forms.choice(_l("状态"), _STATES, required=False)

    def __init__(self, *args: Any, reach: Reach, **values: Any) -> None:
        super().__init__(*args, **values)
        self.unit.choices = _unit_choices(reach)


class PlaceForm(forms.Form):
    code = forms.text(_l("编号"), required=True, maximum=20, description=_l("印在标签上的短编号，例如 H-01。"))
    name = forms.text(_l("名称"), required=True, maximum=120)
    kind = forms.choice(_l("类别"), _KIND_CHOICES)
    unit = forms.choice(_l("所属单位"), [], required=False)
    parent = forms.choice(_l("属于哪个场所"), [], required=False, description=_l("排放口、暂存间选它所在的医院。"))
    address = forms.text(_l("地址"), maximum=200)
    contact_name = forms.text(_l("联系人"), maximum=80, autocomplete="off")
    contact_phone = forms.text(_l("联系电话"), maximum=30, inputmode="tel", autocomplete="off")
    forgets_phone = forms.yes(_l("删除已登记的电话"))
    latitude = forms.number(_l("纬度"), places=6, minimum=-90, maximum=90, unit="°")
    longitude = forms.number(_l("经度"), places=6, minimum=-180, maximum=180, unit="°")
    beds = forms.number(_l("床位数"), places=0, minimum=0, maximum=20000, unit=_l("张"))
    institution = forms.choice(_l("机构类别（GB 18466-2005）"), INSTITUTIONS.items(), required=False)
    discharge_route = forms.choice(_l("污水去向"), ROUTES.items(), required=False)
    disinfectant = forms.choice(_l("消毒方式"), DISINFECTANTS.items(), required=False)
    is_closed = forms.yes(_l("已关闭（不再检查和值守）"))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        reach = current_reach()
        self.unit.choices = _unit_choices(reach)
        parents = queries.places_of(reach, PARENTS)
        self.parent.choices = [SelectChoice("", "—"), *(SelectChoice(str(p.id), f"{p.code} {p.name}") for p in parents)]

    def validate_code(self, field: Any) -> None:
        field.data = written_code(field.data)
        if not is_code(field.data, 20):
            raise validators.ValidationError(_("编号只能用字母、数字和短横线，例如 H-01。"))

    def validate_contact_phone(self, field: Any) -> None:
        field.data = forms.checked_phone(field.data)

    @property
    def keeps_phone(self) -> bool:
        """Whether the stored number stays: the field is empty and deletion was not chosen."""
        return not self.contact_phone.data and not self.forgets_phone.data

    @property
    def plain(self) -> dict[str, Any]:
        """The values for the service: None for empty text, ids and enums for choices."""
        data = self.data
        return {
            "code": data["code"],
            "name": data["name"],
            "kind": PlaceKind(data["kind"]),
            "unit_id": UUID(data["unit"]) if data["unit"] else None,
            "parent_id": UUID(data["parent"]) if data["parent"] else None,
            **{name: data[name] or None for name in ("address", "contact_name")},
            **({} if self.keeps_phone else {"contact_phone": data["contact_phone"] or None}),
            "latitude": data["latitude"],
            "longitude": data["longitude"],
            "beds": None if data["beds"] is None else int(data["beds"]),
            "institution": data["institution"] and Institution(data["institution"]),
            "discharge_route": data["discharge_route"] and DischargeRoute(data["discharge_route"]),
            "disinfectant": data["disinfectant"] and Disinfectant(data["disinfectant"]),
            "is_closed": data["is_closed"],
        }


def _unit_choices(reach: Reach) -> list[SelectChoice]:
    return [SelectChoice("", "—"), *(SelectChoice(str(unit.id), unit.name) for unit in units.tree(reach))]

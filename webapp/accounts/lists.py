"""The list of persons."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.accounts import queries
from webapp.accounts.forms import FilterForm
from webapp.accounts.labels import ROLES
from webapp.accounts.models import Person
from webapp.kernel.access import Role, current_actor, current_reach
from webapp.kernel.listing import Column, Listing, PageOf
from webapp.kernel.personal import mask_phone
from webapp.units import queries as units

_IS_DISABLED = {False: _l("在用"), True: _l("已停用")}
_TONE = {False: "ok", True: "refused"}


def _roles(person: Person) -> str:
    return str(_("、")).join(dict.fromkeys(str(ROLES[grant.role]) for grant in person.grants))


def _phone(person: Person) -> str | None:
    return mask_phone(person.phone) if _is_all_administered() else None


def _is_all_administered() -> bool:
    """Whether the actor administers everybody in the list; readers do not see telephone numbers."""
    whole = current_actor().through(Role.ADMINISTRATOR).is_district_wide
    return whole or all(grant.role is Role.ADMINISTRATOR for grant in current_reach().grants)


def _is_disabled(person: Person) -> bool:
    return person.disabled_at is not None


PERSONS = Listing(
    id="persons",
    template="accounts/persons.html",
    title=_l("人员"),
    columns=(
        Column("name", _l("姓名"), lambda person: person.name),
        Column("post", _l("职务"), lambda person: person.post, priority=2),
        Column("username", _l("用户名"), lambda person: person.username, priority=2, sort=Person.username),
        Column("roles", _l("角色"), _roles),
        Column("unit", _l("单位"), lambda person: person.unit_id, names=units.names),
        Column("phone", _l("电话"), _phone, priority=3),
        Column("state", _l("状态"), _is_disabled, enum=_IS_DISABLED, tone=_TONE),
    ),
    select=queries.selected,
    order=(Person.username,),
    descending=False,
    filters=FilterForm,
    url=PageOf("accounts.person", "person_id"),
    empty_title=_l("还没有人员"),
    empty_text=_l("添加人员，或从 Excel 导入。"),
)

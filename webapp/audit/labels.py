"""The words of the journal's rows: who, what it was about, from where, what changed."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.accounts import queries as accounts
from webapp.accounts.labels import ROLES
from webapp.accounts.rules import device_name
from webapp.district.labels import COMPARISONS, REGIMES
from webapp.kernel import logged
from webapp.kernel.access import Role
from webapp.kernel.journal import SIGN_IN
from webapp.kernel.kinds import kinds
from webapp.kernel.logged import Group, Logged
from webapp.kernel.states import machines

LOGGED = (Logged("journal.revealed", _l("查看日志中的原因"), Group.REVEAL),)
SUBJECTS = {"journal": _l("操作日志")}
SEALS = {"sealed": _l("已封存"), "open": _l("还没有封存"), "faulty": _l("核对不符")}
SEAL_TONES = {"sealed": "ok", "open": "waiting", "faulty": "critical"}
REFUSED_ENTRY = ("person.sign-in-failed", "person.sign-in-throttled")  # of nobody who is signed in
WRONG = {
    "password": _l("密码不对"),
    "username": _l("没有这个用户名（输入的内容没有保存）"),
    "disabled": _l("账号已停用"),
    "code": _l("两步验证码不对"),
}
PRIVATE = {"reason": _l("原因"), "address": _l("登录地址")}  # what is sealed beside a row
DETAILS = {
    "code": _l("编号"),
    "username": _l("用户名"),
    "fields": _l("改动的项目"),
    "roles": _l("角色"),
    "before": _l("原来的角色"),
    "to": _l("之后的状态"),
    "seq": _l("回执号"),
    "hash": _l("内容校验值"),
    "lines": _l("行数"),
    "rows": _l("导入的行数"),
    "name": _l("名称"),
    "number": _l("单号"),
    "wrong": _l("原因"),
    "quantity": _l("数量（最小计量）"),
    "day": _l("有效期至"),
    "days": _l("两个有效期"),
    "run": _l("清除批次"),
    "grant": _l("授权编号"),
    "uuid": _l("记录编号"),
    "fever": _l("发热判定"),
    "source": _l("看什么"),
    "recipients": _l("提醒谁"),
    "is_active": _l("启用"),
    "outcome": _l("结果"),
    "count": _l("条数"),
    "times": _l("当天已拦截次数"),
}
# The names of what may change, of places, items, units and the district.
FIELDS = {
    "address": _l("地址"),
    "backups": _l("备份的保存期限"),
    "beds": _l("床位数"),
    "category": _l("物资类别"),
    "code": _l("编号"),
    "contact_name": _l("联系人"),
    "contact_phone": _l("联系电话"),
    "correction_days": _l("登记人可更正、作废自己检查记录的天数"),
    "count_amount": _l("盘点差异在多少以内不问"),
    "count_share": _l("盘点差异超过账面的多少要说明原因"),
    "customary_en": _l("习惯单位（英文）"),
    "customary_factor": _l("习惯单位的换算"),
    "customary_zh": _l("习惯单位"),
    "discharge_route": _l("污水去向"),
    "disease_en": _l("疾病名称（英文）"),
    "disease_zh": _l("疾病名称（中文）"),
    "disinfectant": _l("消毒方式"),
    "fever_celsius": _l("发热体温"),
    "fever_comparison": _l("发热判定"),
    "has_expiry": _l("有有效期"),
    "institution": _l("机构类别（GB 18466-2005）"),
    "is_closed": _l("已关闭"),
    "kind": _l("类别"),
    "latitude": _l("纬度"),
    "leader_id": _l("领导（带班）"),
    "longitude": _l("经度"),
    "low_level": _l("低库存线"),
    "name": _l("名称"),
    "name_en": _l("名称（英文）"),
    "name_zh": _l("名称（中文）"),
    "observation_days": _l("观察天数"),
    "parent_id": _l("属于哪个场所"),
    "regime": _l("执行标准"),
    "responsible_id": _l("责任人"),
    "risk_areas": _l("风险地区"),
    "scale": _l("最小计量"),
    "stamps_photos": _l("照片上加印时间、场所和登记人"),
    "unit_en": _l("单位（英文）"),
    "unit_id": _l("所属单位"),
    "unit_zh": lazy_pgettext("list", "单位"),
}
_NUMBERS = ("grant", "hash", "run", "seq", "uuid")  # too long for a line, or written by what the row is about
_VALUES: dict[Any, Any] = {
    **{regime.value: label for regime, label in REGIMES.items()},
    **{comparison.value: label for comparison, label in COMPARISONS.items()},
}


class Origin(NamedTuple):
    """From where a row came: the device of its entry, who delivered it, or the session of its actor. `is_missing`: a
    person did it, and none of these was noted.
    """

    device: str | None = None
    relay: str | None = None
    session: UUID | None = None
    is_missing: bool = False


def who(row: Any) -> str:
    """Who did it; a failed sign-in was nobody's, and what has no person was the server's."""
    if row.actor_name:
        return str(row.actor_name)
    return str(_("没有登录") if row.action in REFUSED_ENTRY else _("系统"))


def what(row: Any) -> str:
    return logged.label_of(row.action, row.subject_kind)


def about(row: Any) -> str:
    """What a row is about: its kind, with the name, number or code that is no personal data."""
    kind = logged.subject_of(row.subject_kind)
    if row.receipt is not None and not row.name:
        return str(_("%(kind)s · 回执号 %(seq)s", kind=kind, seq=row.receipt))
    return f"{kind} · {row.name}" if row.name else kind


def origin(row: Any) -> Origin | None:
    session = (row.details or {}).get(SIGN_IN)
    known = Origin(row.device, row.relay_name, UUID(session) if session else None)
    if not any(known):
        return Origin(is_missing=True) if row.actor_id else None
    return known


def origins(known: Collection[Origin]) -> dict[Origin, str]:
    """The words of origins; the devices of their sessions in one query."""
    agents = accounts.devices_of({origin.session for origin in known if origin.session})
    return {origin: _from(origin, agents) for origin in known}


def _from(origin: Origin, agents: Mapping[UUID, str]) -> str:
    parts = [_("没有记下浏览器")] if origin.is_missing else []
    if origin.session:
        agent = agents.get(origin.session)
        parts.append(device_name(agent) if agent else _("登录记录已清理"))
    if origin.device:
        parts.append(_("设备 %(id)s", id=origin.device[:8]))
    if origin.relay:
        parts.append(_("由%(name)s代为送达", name=origin.relay))
    return " · ".join(parts)


def details(row: Any) -> list[tuple[str, str]]:
    """The facts of a row as (label, text), without keyed hashes and without the session, which is its origin."""
    return _facts(row.subject_kind, row.details or {})


def _facts(kind: str, written: Mapping[str, Any]) -> list[tuple[str, str]]:
    facts: list[tuple[str, str]] = []
    for name, value in written.items():
        if name == "changed":
            facts += ((_field(part), _change(*both)) for part, both in value.items())
        elif name == "days" and isinstance(value, dict):
            facts += ((_field(part), _text(days)) for part, days in value.items())
        elif name != SIGN_IN and not name.endswith("_hash"):
            facts.append((str(DETAILS.get(name) or FIELDS.get(name) or name), _value(kind, name, value)))
    return facts


def summary(row: Any) -> str:
    """The facts of a row in a line."""
    written = {name: value for name, value in (row.details or {}).items() if name not in _NUMBERS}
    facts = _facts(row.subject_kind, written)
    return str(_("；")).join(_("%(label)s：%(value)s", label=label, value=text) for label, text in facts)


def _change(old: Any, new: Any) -> str:
    return f"{_text(old)} → {_text(new)}"


def _value(kind: str, name: str, value: Any) -> str:
    if name == "to" and kind in machines():
        labels = {state.value: label for state, label in machines()[kind].states.items()}
        return str(labels.get(value, value))
    if name == "wrong":
        return str(WRONG.get(value, value))
    if name in ("roles", "before"):
        return _list(str(ROLES.get(Role(role), role)) if role in set(Role) else role for role in value)
    if name == "fields":
        return _list(map(_field, value))
    return _text(value)


def _field(name: str) -> str:
    """The name of a changed field, or of the records whose retention changed."""
    kept = next((kind.keeps.label for kind in kinds().values() if kind.keeps and kind.keeps.name == name), name)
    return str(FIELDS.get(name, kept))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, list):
        return _list(map(_text, value))
    return "—" if value is None else str(_VALUES.get(value, value) if isinstance(value, str) else value)


def _list(words: Iterable[Any]) -> str:
    return str(_("、")).join(map(str, words)) or "—"

"""What the codes in the journal mean: the words of each action and subject, contributed by the features that write."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.kernel.contributions import Contribution
from webapp.kernel.kinds import kinds
from webapp.kernel.states import Machine, machines

RECORDED = "entry.recorded"
REWRITES = {".correction": _l("更正"), ".void": _l("作废")}  # by the end of the subject's kind


class Group(StrEnum):
    """What an action is about, as the filter of the journal offers it."""

    SIGN_IN = "sign-in"
    REVEAL = "reveal"
    CHANGE = "change"
    SETTING = "setting"
    PERSON = "person"
    MASTER = "master"
    RECORD = "record"
    STOCK = "stock"
    DEVICE = "device"
    PURGE = "purge"


GROUPS = {
    Group.SIGN_IN: _l("登录和密码"),
    Group.REVEAL: _l("查看全号和查找"),
    Group.CHANGE: _l("更正、作废和撤销"),
    Group.SETTING: _l("全区设置"),
    Group.PERSON: _l("人员和权限"),
    Group.MASTER: _l("单位、场所和物资目录"),
    Group.RECORD: _l("登记和办理"),
    Group.STOCK: _l("出入库"),
    Group.DEVICE: _l("设备和离线记录"),
    Group.PURGE: _l("个人信息清除"),
}


@dataclass(frozen=True, slots=True)
class Logged:
    """An action that is written into the journal, about a `kind` of subject: by default the action's first part."""

    action: str
    label: Any
    group: Group
    kind: str = ""

    @property
    def of(self) -> str:
        return self.kind or self.action.partition(".")[0]


logged: Contribution[dict[str, Logged]] = Contribution("logged")  # all that may be written, by action
subjects: Contribution[dict[str, Any]] = Contribution("logged_subjects")  # the words of a subject's kind


def install(app: Flask, contributed: dict[str, Logged], of_machines: Iterable[Machine]) -> None:
    """Install the actions: the contributed ones, and the acts of the state machines under their own labels."""
    acts = ((machine, act) for machine in of_machines for act in machine.acts)
    moves = [Logged(f"{machine.of}.{act.name}", act.label, Group.RECORD, machine.of) for machine, act in acts]
    logged.install(app, {move.action: move for move in moves} | contributed)


def of_group(group: Group) -> list[Logged]:
    return [action for action in logged().values() if action.group is group]


def rewriting_kinds() -> list[str]:
    """The kinds of subject of corrections and voidings."""
    return [f"{kind.name}{end}" for kind in kinds().values() if kind.record for end in REWRITES]


def label_of(action: str, kind: str) -> str:
    """The words of an action on a kind of subject; the code itself where an older or newer version wrote it."""
    rewritten = [words for end, words in REWRITES.items() if kind.endswith(end)]
    if action == RECORDED and rewritten:
        return str(rewritten[0])
    known = logged().get(action)
    return str(known.label) if known else action


def subject_of(kind: str) -> str:
    """The words of a kind of subject: contributed, the name of a kind of entry, or of a table with states."""
    plain = kind.removesuffix(".correction").removesuffix(".void")
    if plain in subjects():
        return str(subjects()[plain])
    named: Iterable[Any] = (kinds().get(plain), machines().get(plain))
    return next((str(part.label) for part in named if part), kind)


CORE = (
    Logged(RECORDED, _l("登记"), Group.RECORD, "*"),
    Logged("entry.conflict", _l("又收到不同的一份，另行保存"), Group.RECORD, "*"),
    Logged("entry.purged", _l("清除记录中的个人信息"), Group.PURGE, "*"),
)


def choices() -> list[tuple[str, str]]:
    """The actions for a filter, by group."""
    ordered = sorted(logged().values(), key=lambda action: tuple(Group).index(action.group))
    return [
        (action.action, _("%(group)s：%(what)s", group=GROUPS[action.group], what=action.label)) for action in ordered
    ]

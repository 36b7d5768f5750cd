"""State machines: one table of acts draws the buttons, checks each act and prints the documentation.

A feature declares a `Machine` over the column `state` of its table. A service calls `move` in the open transaction: a
conditional UPDATE, so that of two concurrent acts the second is refused with the new state.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.access import EVERYONE, Actor, Reach, Role
from webapp.kernel.contributions import Contribution
from webapp.kernel.database import changed_one
from webapp.kernel.errors import Refusal, term
from webapp.kernel.forms import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A transition: from which states to which, and by which roles.

    `name` is stable, since the journal and addresses contain it. An act without roles is performed by the server. An
    act requires the required fields of its `form` and what `demands` describes in words; `seals` describes what cannot
    be changed afterwards.
    """

    name: str
    label: Any
    from_: tuple[StrEnum, ...]
    to: StrEnum
    roles: tuple[Role, ...]
    form: Callable[..., Any] = Form
    demands: tuple[Any, ...] = ()
    seals: tuple[Any, ...] = ()
    icon: str = "edit"

    def demanded(self) -> list[str]:
        """The requirements of the act, in the reader's language."""
        required = [field for field in self.form() if field.flags.required and field.type != "UuidField"]
        return [str(words) for words in (*(field.label.text for field in required), *self.demands)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The acts on the rows of one table. `of` is the table; `states` are the labels of its states, in order."""

    of: str
    label: Any
    states: Mapping[Any, Any]
    acts: tuple[Act, ...]

    def find(self, name: str) -> Act | None:
        """The act of this name; None if there is none."""
        return next((act for act in self.acts if act.name == name), None)

    def acts_for(self, state: StrEnum, reach: Reach) -> list[Act]:
        """The acts that are permitted on a row in a state; `reach` has the person's roles over the row."""
        return [act for act in self.acts if state in act.from_ and _is_open_to(act, reach)]

    def check(self, act: Act, state: StrEnum, reach: Reach) -> None:
        """Raises Refusal `act-not-yours` (403), or `state-moved` with the row's present state."""
        if not _is_open_to(act, reach):
            raise Refusal("act-not-yours", 403)
        if state not in act.from_:
            raise _moved(self.of, state)

    def move(
        self,
        model: Any,
        id_: UUID,
        act: Act,
        *,
        by: Actor | None,
        at: datetime,
        also: Iterable[Any] = (),
        **values: Any,
    ) -> None:
        """Call `move` for an act of the table; it is journalled as `<table>.<act>`."""
        move(model, id_, act.from_, act.to, act=f"{self.of}.{act.name}", by=by, at=at, also=also, **values)

    def table(self) -> str:
        """The machine as a Markdown table in the reader's language."""
        heads = (_("状态"), _("操作"), _("之后"), _("办理人"), _("要求"), _("封存"))
        lines = [heads, ("---",) * len(heads)]
        for act in self.acts:
            before = ", ".join(str(self.states[state]) for state in act.from_)
            demanded, sealed = ", ".join(act.demanded()), ", ".join(map(str, act.seals))
            cells = (before, str(act.label), str(self.states[act.to]), _whose(act), demanded or "—", sealed or "—")
            lines.append(cells)
        return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


machines: Contribution[dict[str, Machine]] = Contribution("machines")


def move(
    model: Any,
    id_: UUID,
    from_: Collection[StrEnum],
    to: StrEnum,
    *,
    act: str,
    by: Actor | None,
    at: datetime,
    also: Iterable[Any] = (),
    **values: Any,
) -> None:
    """Move a row from one of several states to another in the open transaction, and set `values` of other columns.

    `also` are further conditions, for acts that do not change the state. Journalled as `act`. Raises Refusal
    `state-moved` if the row is in another state by now, NoResultFound if it does not exist.
    """
    this = model.id == id_
    statement = update(model).where(this, model.state.in_(tuple(from_)), *also)
    if not changed_one(statement.values(state=to, **values)):
        raise _moved(model.__tablename__, db.session.scalars(select(model.state).where(this)).one())
    journal.write(act, model.__tablename__, id_, by=by, at=at, to=to.value)


def documentation() -> str:
    """All machines as Markdown sections in the reader's language."""
    return "\n\n".join(f"## {machine.label}\n\n{machine.table()}" for machine in machines().values())


def _whose(act: Act) -> str:
    roles = _("所有人") if act.roles == EVERYONE else ", ".join(role.value for role in act.roles)
    return roles or _("系统")


def _is_open_to(act: Act, reach: Reach) -> bool:
    return reach.actor.has(*(role for role in act.roles if role in reach.roles))


def _moved(table: str, state: StrEnum) -> Refusal:
    return Refusal("state-moved", state=term("state", of=table, state=state.value))


def _words(value: Mapping[str, Any]) -> str:
    """The label of a state; its code if no machine has one."""
    machine = machines().get(value["of"])
    words = {state.value: words for state, words in machine.states.items()} if machine else {}
    return str(words.get(value["state"], value["state"]))


TERMS = {"state": _words}
REFUSALS = {
    "state-moved": _l("现在的状态是“%(state)s”，不能再办这一步：别人可能先办了。请刷新页面，按现在的情况再办。"),
    "act-not-yours": _l("您的岗位不能办这一步。请由有权限的人办理。"),
}

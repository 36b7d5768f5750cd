"""The figures of checkpoints."""

from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext, ngettext

from webapp.checkpoints.lists import VISITS
from webapp.checkpoints.queries import people_inside
from webapp.checkpoints.rules import Decision
from webapp.kernel.figures import Figure
from webapp.kernel.i18n import write_number

_of_visits = partial(Figure, endpoint="checkpoints.visits", rows=VISITS, unit=lazy_pgettext("figure", "条"))


def _inside(people: int) -> Any:
    return ngettext("现在在内（登记），共 %(n)s 人", "现在在内（登记），共 %(n)s 人", people, n=write_number(people))


OVERRIDDEN = _of_visits(
    "checkpoints.overridden",
    _l("今日与建议不同的放行或劝返"),
    filters={"overridden": "y"},
    is_of_day=True,
    title=_l("与建议不同的放行或劝返"),
    explained=_l("到达时间在这些天之内、最后决定与规则建议不同的登记；已撤销的不算。"),
    tone="warning",
)
FIGURES = (
    _of_visits(
        "checkpoints.arrivals",
        _l("今日到达"),
        is_of_day=True,
        title=_l("到达登记"),
        explained=_l("到达时间在这些天之内的登记，一次登记算一条；已撤销的不算。"),
    ),
    _of_visits(
        "checkpoints.inside",
        _inside,
        filters={"inside": "y"},
        beside=people_inside,
        title=_l("现在在内"),
        explained=_l("已放行、还没有登记离开的来访记录。"),
    ),
    _of_visits(
        "checkpoints.refused",
        _l("今日劝返"),
        filters={"decision": Decision.REFUSE.value},
        is_of_day=True,
        title=lazy_pgettext("figure", "劝返"),
        explained=_l("到达时间在这些天之内、最后决定是劝返的登记；已撤销的不算。"),
        tone="refused",
    ),
    _of_visits(
        "checkpoints.referred",
        _l("今日转送"),
        filters={"decision": Decision.REFER.value},
        is_of_day=True,
        title=lazy_pgettext("figure", "转送留观"),
        explained=_l("到达时间在这些天之内、最后决定是转送留观的登记；已撤销的不算。"),
        tone="warning",
    ),
)

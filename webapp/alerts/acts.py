"""The states and acts of an alert."""

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.alerts import labels
from webapp.alerts.rules import AlertState
from webapp.kernel.access import EVERYONE
from webapp.kernel.states import Act, Machine

ACKNOWLEDGE = Act(
    name="acknowledge",
    label=lazy_pgettext("alert", "收到"),
    from_=(AlertState.OPEN,),
    to=AlertState.ACKNOWLEDGED,
    roles=EVERYONE,
    icon="check",
)
CLOSE = Act(  # by the watcher, for all at once
    name="close",
    label=_l("解除"),
    from_=(AlertState.OPEN, AlertState.ACKNOWLEDGED),
    to=AlertState.CLOSED,
    roles=(),
    demands=(_l("事项已办或数字已恢复"),),
)
ALERT = Machine(of="alert", label=_l("提醒"), states=labels.STATES, acts=(ACKNOWLEDGE, CLOSE))

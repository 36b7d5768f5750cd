"""The states and acts of an envelope. An act without a role is performed by the server."""

from flask_babel import lazy_gettext as _l

from webapp.kernel.access import EVERYONE, Role
from webapp.kernel.states import Act, Machine
from webapp.sync.forms import NoteForm
from webapp.sync.labels import STATES
from webapp.sync.rules import State

_ARRIVING = (State.REVIEW, State.PHOTOS)  # an envelope is inserted in review; the same transaction moves it on
_UNSETTLED = (*_ARRIVING, State.RETURNED)

AWAIT = Act(name="await", label=_l("等照片"), from_=(State.REVIEW,), to=State.PHOTOS, roles=())
APPLY = Act(name="apply", label=_l("自动入库"), from_=_ARRIVING, to=State.APPLIED, roles=(), seals=(_l("内容"),))
CLASH = Act(name="conflict", label=_l("与先到的不同"), from_=_UNSETTLED, to=State.CONFLICT, roles=())
DOUBT = Act(name="review", label=_l("存疑"), from_=_ARRIVING, to=State.REVIEW, roles=())
RETURN = Act(name="returned", label=_l("退回登记人"), from_=_ARRIVING, to=State.RETURNED, roles=())
REPLACE = Act(
    name="replaced",
    label=_l("换成证明更足的一份"),
    from_=(State.REVIEW, State.SET_ASIDE),
    to=State.REVIEW,
    roles=(),
)
CORRECT = Act(
    name="corrected",
    label=_l("修改后提交"),
    from_=(State.RETURNED,),
    to=State.CORRECTED,
    roles=EVERYONE,
    demands=(_l("登记人本人"),),
    seals=(_l("内容"),),
)
RELEASE = Act(
    name="released",
    label=_l("核实无误，入库"),
    from_=_ARRIVING,
    to=State.PHOTOS,
    roles=(Role.ADMINISTRATOR,),
    form=NoteForm,
    icon="check",
)
SET_ASIDE = Act(
    name="set_aside",
    label=_l("搁置"),
    from_=_UNSETTLED,
    to=State.SET_ASIDE,
    roles=(Role.ADMINISTRATOR,),
    form=NoteForm,
    icon="close",
)
GIVE_UP = Act(
    name="given_up",
    label=_l("这条不用入库"),
    from_=(State.RETURNED,),
    to=State.SET_ASIDE,
    roles=EVERYONE,
    form=NoteForm,
    demands=(_l("登记人本人"),),
    icon="close",
)
PURGE = Act(
    name="purged",
    label=_l("清除个人信息"),
    from_=tuple(state for state in State if state is not State.PURGED),
    to=State.PURGED,
    roles=(),
)
ENVELOPE = Machine(
    of="envelope",
    label=_l("离线记录的处理"),
    states=STATES,
    acts=(AWAIT, APPLY, CLASH, DOUBT, RETURN, REPLACE, RELEASE, SET_ASIDE, CORRECT, GIVE_UP, PURGE),
)

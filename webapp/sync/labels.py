"""The words of delivery later."""

from flask_babel import lazy_gettext as _l

from webapp.sync.rules import Doubt, State

STATES = {
    State.PHOTOS: _l("等照片"),
    State.APPLIED: _l("已入库"),
    State.RETURNED: _l("退回修改"),
    State.DISCREPANCY: _l("账实不符"),
    State.CONFLICT: _l("内容冲突"),
    State.REVIEW: _l("待核查"),
    State.CORRECTED: _l("已修改"),
    State.SET_ASIDE: _l("已搁置"),
}
STATE_STATUS = {
    State.PHOTOS: "waiting",
    State.APPLIED: "ok",
    State.RETURNED: "refused",
    State.DISCREPANCY: "critical",
    State.CONFLICT: "warning",
    State.REVIEW: "warning",
    State.CORRECTED: "ok",
    State.SET_ASIDE: "waiting",
}
DOUBTS = {
    Doubt.WRONG_PROOF: _l("登记人的签名不符,内容可能被改过。"),
    Doubt.UNKNOWN_GRANT: _l("这台设备没有登记人的离线授权。"),
    Doubt.ENDED_GRANT: _l("登记人的离线授权已到期或已收回(超过14天、账号停用或设备挂失)。"),
    Doubt.UNREADABLE: _l("记录打不开:加密它的钥匙不在本服务器上,或内容已损坏。"),
}
BAD_FORM = "form-invalid"
REFUSALS = {
    BAD_FORM: _l("有几项内容不符合要求,请修改后重新提交。"),
    "kind-not-yours": _l("登记人没有登记这种记录的权限。请联系管理员,或把内容交给有权限的同事登记。"),
    "author-unknown": _l("登记人不在本系统的人员名单里,不能入库。请填写理由搁置。"),
    "photos-unreadable": _l(
        "记录里有打不开的照片,还没有入库。请核对后提交:打不开的照片会留在外面,需要的话重新拍照,另外登记一条。"
    ),
    "envelope-unreadable": _l("本服务器打不开这条记录,不能入库。请找回加密它的钥匙,或填写理由搁置。"),
    "kind-unknown": _l("本服务器不认识这种记录,可能是设备上的版本太旧。请更新应用后重新登记。"),
    "photo-cut": _l("照片没有传完整,会自动重传。"),
    "photo-not-asked": _l("没有等待这张照片的记录。"),
    "returned-closed": _l("这条记录已经处理过了。"),
    "sync-malformed": _l("设备发来的内容看不懂,没有保存。请更新应用。"),
}

"""Labels and refusals of deferred delivery."""

from flask_babel import lazy_gettext as _l

from webapp.kernel.kinds import find_late
from webapp.kernel.logged import Group, Logged
from webapp.sync.rules import Doubt, Outcome, State

STATES = {
    State.PHOTOS: _l("等照片"),
    State.APPLIED: _l("已入库"),
    State.RETURNED: _l("退回修改"),
    State.CONFLICT: _l("内容冲突"),
    State.REVIEW: _l("待核查"),
    State.CORRECTED: _l("已修改"),
    State.SET_ASIDE: _l("已搁置"),
    State.PURGED: _l("已清除"),
}
YES_NO = {True: _l("是"), False: _l("否")}
STATE_STATUS = {
    State.PHOTOS: "waiting",
    State.APPLIED: "ok",
    State.RETURNED: "refused",
    State.CONFLICT: "warning",
    State.REVIEW: "warning",
    State.CORRECTED: "ok",
    State.SET_ASIDE: "waiting",
    State.PURGED: "none",
}
# The outcomes of envelopes in an uploaded file: tone, label, what to do.
OUTCOMES = {
    Outcome.RECEIPT: ("ok", _l("已入库"), _l("不用再做什么。")),
    Outcome.SAME: ("ok", _l("原先已有"), _l("服务器早已收到，没有重复登记。")),
    Outcome.RETURNED: (
        "refused",
        _l("退回登记人"),
        _l("还不能入库。登记人登录后在“退回修改”里看原因，改好再提交。"),
    ),
    Outcome.DISCREPANCY: (
        "warning",
        _l("已入库，账实不符"),
        _l("账上没有那么多，已照实记账。请保管员在“待盘点”里清点。"),
    ),
    Outcome.CONFLICT: ("warning", _l("内容冲突"), _l("同一条记录已经先有另一份入库，两份都已保留。请登记人核对。")),
    Outcome.REVIEW: ("warning", _l("待核查"), _l("签名或授权不能确认，已收下。请管理员在“待核查记录”里处理。")),
    Outcome.PURGED: ("none", _l("已清除"), _l("这条记录的个人信息已按规定清除，没有再收下，设备上的副本也请删除。")),
    Outcome.PHOTOS: ("waiting", _l("等照片"), _l("记录已收下，照片不在文件里或不完整。请保留原设备，等它联网补传。")),
    Outcome.WAIT: (
        "waiting",
        _l("暂未收下"),
        _l("记录没有问题，服务器现在还不能收。请保留原设备和文件，稍后再交一次；一直这样请找管理员。"),
    ),
    Outcome.MALFORMED: (
        "refused",
        _l("看不懂"),
        _l("没有收下。请保留原设备和文件，在原设备上重新存一次再交。"),
    ),
}
DOUBTS = {
    Doubt.WRONG_PROOF: _l("登记人的签名不符，内容可能被改过。"),
    Doubt.UNKNOWN_GRANT: _l("这台设备没有登记人的离线授权。"),
    Doubt.ENDED_GRANT: _l("登记人的离线授权已到期或已收回（超过14天、账号停用或设备挂失），不能证明是之前登记的。"),
    Doubt.LOST_ROLE: _l("登记人的权限后来变了，不能证明这条是变更之前登记的。"),
    Doubt.UNREADABLE: _l("记录打不开：加密它的钥匙已作废，或内容已损坏。"),
    Doubt.FAILED: _l("系统处理这条记录时出错，内容已保存。请把收到的时间告诉系统维护人员；修好后可以入库。"),
}
BAD_FORM = "form-invalid"
LOGGED = (
    Logged("device.first-seen", _l("设备首次联系"), Group.DEVICE),
    Logged("device.enrolled", _l("设备出示密钥"), Group.DEVICE),
    Logged("device.granted", _l("给设备离线授权"), Group.DEVICE),
    Logged("device.revoked", _l("挂失设备"), Group.DEVICE),
    Logged("device.reinstated", _l("恢复设备使用"), Group.DEVICE),
    Logged("device.file", _l("递交待传文件"), Group.DEVICE),
    Logged("envelope.released", _l("核实离线记录，入库"), Group.DEVICE),
    Logged("envelope.set_aside", _l("搁置离线记录"), Group.DEVICE),
    Logged("envelope.corrected", _l("修改退回的离线记录后提交"), Group.DEVICE),
    Logged("envelope.given_up", _l("不再提交退回的离线记录"), Group.DEVICE),
)
SUBJECTS = {"device": _l("登记设备"), "envelope": _l("离线记录")}
REFUSALS = {
    BAD_FORM: _l("有几项内容不符合要求，请修改后重新提交。"),
    "file-missing": _l("请先选择设备存下的待传文件（.json）。"),
    "file-too-large": _l("文件太大，没有收下任何记录。请让原设备连上网络，在待传箱里直接送出。"),
    "file-not-queue": _l("这不是完整的待传文件，没有收下任何记录。请在原设备的待传箱里重新“存为文件”。"),
    "kind-not-yours": _l("登记人没有登记这种记录的权限。请联系管理员，或把内容交给有权限的同事登记。"),
    "author-unknown": _l("登记人不在本系统的人员名单里，不能入库。请填写理由搁置。"),
    "photos-unreadable": _l(
        "记录里有打不开的照片，还没有入库。请核对后提交：打不开的照片会留在外面，需要的话重新拍照，另外登记一条。"
    ),
    "envelope-unreadable": _l("这条记录打不开，不能入库。请填写理由搁置。"),
    "envelope-failed": _l("系统处理这条记录时又出错，没有入库，内容还在。请把现在的时间告诉系统维护人员。"),
    "kind-unknown": _l("本服务器不认识这种记录，可能是设备上的版本太旧。请更新应用后重新登记。"),
    "device-lost": _l("这台设备已挂失，不能离线登记。找回后请管理员在“登记设备”里恢复使用。"),
    "device-strange": _l("这台设备不是原来登记的那一台，会自动改用新的设备编号。"),
    "upload-cut": _l("照片没有传完整，会自动重传。"),
    "photo-not-asked": _l("没有等待这张照片的记录。"),
    "returned-closed": _l("这条记录已经处理过了。"),
    "sync-malformed": _l("设备发来的内容看不懂，没有保存。请更新应用。"),
}

ROLE_LOST = _l("您已没有登记这类记录的角色，所以内容不再显示。请管理员恢复角色后再修改，或写明原因后搁置。")


def kind_name(kind: str) -> str:
    """The label of a kind of entry."""
    late = find_late(kind)
    return str(late.label) if late else kind

"""Labels and refusals of persons, roles and sign-in."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.kernel.access import OF_A_PLACE, OF_A_UNIT, Grant, Role
from webapp.kernel.logged import Group, Logged

ROLES = {
    Role.INSPECTOR: _l("环境执法（监督）员"),
    Role.GATEKEEPER: _l("卡口值守"),
    Role.KEEPER: _l("仓库保管员"),
    Role.APPROVER: _l("审批人（带班领导）"),
    Role.COMMANDER: _l("指挥部"),
    Role.AUDITOR: _l("督查督办"),
    Role.ADMINISTRATOR: _l("管理员"),
    Role.CLERK: _l("单位信息员"),
    Role.REQUESTER: _l("物资申领人"),
    Role.LIAISON: _l("一对一责任人"),
    Role.SITE_CONTACT: _l("受检单位联系人"),
    Role.WASTE_HANDLER: _l("医废暂存人员"),
    Role.DRIVER: _l("转运驾驶员"),
    Role.DISPOSAL_OPERATOR: _l("处置厂操作员"),
    Role.TRAFFIC_POLICE: _l("交警（通行证）"),
}
LOGGED = (
    Logged("person.signed-in", _l("登录"), Group.SIGN_IN),
    Logged("person.signed-out", _l("退出登录"), Group.SIGN_IN),
    Logged("person.sign-in-failed", _l("登录没有成功"), Group.SIGN_IN),
    Logged("person.sign-in-throttled", _l("登录被拦截：输错的次数太多"), Group.SIGN_IN),
    Logged("person.passed-totp", _l("通过两步验证"), Group.SIGN_IN),
    Logged("person.passed-recovery-code", _l("用备用码通过两步验证"), Group.SIGN_IN),
    Logged("person.session-ended", _l("结束一处登录"), Group.SIGN_IN),
    Logged("person.sessions-ended", _l("结束所有登录"), Group.SIGN_IN),
    Logged("person.password-changed", _l("修改自己的密码"), Group.SIGN_IN),
    Logged("person.password-reset", _l("重设密码"), Group.SIGN_IN),
    Logged("person.second-factor-enrolled", _l("开启两步验证"), Group.SIGN_IN),
    Logged("person.second-factor-removed", _l("关闭两步验证"), Group.SIGN_IN),
    Logged("person.second-factor-reset", _l("重设两步验证"), Group.SIGN_IN),
    Logged("person.phone-revealed", _l("查看人员电话"), Group.REVEAL),
    Logged("person.added", _l("添加人员"), Group.PERSON),
    Logged("person.changed", _l("修改人员"), Group.PERSON),
    Logged("person.disabled", _l("停用人员"), Group.PERSON),
    Logged("person.enabled", _l("恢复人员使用"), Group.PERSON),
)
SUBJECTS = {"person": _l("人员")}
REFUSALS = {
    "actor-disabled": _l("您的账号已停用，这次没有保存。请联系管理员。"),
    "sign-in-failed": _l("用户名或密码不对。请检查后再输入一次；忘记密码请找管理员重设。"),
    "sign-in-throttled": _l("输错的次数太多，请 15 分钟后再试。急用时换一台以前登录过的设备，或请管理员重设密码。"),
    "totp-wrong": _l("验证码不对或已用过。请等手机上出现新的 6 位数字再输入。"),
    "second-step-lapsed": _l("输入验证码的时间已过。请重新登录。"),
    "totp-form-stale": _l("这个页面打开得太久了。请刷新页面，重新扫描二维码。"),
    "totp-required": _l("您的岗位必须使用两步验证，不能关闭。换手机时请重新设置。"),
    "username-taken": _l("这个用户名已经有人用了，请换一个。"),
    "password-too-short": _l("密码至少 10 个字符。"),
    "password-too-long": _l("密码最多 128 个字符。"),
    "password-common": _l("这个密码太常见，容易被猜到，请换一个。"),
    "password-like-name": _l("密码里不要包含姓名。"),
    "username-invalid": _l("用户名用 2 到 60 个小写字母、数字、点或短横线。"),
    "name-missing": _l("请填写姓名，最多 80 个字。"),
    "password-like-username": _l("密码里不要包含用户名。"),
    "password-wrong": _l("当前密码不对。"),
    "password-same": _l("新密码与当前密码相同，请换一个。"),
    "last-administrator": _l("这是最后一位能用的管理员，不能停用，也不能去掉管理员角色。请先设另一位管理员。"),
    "unit-not-yours": _l("请选择您管辖的单位。其他单位的人员请全区管理员办理。"),
    "person-beyond-reach": _l("这位人员的权限超出您的管辖范围，请联系全区管理员办理。"),
}


def scope_problem(grant: Grant) -> str | None:
    """The sentence why a role cannot have this scope; None if it can."""
    if grant.role in OF_A_PLACE and grant.place_id is None:
        return str(_("“%(role)s”只管一个场所，请选择这个场所。", role=ROLES[grant.role]))
    if grant.role in OF_A_UNIT and grant.place_id is not None:
        return str(_("“%(role)s”按单位或全区设置，请不要选场所。", role=ROLES[grant.role]))
    return None

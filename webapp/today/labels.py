"""Labels for the health of the installation."""

from flask_babel import lazy_gettext as _l

from webapp.kernel.unavailable import TEXTS

# What /health answers; whoever reads it here is the administrator.
STATUSES = {str(cause): title for cause, (title, _rest) in TEXTS.items()} | {
    "ok": _l("正常"),
    "behind": _l("数据库和程序版本不一致，请在服务器上运行 ./frontline migrate"),
    "keys-missing": _l("密钥不在，加密的内容打不开，请恢复密钥备份"),
}

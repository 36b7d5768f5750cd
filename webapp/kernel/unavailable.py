"""Reasons why the server cannot work at present, by SQLite error code, SQLSTATE and errno, never by message.

"Busy" suggests another try in a few seconds, so it is used only where that helps.
"""

import errno
import sqlite3
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import DBAPIError, OperationalError


class Cause(StrEnum):
    """The value is the code in JSON answers and in the log."""

    BUSY = "busy"
    DISK_FULL = "disk-full"
    READ_ONLY = "read-only"
    BROKEN_DISK = "disk-error"
    UNREACHABLE = "database-unreachable"


TEXTS = {
    Cause.BUSY: (_l("系统正忙"), _l("这次操作没有保存。请过几秒再提交一次，您填写的内容还在这一页。")),
    Cause.DISK_FULL: (
        _l("磁盘已满，请告知管理员"),
        _l("这次操作没有保存，现在再提交也不会成功。请管理员在服务器上腾出磁盘空间；您填写的内容还在这一页。"),
    ),
    Cause.READ_ONLY: (
        _l("服务器不能写入，请告知管理员"),
        _l(
            "这次操作没有保存，现在再提交也不会成功。请管理员检查服务器文件夹和数据库的写入权限；您填写的内容还在这一页。"
        ),
    ),
    Cause.BROKEN_DISK: (
        _l("服务器磁盘读写出错，请告知管理员"),
        _l("这次操作没有保存。请管理员尽快检查服务器磁盘和备份；您填写的内容还在这一页。"),
    ),
    Cause.UNREACHABLE: (
        _l("数据库连接不上"),
        _l("这次操作没有保存。请过几分钟再提交；如果还不行，请告知管理员。您填写的内容还在这一页。"),
    ),
}

_SQLITE = {
    sqlite3.SQLITE_BUSY: Cause.BUSY,
    sqlite3.SQLITE_LOCKED: Cause.BUSY,
    sqlite3.SQLITE_FULL: Cause.DISK_FULL,
    sqlite3.SQLITE_READONLY: Cause.READ_ONLY,
    sqlite3.SQLITE_IOERR: Cause.BROKEN_DISK,
    sqlite3.SQLITE_CORRUPT: Cause.BROKEN_DISK,
    sqlite3.SQLITE_CANTOPEN: Cause.UNREACHABLE,
}
_SQLSTATE = {
    "53100": Cause.DISK_FULL,
    "25006": Cause.READ_ONLY,  # read_only_sql_transaction: a standby, or set so
    "58030": Cause.BROKEN_DISK,
    "55P03": Cause.BUSY,  # lock_not_available
    "57P": Cause.UNREACHABLE,  # shutting down or starting
    "08": Cause.UNREACHABLE,
    "40": Cause.BUSY,  # deadlock, serialization
    "53": Cause.BUSY,  # too many connections, out of memory
    "57": Cause.BUSY,
}
_ERRNO = {
    errno.ENOSPC: Cause.DISK_FULL,
    errno.EDQUOT: Cause.DISK_FULL,
    errno.EROFS: Cause.READ_ONLY,
    errno.EACCES: Cause.READ_ONLY,
    errno.EPERM: Cause.READ_ONLY,
    errno.EIO: Cause.BROKEN_DISK,
}


class WriteBusy(OperationalError):
    """The write lock was not free in time."""

    def __init__(self, seconds: float) -> None:
        super().__init__("the write lock", None, TimeoutError(f"not free within {seconds} s"))


def cause_of(error: BaseException) -> Cause | None:
    """The reason why the server cannot work; None for any other error, which is a bug."""
    if isinstance(error, WriteBusy):
        return Cause.BUSY
    if isinstance(error, DBAPIError):
        return _of_database(error)
    return _ERRNO.get(error.errno or 0) if isinstance(error, OSError) else None


def _of_database(error: DBAPIError) -> Cause | None:
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE.get(code & 0xFF)
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return next((cause for start, cause in _SQLSTATE.items() if state.startswith(start)), None)
    lost = error.connection_invalidated or isinstance(error, OperationalError)  # without an answer there is no SQLSTATE
    return Cause.UNREACHABLE if lost else None

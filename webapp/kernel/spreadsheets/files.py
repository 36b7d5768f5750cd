"""Uploaded workbooks, bounded before they are parsed, and kept sealed between preview and confirmation."""

import hashlib
import io
import re
import secrets
import zipfile
from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from webapp.kernel.access import Actor
from webapp.kernel.errors import Refusal, register
from webapp.kernel.sealing import Unreadable, keyring

MAX_BYTES = 5 * 1024 * 1024
MAX_MEMBERS = 200
MAX_UNPACKED = 60 * 1024 * 1024
MAX_RATIO = 200  # of one member larger than a megabyte; honest sheets stay below 40
KEPT_FOR = timedelta(hours=1)
_OLE = b"\xd0\xcf\x11\xe0"
_KEY = re.compile(r"[A-Za-z0-9_-]{32}")


def receive(file: FileStorage | None) -> bytes:
    """The bytes of an uploaded .xlsx; raises Refusal `sheet-…` (422, 413) for anything else, before parsing it."""
    if file is None or not file.filename:
        raise Refusal("sheet-missing", 422, field="file")
    raw = file.stream.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise Refusal("sheet-too-large", 413, field="file")
    if raw.startswith(_OLE):
        raise Refusal("sheet-old", 422, field="file")
    if not raw.startswith(b"PK"):
        raise Refusal("sheet-not-xlsx", 422, field="file")
    _bound(raw)
    return raw


def _bound(raw: bytes) -> None:
    """What a zip declares is what Python unpacks at most, so that the declarations can be trusted as bounds."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise Refusal("sheet-broken", 422, field="file") from error
    names = {member.filename.lower() for member in members}
    if "xl/workbook.xml" not in names:
        raise Refusal("sheet-not-xlsx", 422, field="file")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Refusal("sheet-macros", 422, field="file")
    swollen = any(m.file_size > 1_000_000 and m.file_size > MAX_RATIO * max(m.compress_size, 1) for m in members)
    if swollen or len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise Refusal("sheet-too-large", 413, field="file")


def keep(raw: bytes, sheet: str, *, by: Actor, at: datetime) -> str:
    """Keep a workbook sealed for its uploader; gives the key that `take` needs. Old ones are swept on the way."""
    _sweep(at)
    key = secrets.token_urlsafe(24)
    sealed = keyring().seal(b64encode(raw).decode(), _purpose(sheet, by))
    _path(key).write_text(sealed, encoding="ascii")
    return key


def take(key: str, sheet: str, *, by: Actor, at: datetime) -> bytes:
    """What was kept under a key by the same person for the same sheet; raises Refusal `sheet-gone`."""
    path = _path(key) if _KEY.fullmatch(key) else None
    if path is None or not path.is_file() or path.stat().st_mtime < (at - KEPT_FOR).timestamp():
        raise Refusal("sheet-gone", 409)
    try:
        return b64decode(keyring().open(path.read_text(encoding="ascii"), _purpose(sheet, by)))
    except Unreadable as error:
        raise Refusal("sheet-gone", 409) from error


def drop(key: str) -> None:
    """Forget a kept workbook once it was imported."""
    _path(key).unlink(missing_ok=True)


def _sweep(at: datetime) -> None:
    for path in _folder().iterdir():
        if path.stat().st_mtime < (at - KEPT_FOR).timestamp():
            path.unlink(missing_ok=True)


def _path(key: str) -> Path:
    return _folder() / hashlib.sha256(key.encode()).hexdigest()


def _folder() -> Path:
    path = Path(current_app.config["INSTANCE"]) / "imports"
    path.mkdir(exist_ok=True)
    return path


def _purpose(sheet: str, by: Actor) -> str:
    return f"import.{sheet}.{by.id}"


register(
    {
        "sheet-missing": _l("请先选择要导入的 Excel 文件（.xlsx）。"),
        "sheet-too-large": _l("文件太大。请只保留要导入的那张表（最多 5 MB），删掉图片后另存为 .xlsx 再上传。"),
        "sheet-old": _l(
            "这是旧版 Excel(.xls)或加了密码的文件。请在 Excel 中另存为“Excel 工作簿 (.xlsx)”、不设密码，再上传。"
        ),
        "sheet-not-xlsx": _l("这不是 Excel 工作簿（.xlsx）。如果是 CSV 或文本，请用 Excel 打开后另存为 .xlsx 再上传。"),
        "sheet-broken": _l("这个文件打不开，可能没有传完整。没有导入任何内容，请重新另存为 .xlsx 再上传。"),
        "sheet-macros": _l("文件里带有宏，不能导入。请另存为不带宏的 .xlsx 再上传。"),
        "sheet-empty": _l("表里没有要导入的内容。请从模板第 2 行开始填写。"),
        "sheet-too-many-rows": _l("一次最多导入 %(rows)s 行。请分成几个文件导入。"),
        "sheet-gone": _l("这次预览已经过期或已经导入。请重新上传文件。"),
    }
)

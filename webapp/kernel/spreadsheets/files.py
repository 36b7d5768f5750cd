"""Checks of uploaded workbooks before they are parsed, and the sentences of their refusals."""

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from webapp.kernel import archives

SHEET = archives.Format("sheet", "xlsx", "xl/workbook.xml", 5 * 1024 * 1024)


def receive(file: FileStorage | None) -> bytes:
    """The bytes of an uploaded .xlsx; raises Refusal `sheet-…` (422, 413) for anything else, before parsing it."""
    return archives.receive(file, SHEET)


REFUSALS = {
    "sheet-missing": _l("请先选择要导入的 Excel 文件（.xlsx）。"),
    "sheet-too-large": _l("文件太大。请只保留要导入的那张表（最多 5 MB），删掉图片后另存为 .xlsx 再上传。"),
    "sheet-old": _l(
        "这是旧版 Excel（.xls）或加了密码的文件。请在 Excel 中另存为“Excel 工作簿（.xlsx）”、不设密码，再上传。"
    ),
    "sheet-not-xlsx": _l("这不是 Excel 工作簿（.xlsx）。如果是 CSV 或文本，请用 Excel 打开后另存为 .xlsx 再上传。"),
    "sheet-too-far": _l("表里有内容写在很靠下的行。请删除模板内容以下的所有行，另存为 .xlsx 再上传。"),
    "sheet-too-many-parts": _l(
        "这个文件里的工作表、名称或样式太多（隐藏的也算）。请只复制要导入的内容到新下载的模板里，再上传。"
    ),
    "sheet-too-slow": _l("这个文件太复杂，读了很久也没有读完。请只复制要导入的内容到新下载的模板里，再上传。"),
    "sheet-busy": _l("正在处理别人的导入文件。请过几秒再上传一次。"),
    "sheet-broken": _l("这个文件打不开，可能没有传完整。没有导入任何内容，请重新另存为 .xlsx 再上传。"),
    "sheet-macros": _l("文件里带有宏，不能导入。请另存为不带宏的 .xlsx 再上传。"),
    "sheet-empty": _l("表里没有要导入的内容。请从模板第 2 行开始填写。"),
    "sheet-too-many-rows": _l("一次最多导入 %(rows)s 行。请分成几个文件导入。"),
    "sheet-gone": _l("这次预览已经过期，没有导入任何内容。请重新上传文件。"),
}

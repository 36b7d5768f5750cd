"""An Excel form as a city sends it, with names on the cells that are filled in."""

import io
from datetime import datetime
from uuid import UUID

from webapp.kernel.access import Actor
from webapp.reports import service
from webapp.reports.layouts.files import Checked

NAME, SHEET = "市指挥部每日情况表", "每日情况"
_ROWS = (
    ("填报单位", "report_unit"),
    ("日期", "report_day"),
    ("检查次数", "checks_day"),
    ("其中读数超出限值", "out_of_limits_day"),
    ("卡口登记（人次）", "arrivals_day"),
    ("其中劝返", "refused_day"),
    ("悬挂横幅（条）", "banner_day"),
    ("悬挂横幅累计（条）", "banner_total"),
    ("其中开发区检查次数", "unit_ZONE_checks"),
    ("尚未报送的单位", "report_missing"),
    ("签报人", "report_signer"),
    ("摘要码", "report_digest"),
)


def write(kind_id: UUID, *, by: Actor, at: datetime) -> None:
    """Keep the form as a layout of the district."""
    names = [(name, SHEET, f"B{row}", "") for row, (_label, name) in enumerate(_ROWS, 2)]
    service.add_layout(NAME, kind_id, _file(), Checked(names, False), by=by, at=at)


def _file() -> bytes:
    import openpyxl  # here, so that it is not read at every start
    from openpyxl.styles import Alignment, Border, Font, Side
    from openpyxl.workbook.defined_name import DefinedName

    book, thin = openpyxl.Workbook(), Side(style="thin")
    page = book.active
    page.title = SHEET
    page.merge_cells("A1:B1")
    page["A1"], page["A1"].font, page["A1"].alignment = NAME, Font(bold=True, size=14), Alignment(horizontal="center")
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 26, 34
    for row, (label, name) in enumerate(_ROWS, 2):
        page[f"A{row}"] = label
        for column in "AB":
            page[f"{column}{row}"].border = Border(thin, thin, thin, thin)
        page[f"B{row}"].alignment = Alignment(wrap_text=True, horizontal="left")
        book.defined_names[name] = DefinedName(name, attr_text=f"'{SHEET}'!$B${row}")
    share = len(_ROWS) + 2
    page[f"A{share}"], page[f"B{share}"] = "超限比例（公式）", "=IF(B4=0,0,B5/B4)"
    page[f"B{share}"].number_format = "0.0%"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()

"""The workbook to fill in."""

import io

import xlsxwriter
from flask_babel import gettext as _
from werkzeug import Response

from webapp.kernel.spreadsheets import export
from webapp.kernel.spreadsheets.sheet import Sheet


def template(sheet: Sheet) -> Response:
    """The workbook to fill in: headings (with a star if required), an example row, drop-down lists, notes."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet(str(sheet.title)[:31])
        head = book.add_format({"bold": True, "bg_color": "#DDEBEA", "border": 1, "text_wrap": True})
        as_text = book.add_format({"num_format": "@"})
        for place, column in enumerate(sheet.columns):
            page.set_column(place, place, 22, as_text)
            page.write_string(0, place, f"{column.label}{'*' if column.required else ''}", head)
            page.write_string(1, place, str(column.example), as_text)
            if str(column.note):
                page.write_comment(0, place, str(column.note))
            if column.choices and len(",".join(column.choices)) <= 255:
                page.data_validation(
                    1, place, sheet.max_rows, place, {"validate": "list", "source": column.choices, "show_error": False}
                )
        page.freeze_panes(1, 0)
    kind = _("导入模板")
    return export.download(out.getvalue(), f"{sheet.title}-{kind}.xlsx", export.XLSX)

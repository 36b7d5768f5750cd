"""The templates that come with the system: texts with codes, and the Word files made of them.

In a text `# ` begins the title, `## ` a heading, `{%p` a line of a loop; anything else is a paragraph.
"""

import io
from pathlib import Path
from typing import Any

from webapp.briefings.rules import Preset

# The names under which they are adopted, whatever the language of who adopts them.
NAMES = {
    Preset.ZONE: "园区防控工作情况汇报",
    Preset.SUPPLIES: "防控物资保障工作情况汇报",
    Preset.ENVIRONMENT: "生态环境疫情应对工作情况汇报",
}
_HERE = Path(__file__).parent
# The faces of GB/T 9704-2012 (layout of official documents): title, headings, body; points.
_FACES = {"Title": ("方正小标宋简体", 22), "Heading 1": ("黑体", 16), "Normal": ("仿宋_GB2312", 16)}
_MARKS = {"# ": "Title", "## ": "Heading 1"}


def text_of(preset: Preset) -> str:
    return (_HERE / f"{preset.value}.txt").read_text(encoding="utf-8")


def build(preset: Preset) -> bytes:
    """The Word file of a preset."""
    from docx import Document  # read when somebody asks for it, not at every start
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    document = Document()
    for name, (face, size) in _FACES.items():
        _set_face(document.styles[name], face, Pt(size))
    document.styles["Normal"].paragraph_format.line_spacing = Pt(28)
    for line in text_of(preset).splitlines():
        mark = next((mark for mark in _MARKS if line.startswith(mark)), "")
        if line.strip():
            paragraph = document.add_paragraph(line.removeprefix(mark), style=_MARKS.get(mark))
            paragraph.paragraph_format.first_line_indent = None if mark else Pt(32)
            if mark == "# ":
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_face(style: Any, face: str, size: Any) -> None:
    """Chinese characters take the face of `eastAsia`, which python-docx does not set."""
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    style.font.name, style.font.size, style.font.bold = face, size, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.rPr.rFonts
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), face)

"""Word files made for tests."""

import io
import zipfile

from docx import Document
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
)
_BOX = """<w:r {spaces}><mc:AlternateContent>
  <mc:Choice Requires="wps"><w:drawing><wps:txbx>{text}</wps:txbx></w:drawing></mc:Choice>
  <mc:Fallback><w:pict><v:shape><v:textbox>{text}</v:textbox></v:shape></w:pict></mc:Fallback>
</mc:AlternateContent></w:r>"""


def docx(*paragraphs, table=(), header="", footer="", box="", sections=1, **notes):
    """A .docx of these paragraphs; a paragraph may be a list of runs. `box` stands in a text box, `notes` are texts of
    footnotes, endnotes or comments.
    """
    document = Document()
    for paragraph in paragraphs:
        added = document.add_paragraph()
        for run in [paragraph] if isinstance(paragraph, str) else paragraph:
            added.add_run(run)
    for _more in range(sections - 1):
        document.add_section()
    for part, text in (("header", header), ("footer", footer)):
        if text:
            getattr(document.sections[0], part).paragraphs[0].text = text
    _add_table(document, table)
    if box:
        text = f"<w:txbxContent><w:p><w:r><w:t>{box}</w:t></w:r></w:p></w:txbxContent>"
        document.add_paragraph("框旁")._p.append(parse_xml(_BOX.format(spaces=_SPACES, text=text)))
    for kind, text in notes.items():
        _add_part(document, kind, text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _add_table(document, table):
    grid = document.add_table(rows=0, cols=len(table[0])) if table else None
    for row in table:
        for cell, text in zip(grid.add_row().cells, row, strict=True):
            cell.text = text


def _add_part(document, kind, text):
    root, paragraph = f"w:{kind}", f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
    xml = f"<{root} {_SPACES}>{paragraph}</{root}>".encode()
    name, of_type = PackURI(f"/word/{kind}.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml"
    document.part.relate_to(Part(name, f"{of_type}.{kind}+xml", xml, document.part.package), f"{_OFFICE}/{kind}")


def with_part(raw, name, content):
    """The file with a part more, or with another content of one."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as whole, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as changed:
        for member in whole.namelist():
            if member != name:
                changed.writestr(member, whole.read(member))
        changed.writestr(name, content)
    return out.getvalue()


def part(raw, name):
    with zipfile.ZipFile(io.BytesIO(raw)) as whole:
        return whole.read(name).decode()


def texts(raw):
    """The texts of a file's paragraphs."""
    return [paragraph.text for paragraph in Document(io.BytesIO(raw)).paragraphs]

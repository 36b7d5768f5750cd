"""Word files made for tests."""

import io
import zipfile

from docx import Document


def docx(*paragraphs, table=(), header=""):
    """A .docx of these paragraphs; a paragraph may be a list of runs."""
    document = Document()
    for paragraph in paragraphs:
        runs = [paragraph] if isinstance(paragraph, str) else paragraph
        added = document.add_paragraph()
        for run in runs:
            added.add_run(run)
    if table:
        grid = document.add_table(rows=0, cols=len(table[0]))
        for row in table:
            for cell, text in zip(grid.add_row().cells, row, strict=True):
                cell.text = text
    if header:
        document.sections[0].header.paragraphs[0].text = header
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


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

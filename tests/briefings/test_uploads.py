"""Files that are no template are refused before they are unpacked."""

import io
import zipfile

import pytest
from werkzeug.datastructures import FileStorage

from tests.support.masters import workbook
from tests.support.words import docx, with_part
from webapp.briefings.uploads import MAX_BYTES, receive
from webapp.kernel.errors import Refusal


def refusal(raw, name="a.docx"):
    with pytest.raises(Refusal) as refused:
        receive(FileStorage(io.BytesIO(raw), filename=name))
    return refused.value.code, refused.value.status


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 40_000_000)
    return out.getvalue()


def test_a_document_is_taken():
    raw = docx("横幅{{ publicity.banner }}条")
    assert receive(FileStorage(io.BytesIO(raw), filename="模板.docx")) == raw


@pytest.mark.parametrize(
    ("raw", "name", "code"),
    [
        (b"", "", "template-missing"),
        (b"hello", "a.docx", "template-not-docx"),
        (b"\xd0\xcf\x11\xe0 old", "a.doc", "template-old"),
        (b"PK half a file", "a.docx", "template-broken"),
        (workbook(["x"]), "a.docx", "template-not-docx"),
        (docx("x"), "a.docm", "template-macros"),
        (with_part(docx("x"), "word/vbaProject.bin", b"x"), "a.docx", "template-macros"),
        (with_part(docx("x"), "word/embeddings/oleObject1.bin", b"x"), "a.docx", "template-embeds"),
        (bomb(), "a.docx", "template-too-large"),
    ],
)
def test_anything_else_is_refused_with_what_to_do(raw, name, code):
    assert refusal(raw, name)[0] == code


def test_ten_megabytes_are_the_limit():
    """At the limit it is read further, and found to be no whole document."""
    assert refusal(b"PK" + b"0" * (MAX_BYTES - 2)) == ("template-broken", 422)
    assert refusal(b"PK" + b"0" * (MAX_BYTES - 1)) == ("template-too-large", 413)

"""Checks of an uploaded Word template before anything is unpacked."""

from werkzeug.datastructures import FileStorage

from webapp.kernel import archives
from webapp.kernel.errors import Refusal

MAX_BYTES = 10 * 1024 * 1024
MAX_PARTS = 500
_OLE = b"\xd0\xcf\x11\xe0"
# Folders of a document that hold programs or other files.
_FOREIGN = ("word/embeddings/", "word/activex/")


def receive(file: FileStorage | None) -> bytes:
    """The bytes of an uploaded .docx; raises Refusal `template-…` (422, 413) for anything else."""
    if file is None or not file.filename:
        raise Refusal("template-missing", 422, field="file")
    raw = file.stream.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise Refusal("template-too-large", 413, field="file")
    if raw.startswith(_OLE):
        raise Refusal("template-old", 422, field="file")
    if not raw.startswith(b"PK"):
        raise Refusal("template-not-docx", 422, field="file")
    if file.filename.lower().endswith((".docm", ".dotm")):
        raise Refusal("template-macros", 422, field="file")
    check(raw)
    return raw


def check(raw: bytes) -> None:
    """Check the zip directory of a document; raises Refusal `template-…`."""
    try:
        names = archives.names_in(raw, MAX_PARTS)
    except archives.Broken as error:
        raise Refusal("template-broken", 422, field="file") from error
    except archives.Swollen as error:
        raise Refusal("template-too-large", 413, field="file") from error
    if "word/document.xml" not in names:
        raise Refusal("template-not-docx", 422, field="file")
    if archives.has_macros(names):
        raise Refusal("template-macros", 422, field="file")
    if any(name.startswith(_FOREIGN) for name in names):
        raise Refusal("template-embeds", 422, field="file")

"""Checks of an uploaded Word template before anything is unpacked."""

from werkzeug.datastructures import FileStorage

from webapp.kernel import archives

MAX_BYTES = 10 * 1024 * 1024
# Folders of a document that hold programs or other files.
_FOREIGN = (("word/embeddings/", "embeds"), ("word/activex/", "embeds"))
TEMPLATE = archives.Format(
    "template", "docx", "word/document.xml", MAX_BYTES, 500, macro_endings=(".docm", ".dotm"), foreign=_FOREIGN
)


def receive(file: FileStorage | None) -> bytes:
    """The bytes of an uploaded .docx; raises Refusal `template-…` (422, 413) for anything else."""
    return archives.receive(file, TEMPLATE)

"""Checks of uploaded zip files (Word, Excel) by their directory, before anything is unpacked.

Python never unpacks more than a member declares, so the declared sizes are reliable limits.
"""

import io
import zipfile
from collections.abc import Set
from dataclasses import dataclass

from werkzeug.datastructures import FileStorage

from webapp.kernel.errors import Refusal

MAX_MEMBERS = 200
MAX_UNPACKED = 60 * 1024 * 1024
MAX_RATIO = 200  # compression of a member larger than a megabyte; real documents stay below 40
_OLE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file that is uploaded.

    `main` is the member that every such file has. `macro_endings` are names of files with macros, `foreign` pairs of a
    folder that it may not have and the end of its refusal. Its refusals are `prefix`-missing, -too-large, -old,
    -not-`ending`, -broken, -macros and those of `foreign`.
    """

    prefix: str
    ending: str
    main: str
    most_bytes: int
    most_members: int = MAX_MEMBERS
    macro_endings: tuple[str, ...] = ()
    foreign: tuple[tuple[str, str], ...] = ()

    def refusal(self, what: str, status: int = 422) -> Refusal:
        return Refusal(f"{self.prefix}-{what}", status, field="file")


def receive(file: FileStorage | None, of: Format) -> bytes:
    """The bytes of an uploaded file; raises a Refusal of its format (422, 413) for anything else, before parsing it."""
    if file is None or not file.filename:
        raise of.refusal("missing")
    raw = file.stream.read(of.most_bytes + 1)
    if len(raw) > of.most_bytes:
        raise of.refusal("too-large", 413)
    if raw.startswith(_OLE):
        raise of.refusal("old")
    if not raw.startswith(b"PK"):
        raise of.refusal(f"not-{of.ending}")
    if of.macro_endings and file.filename.lower().endswith(of.macro_endings):
        raise of.refusal("macros")
    check(raw, of)
    return raw


def check(raw: bytes, of: Format) -> Set[str]:
    """The names of the members, in lower case; raises a Refusal of the format."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise of.refusal("broken") from error
    if _is_swollen(members, of.most_members):
        raise of.refusal("too-large", 413)
    names = {member.filename.lower() for member in members}
    if of.main not in names:
        raise of.refusal(f"not-{of.ending}")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise of.refusal("macros")
    for folder, what in of.foreign:
        if any(name.startswith(folder) for name in names):
            raise of.refusal(what)
    return names


def _is_swollen(members: list[zipfile.ZipInfo], most: int) -> bool:
    """Whether it unpacks to more than a real document does."""
    swollen = any(m.file_size > 1_000_000 and m.file_size > MAX_RATIO * max(m.compress_size, 1) for m in members)
    return swollen or len(members) > most or sum(member.file_size for member in members) > MAX_UNPACKED

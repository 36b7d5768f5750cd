"""Checks of uploaded zip files (Word, Excel) by their directory, before anything is unpacked.

Python never unpacks more than a member declares, so the declared sizes are reliable limits.
"""

import io
import zipfile
from collections.abc import Set

MAX_MEMBERS = 200
MAX_UNPACKED = 60 * 1024 * 1024
MAX_RATIO = 200  # compression of a member larger than a megabyte; real documents stay below 40


class Broken(Exception):
    """Not a zip file, or one that was cut off."""


class Swollen(Exception):
    """It unpacks to more than a real document does."""


def names_in(raw: bytes, most: int = MAX_MEMBERS) -> Set[str]:
    """The names of the members, in lower case; raises Broken or Swollen."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise Broken from error
    swollen = any(m.file_size > 1_000_000 and m.file_size > MAX_RATIO * max(m.compress_size, 1) for m in members)
    if swollen or len(members) > most or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise Swollen
    return {member.filename.lower() for member in members}


def has_macros(names: Set[str]) -> bool:
    """Whether one of the members is a macro project."""
    return any(name.endswith("vbaproject.bin") for name in names)

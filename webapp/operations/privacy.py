"""File permissions: only the user who runs the installation can read its files."""

import os
from collections.abc import Iterator
from pathlib import Path

_OTHERS = 0o077
_FOLDERS = {"imports", "keys", "seals", "tls", "uploads"}
_FILES = ("frontline.db", "installation.json", "write.lock")  # and files with these prefixes, such as frontline.db-wal


def close_to_others(instance: Path) -> None:
    """Set the umask of this process, and remove the permissions of others from an existing instance.

    An instance of an older version is changed once, while its folder is still readable by others. Only files of an
    installation are changed, in case the folder is / or a home by mistake.
    """
    os.umask(_OTHERS)
    try:
        if not instance.stat().st_mode & _OTHERS:
            return
        for path in _own_paths(instance):
            path.chmod(0o700 if path.is_dir() else 0o600)
        if all(_is_own(path) for path in instance.iterdir()):
            instance.chmod(0o700)
    except (
        FileNotFoundError,
        NotADirectoryError,
    ):  # a new installation, no folder, or a file that was deleted meanwhile
        return
    except PermissionError:  # the folder belongs to another user, who decides on its permissions
        return


def _is_own(path: Path) -> bool:
    return path.name in _FOLDERS if path.is_dir() else path.name.startswith(_FILES)


def _own_paths(instance: Path) -> Iterator[Path]:
    """The installation's own files, without symbolic links."""
    if not ((instance / "keys").is_dir() or (instance / "frontline.db").is_file()):
        return
    for part in instance.iterdir():
        if _is_own(part) and not part.is_symlink():
            yield part
            yield from (path for path in part.rglob("*") if not path.is_symlink())

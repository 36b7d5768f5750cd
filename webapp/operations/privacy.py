"""The instance's files are for the user who runs the installation, and for nobody else."""

import os
from collections.abc import Iterator
from pathlib import Path

_OTHERS = 0o077
_FOLDERS = {"imports", "keys", "seals", "tls", "uploads"}
_FILES = ("frontline.db", "installation.json", "write.lock")  # and what begins so: frontline.db-wal


def close_to_others(instance: Path) -> None:
    """Make what this process writes readable by its own user only, and close an instance that stood open.

    The files of an instance made by an older version are closed once, when its folder is still open. A folder given by
    mistake, such as / or a home, keeps its modes: only an installation's own files are touched.
    """
    os.umask(_OTHERS)
    try:
        if not instance.stat().st_mode & _OTHERS:
            return
        for path in _own_paths(instance):
            path.chmod(0o700 if path.is_dir() else 0o600)
        if all(_is_own(path) for path in instance.iterdir()):
            instance.chmod(0o700)
    except (FileNotFoundError, NotADirectoryError):  # a new installation, no folder, or a file that went meanwhile
        return
    except PermissionError:  # somebody else's folder, lent to this user: theirs to open or close
        return


def _is_own(path: Path) -> bool:
    return path.name in _FOLDERS if path.is_dir() else path.name.startswith(_FILES)


def _own_paths(instance: Path) -> Iterator[Path]:
    """Links are left out: where they lead belongs to somebody else."""
    if not ((instance / "keys").is_dir() or (instance / "frontline.db").is_file()):
        return
    for part in instance.iterdir():
        if _is_own(part) and not part.is_symlink():
            yield part
            yield from (path for path in part.rglob("*") if not path.is_symlink())

"""The instance's files are for the user who runs the installation, and for nobody else."""

import os
from pathlib import Path

_OTHERS = 0o077


def close_to_others(instance: Path) -> None:
    """Make what this process writes readable by its own user only, and close an instance that stood open.

    The files of an instance made by an older version are closed once, when its folder is still open.
    """
    os.umask(_OTHERS)
    try:
        if instance.stat().st_mode & _OTHERS:
            for path in instance.rglob("*"):
                path.chmod(0o700 if path.is_dir() else 0o600)
            instance.chmod(0o700)
    except (FileNotFoundError, NotADirectoryError):  # a new installation, no folder, or a file that went meanwhile
        return
    except PermissionError:  # somebody else's folder, lent to this user: theirs to open or close
        return

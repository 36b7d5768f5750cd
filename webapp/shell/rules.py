"""The version of the files that a device keeps."""

import hashlib
from collections.abc import Iterable


def shell_version(parts: Iterable[str]) -> str:
    """A digest of the parts of the shell."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

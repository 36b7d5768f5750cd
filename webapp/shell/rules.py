"""What the shell consists of: files that are the same for everybody and carry no data."""

import hashlib
from collections.abc import Iterable

STYLES = ("tokens", "base", "components", "frames", "print", "outbox", "checkpoints")
OUTBOX = (
    *("store", "bytes", "rules", "seal", "channel", "clock", "api", "queue", "sender", "session", "reference"),
    *("drafts", "intercept", "badge", "update", "start", "page", "blank"),
    *("limits", "messages", "person", "draft-photos", "device"),
)
COUNTER = (
    "",
    "-slip",
    "-codes",
    "-counting",
    "-doubts",
    "-draft",
    "-faults",
    "-lines",
    "-missing",
    "-question",
    "-take",
    "-words",
)
SHELL = (
    *(f"css/{name}.css" for name in STYLES),
    "js/loader.js",
    "js/app.js",
    "js/entry.js",
    "js/keypad.js",
    "js/submit.js",
    "js/scanner.js",
    "js/wedge.js",
    "js/camera.js",
    "js/photos.js",
    "js/pictures.js",
    "js/offline.js",
    "js/checkpoints.js",
    "js/checkpoints-offline.js",
    "js/checkpoints-faults.js",
    "js/personal.js",
    *(f"js/outbox/{name}.js" for name in OUTBOX),
    *(f"js/parse/{name}.js" for name in ("folding", "numbers", "dates", "codes", "scans", "serials", "gs1")),
    "css/inspections.css",
    *(f"js/{name}.js" for name in ("inspections", "inspections-offline", "readings", "standards")),
    "css/supplies.css",
    "js/supplies-draft.js",
    *(f"js/supplies-offline{part}.js" for part in COUNTER),
    "icons/sprite.svg",
    "icons/favicon.svg",
    "icons/icon-192.png",
)
OPTIONAL = (  # absent where set-up had no npm
    *("vendor/htmx.min.js", "vendor/gs1-parser.js"),
    *("vendor/zxing-reader.js", "vendor/zxing_reader.wasm"),
)


def shell_version(urls: Iterable[str]) -> str:
    """Changes whenever any file of the shell does (their addresses carry their content hashes)."""
    return hashlib.sha256("\n".join(urls).encode()).hexdigest()[:16]

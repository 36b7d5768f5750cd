"""Where the page's own files and htmx come from.

htmx is loaded from the CDN with an integrity hash, or from the copy fetched at set-up (`ASSETS=local`, or when the CDN
is slow, refuses or serves other bytes). The hash is that of the file in the npm package; a test computes it again.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request, url_for

HTMX_VERSION = "4.0.1"
HTMX_INTEGRITY = "sha384-Qp9rdC8H7EqOoX+nR0P3RPG2Noji+qdwJlGpfzwQJsfOpp3sGwIdSP9xO3+UlEhn"
CDN_ORIGIN = "https://cdn.jsdelivr.net"
HTMX_CDN_URL = f"{CDN_ORIGIN}/npm/htmx.org@{HTMX_VERSION}/dist/htmx.min.js"
HTMX_LOCAL = "vendor/htmx.min.js"
READER = "vendor/zxing-reader.js"
READER_WASM = "vendor/zxing_reader.wasm"
LOCAL_FILES = (HTMX_LOCAL, READER, READER_WASM, "vendor/gs1-parser.js")  # what set-up fetches with npm
STATIC = Path(__file__).resolve().parent.parent / "static"


@lru_cache(maxsize=256)
def _digest(path: str, changed_ns: int) -> str:
    return hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]


def version_of(path: str) -> str:
    """A short content hash of a static file; an absent file has none."""
    file = STATIC / path
    return _digest(path, file.stat().st_mtime_ns) if file.is_file() else ""


def asset(path: str) -> str:
    """The address of a static file, changed whenever its content does, so that it may be cached for good."""
    return url_for("static", filename=path, v=version_of(path) or None)


def sources() -> dict[str, str]:
    """Where htmx may be had from here; an empty address is not tried."""
    uses_cdn = current_app.config["ASSETS"] == "cdn"
    has_local = (STATIC / HTMX_LOCAL).is_file()
    return {
        "cdn_url": HTMX_CDN_URL if uses_cdn else "",
        "integrity": HTMX_INTEGRITY,
        "local_url": asset(HTMX_LOCAL) if has_local else "",
    }


def camera_reader() -> dict[str, str] | None:
    """The barcode reader for the camera, where set-up fetched it."""
    if not all((STATIC / path).is_file() for path in (READER, READER_WASM)):
        return None
    return {"url": asset(READER), "wasm": asset(READER_WASM)}


def _revalidate(response: Response) -> Response:
    """An address without a content hash (a module imported by a module) is asked for again each time."""
    if request.endpoint == "static" and "v" not in request.args:
        response.headers["Cache-Control"] = "no-cache"
    return response


def init_app(app: Flask) -> None:
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["camera_reader"] = camera_reader
    app.after_request(_revalidate)

    @app.context_processor
    def _assets() -> dict[str, Any]:
        return {"assets": sources(), "app_version": current_app.config["VERSION"]}

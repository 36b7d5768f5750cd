"""Static files with versioned addresses, and the source of htmx.

A file's version is part of its path, `/static/<version>/js/app.js`, so that it can be cached for a year. All scripts
share one version, so that relative imports between them resolve to the same version. Every other file has its own.
What is versioned is what is served: our scripts and styles go without comments and indentation (`kernel/packing`).

htmx is loaded from the CDN with an integrity hash, or from the copy fetched at set-up (`ASSETS=local`, or when the CDN
is slow, fails or serves other bytes). The hash is that of the file in the npm package; a test recomputes it.
"""

import hashlib
import os
import posixpath
import re
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, request, send_from_directory, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from markupsafe import Markup
from werkzeug.routing import BaseConverter

from webapp.kernel import packing

HTMX_VERSION = "4.0.1"
HTMX_INTEGRITY = "sha384-Qp9rdC8H7EqOoX+nR0P3RPG2Noji+qdwJlGpfzwQJsfOpp3sGwIdSP9xO3+UlEhn"
CDN_ORIGIN = "https://cdn.jsdelivr.net"
HTMX_CDN_URL = f"{CDN_ORIGIN}/npm/htmx.org@{HTMX_VERSION}/dist/htmx.min.js"
HTMX_LOCAL = "vendor/htmx.min.js"
READER = "vendor/zxing-reader.js"
READER_WASM = "vendor/zxing_reader.wasm"
LOCAL_FILES = (HTMX_LOCAL, READER, READER_WASM, "vendor/gs1-parser.js")  # what set-up fetches with npm
STATIC = Path(__file__).resolve().parent.parent / "static"
SCRIPTS = "js"
PARTS = "css/app/"  # the styles that app.css imports; pages load app.css only
OWN = ("css", "icons", SCRIPTS)  # folders of static files that are ours
DIGITS = 12  # of a SHA-256, in hexadecimal
BETWEEN_LOOKS_S = 1.0
FOR_GOOD = 31_536_000  # one year in seconds, the longest max-age that HTTP recommends


@lru_cache(maxsize=512)
def _digest(file: Path, changed_ns: int) -> str:
    return hashlib.sha256(packing.served(file, changed_ns)).hexdigest()[:DIGITS]


@lru_cache(maxsize=4)
def _digest_of_all(folder: Path, stamps: tuple[tuple[str, int], ...]) -> str:
    lines = (f"{path} {_digest(folder / path, changed_ns)}\n" for path, changed_ns in stamps)
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:DIGITS]


class Files:
    """A folder of static files. Digests are cached until a file's modification time changes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # The scripts' version, the modification time of each, and when they were looked at.
        self._scripts: tuple[str, dict[str, int], float] = ("", {}, -BETWEEN_LOOKS_S)

    def below(self, path: str) -> Iterator[tuple[str, int]]:
        """The files below a folder as (path, modification time in nanoseconds)."""
        with os.scandir(self.folder / path) as entries:
            for entry in entries:
                if entry.is_dir():
                    yield from self.below(f"{path}/{entry.name}")
                elif not entry.name.startswith("."):
                    yield f"{path}/{entry.name}", entry.stat().st_mtime_ns

    def digest_of(self, path: str) -> str:
        """The first DIGITS digits of the SHA-256 of a file's content; "" for an absent file."""
        file = self.folder / path
        return _digest(file, packing.changed_ns(file)) if file.is_file() else ""

    def version_of_scripts(self) -> str:
        """The common version of all scripts: changes whenever one of them does. Checks every file."""
        stamps = tuple(sorted(self.below(SCRIPTS)))
        version = _digest_of_all(self.folder, stamps)
        self._scripts = (version, dict(stamps), time.monotonic())
        return version

    def version_of(self, path: str) -> str:
        """The version in a file's address, at most a second old; "" for an absent file."""
        if not path.startswith(f"{SCRIPTS}/"):
            return self.digest_of(path)
        version, _stamps, seen = self._scripts
        if time.monotonic() - seen >= BETWEEN_LOOKS_S:
            version = self.version_of_scripts()
        return version if (self.folder / path).is_file() else ""

    def has_version(self, path: str, version: str) -> bool:
        """Whether this is the file's present version; checked afresh, because the answer is cached for a year.

        A script that is unchanged since the version asked for was computed has that version, whatever became of others.
        """
        if not path.startswith(f"{SCRIPTS}/"):
            return version == self.digest_of(path)
        known, stamps, _seen = self._scripts
        if version == known and stamps.get(path) == (self.folder / path).stat().st_mtime_ns:
            return True
        return version == self.version_of_scripts()


FILES = Files(STATIC)


_addresses: dict[str, tuple[float, str]] = {}  # of each path, with the time it was computed at


def asset(path: str) -> str:
    """The versioned address of a static file, at most a second old: a page has a hundred of them."""
    computed_at, address = _addresses.get(path, (-BETWEEN_LOOKS_S, ""))
    if (now := time.monotonic()) - computed_at >= BETWEEN_LOOKS_S:
        address = url_for("static", filename=path, version=FILES.version_of(path) or None)
        _addresses[path] = (now, address)
    return address


_IMPORTED = re.compile(r"""(?:\bfrom|\bimport)\s*["'](\.{1,2}/[^"']+)["']""")


@lru_cache(maxsize=8)
def _graph(version: str) -> dict[str, tuple[str, ...]]:
    """The modules that each script imports, directly or not, nearest first; `version` is that of all scripts."""
    paths = [path for path, _changed_ns in FILES.below(SCRIPTS)]
    texts = {path: packing.served(STATIC / path, (STATIC / path).stat().st_mtime_ns).decode() for path in paths}
    direct = {
        path: [posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) for name in _IMPORTED.findall(text)]
        for path, text in texts.items()
    }

    def all_of(path: str) -> tuple[str, ...]:
        reached = [path]
        for nearer in reached:
            reached.extend(name for name in direct.get(nearer, ()) if name not in reached)
        return tuple(reached[1:])

    return {path: all_of(path) for path in direct}


def module(path: str) -> Markup:
    """The tag of a module, after a preload of each module it imports that the page does not have yet.

    The browser then requests all of them at once instead of one layer of imports after another.
    """
    on_page = g.setdefault("modules", set())
    imported = [name for name in _graph(FILES.version_of(path)).get(path, ()) if name not in on_page]
    on_page.update((path, *imported))
    preloads = "".join(f'<link rel="modulepreload" href="{asset(name)}">' for name in imported)
    return Markup(f'{preloads}<script type="module" src="{asset(path)}"></script>')


def kept_files() -> dict[str, str]:
    """The files that a device keeps for work without a network, as {address: digest of the content}.

    These are our own files, save the parts of app.css, and those third-party files that set-up could fetch.
    """
    own = sorted(path for folder in OWN for path, _changed_ns in FILES.below(folder) if not path.startswith(PARTS))
    return {asset(path): digest for path in (*own, *LOCAL_FILES) if (digest := FILES.digest_of(path))}


def prepare() -> None:
    """Shorten and compress every static file, so that processes forked later share what this one made."""
    for path in (*(path for folder in OWN for path, _changed_ns in FILES.below(folder)), *LOCAL_FILES):
        packing.prepare(STATIC / path)


def serve(filename: str, version: str = "") -> Response:
    """Serve a static file. Only the address with its present version is cached; any other serves the present file.

    Pages of an older version so keep working, and no cache holds a file under the version of another. Raises NotFound.
    """
    response = packing.packed(send_from_directory(STATIC, filename, max_age=FOR_GOOD), STATIC / filename)
    if FILES.has_version(filename, version):
        response.cache_control.immutable = True
    else:
        response.headers.pop("Expires")
        response.headers["Cache-Control"] = "no-store"
    return response


def sources() -> dict[str, str]:
    """The addresses from which a page may load htmx; an empty one is not tried."""
    uses_cdn = current_app.config["ASSETS"] == "cdn"
    has_local = (STATIC / HTMX_LOCAL).is_file()
    return {
        "cdn_url": HTMX_CDN_URL if uses_cdn else "",
        "integrity": HTMX_INTEGRITY,
        "local_url": asset(HTMX_LOCAL) if has_local else "",
    }


def camera_reader() -> dict[str, str] | None:
    """The addresses of the camera's barcode reader; None when set-up did not fetch it."""
    if not all((STATIC / path).is_file() for path in (READER, READER_WASM)):
        return None
    return {"url": asset(READER), "wasm": asset(READER_WASM)}


class _Version(BaseConverter):
    regex = f"[0-9a-f]{{{DIGITS}}}"


class _Sessions(SecureCookieSessionInterface):
    """Omits `Vary: Cookie`, which Flask-Login adds everywhere, from answers that are the same for everybody.

    With it a browser would request static files and the shell again after every sign-in.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint != "static" and not g.get("cookie_free"):
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    app.session_interface = _Sessions()
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["module"] = module
    app.jinja_env.globals["camera_reader"] = camera_reader
    app.url_map.converters["version"] = _Version
    for rule in ("<path:filename>", "<version:version>/<path:filename>"):
        app.add_url_rule(f"/static/{rule}", endpoint="static", view_func=serve)

    @app.context_processor
    def _assets() -> dict[str, Any]:
        return {"assets": sources(), "app_version": current_app.config["VERSION"]}

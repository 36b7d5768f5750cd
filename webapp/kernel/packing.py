"""Compressed answers: static files once for each version, pages as they go.

Our own scripts and styles are served without comments and indentation. Everything is compressed with Brotli or gzip,
whichever the browser takes; what is made of a file is kept in memory.

A page holds its reader's CSRF token beside words that others may have chosen, so its length must not tell what is in
it (the BREACH attack). Each compressed answer therefore carries up to MOST_PADDING bytes of padding: in the header of
gzip, as Django does it, and in a comment behind a whole page compressed with Brotli, which has no such header.
"""

import gzip
import io
import re
import secrets
from functools import lru_cache
from pathlib import Path

import brotli
import rcssmin
import rjsmin
from flask import Flask, Response, request

LEAST = 1_000  # bytes; shorter answers fit a packet
LARGE = 200_000  # bytes; the best compression of a longer file would take seconds
PAGE_LEVEL = 5  # of either: a page of 65 kB takes half a millisecond
MOST_PADDING = 100  # bytes
_TEXTS = frozenset({"text/html", "text/css", "text/javascript", "application/json", "application/manifest+json"})
_SHORTENED = {".js": rjsmin.jsmin, ".css": rcssmin.cssmin}
_FILES = frozenset({".js", ".css", ".svg", ".wasm"})
_THIRD_PARTY = "vendor"
_IMPORTED = re.compile(rb'^@import "([a-z/-]+\.css)";$', re.MULTILINE)


def changed_ns(file: Path) -> int:
    """The modification time of a file in nanoseconds; of a style, which may import others, that of the newest style."""
    files = file.parent.rglob("*.css") if file.suffix == ".css" else (file,)
    return max(part.stat().st_mtime_ns for part in files)


@lru_cache(maxsize=512)
def served(file: Path, changed_ns: int) -> bytes:
    """The bytes that are served of a file: those of our scripts and styles without comments and indentation.

    A style contains those that it imports. The result is kept until `changed_ns` (see the function) changes.
    """
    content = file.read_bytes()
    shorten = _SHORTENED.get(file.suffix) if file.parent.name != _THIRD_PARTY else None
    if not shorten:
        return content
    content = _IMPORTED.sub(lambda name: (file.parent / name[1].decode()).read_bytes(), content)
    return bytes(shorten(content))


@lru_cache(maxsize=1024)
def _compressed(file: Path, changed_ns: int, encoding: str) -> bytes:
    content = served(file, changed_ns)
    if encoding == "gzip":
        return gzip.compress(content, 9, mtime=0)
    return bytes(brotli.compress(content, quality=9 if len(content) > LARGE else 11))


def prepare(file: Path) -> None:
    """Compress a static file as most browsers will ask for it; nothing for an absent one."""
    if file.suffix in _FILES and file.is_file():
        _compressed(file, changed_ns(file), "br")


def packed(response: Response, file: Path) -> Response:
    """The answer with a static file, in the best encoding that the browser takes."""
    if file.suffix not in _FILES:
        return response
    changed = changed_ns(file)
    encoding = next((name for name in ("br", "gzip") if _takes(name)), "")
    response.vary.add("Accept-Encoding")
    if response.status_code != 200:
        return response
    response.close()
    response.direct_passthrough = False
    response.set_data(_compressed(file, changed, encoding) if encoding else served(file, changed))
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return response


def _takes(encoding: str) -> bool:
    return request.accept_encodings.quality(encoding) > 0


def _pack(response: Response) -> Response:
    """Compress a page or data that is long enough, and that nobody has encoded or streams."""
    if response.mimetype not in _TEXTS or response.is_streamed or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    content = response.get_data()
    if len(content) < LEAST or response.status_code in (204, 206, 304):
        return response
    padding = secrets.token_hex(MOST_PADDING)[: secrets.randbelow(MOST_PADDING + 1)]
    if _takes("br") and content.endswith(b"</html>"):
        response.set_data(brotli.compress(content + f"<!--{padding}-->".encode(), quality=PAGE_LEVEL))
        response.headers["Content-Encoding"] = "br"
    elif _takes("gzip"):
        buffer = io.BytesIO()
        with gzip.GzipFile(padding, "wb", PAGE_LEVEL, buffer, mtime=0) as file:
            file.write(content)
        response.set_data(buffer.getvalue())
        response.headers["Content-Encoding"] = "gzip"
    return response


def init_app(app: Flask) -> None:
    app.after_request(_pack)

"""Headers on every answer, and what a request may look like before any view sees it."""

import re
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, request

from webapp.kernel.assets import CDN_ORIGIN

V = TypeVar("V", bound=Callable[..., Any])
LARGEST_FORM = 4 * 1024 * 1024  # bytes of a body, unless the view takes files

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=()",
}


_HOST = re.compile(
    r"((?=.{1,253}(?::|$))[\w-]{1,63}(?:\.[\w-]{1,63})*\.?|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?", re.ASCII
)


def takes_files(view: V) -> V:
    """Let a view's body be as large as uploads are (MAX_CONTENT_LENGTH); any other stops at LARGEST_FORM."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def content_security_policy(assets: str) -> str:
    """No inline code; the one outside host is the CDN of htmx, and only with ASSETS=cdn."""
    scripts = "'self' 'wasm-unsafe-eval'" + (f" {CDN_ORIGIN}" if assets == "cdn" else "")
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts}",
            "style-src 'self'",
            "img-src 'self' blob: data:",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "media-src 'self' blob:",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "object-src 'none'",
        )
    )


def _bound_body() -> None:
    """Before anything reads it."""
    view = current_app.view_functions.get(request.endpoint or "")
    if not getattr(view, "takes_files", False):
        request.max_content_length = LARGEST_FORM


def _refuse_foreign() -> None:
    """A browser says where an unsafe request comes from; another site's is refused even with a token."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        abort(403)
    origin = request.headers.get("Origin")
    if origin and origin != request.host_url.rstrip("/"):
        abort(403)


def _refuse_nul() -> None:
    """PostgreSQL cannot store NUL; in an address or a query it is never honest."""
    if "\0" in request.path or any("\0" in value for values in request.args.lists() for value in values[1]):
        abort(400)


def refuse_nameless() -> None:
    """A part of a multipart body without a name belongs to no field."""
    if request.mimetype == "multipart/form-data" and (None in request.form or None in request.files):
        abort(400)


def is_known_host(host: str, names: Collection[str]) -> bool:
    """Is this a host as browsers write it, and one of `names` where any are given (a port is not compared)?"""
    found = _HOST.fullmatch(host)
    try:
        return found is not None and bool(found[1].encode().decode("idna")) and (not names or found[1].lower() in names)
    except UnicodeError:
        return False


class _KnownHosts:
    """Answers an unknown Host before the application, which could not even make an address for its error page."""

    def __init__(self, wsgi: Any, names: Collection[str]) -> None:
        self.wsgi = wsgi
        self.names = frozenset(names)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if is_known_host(environ.get("HTTP_HOST") or environ["SERVER_NAME"], self.names):
            return self.wsgi(environ, start_response)
        response = Response("这个地址不属于本系统。This address does not belong to this system.\n", 400)
        response.headers.update(_ALWAYS | {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"})
        response.headers["Content-Security-Policy"] = content_security_policy("local")
        return response(environ, start_response)


def _headers(response: Response) -> Response:
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", content_security_policy(current_app.config["ASSETS"]))
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def init_app(app: Flask) -> None:
    app.wsgi_app = _KnownHosts(app.wsgi_app, app.config["HOST_NAMES"])  # type: ignore[method-assign]
    app.before_request(_bound_body)
    app.before_request(_refuse_foreign)
    app.before_request(_refuse_nul)
    app.after_request(_headers)

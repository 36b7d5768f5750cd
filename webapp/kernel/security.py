"""Security headers of every answer, and checks of every request before its view."""

import logging
import re
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, request
from flask_babel import lazy_gettext as _l

from webapp.config import LARGEST_FORM
from webapp.kernel.assets import HTMX_CDN_URL
from webapp.kernel.errors import Refusal

log = logging.getLogger(__name__)
V = TypeVar("V", bound=Callable[..., Any])

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


REFUSALS = {
    "origin-foreign": _l(
        "这次提交来自 %(origin)s，而本系统收到的地址是 %(own)s，两者不同，没有保存任何内容。"
        "请从 %(own)s 打开本系统后再提交。如果您就是从 %(origin)s 打开的，"
        "请管理员检查反向代理是否转发了 Host 和 X-Forwarded-Proto，以及 TRUSTED_PROXIES 的设置。"
    )
}


def takes_files(view: V) -> V:
    """Allow a view bodies up to MAX_CONTENT_LENGTH, for uploads; the limit of other views is LARGEST_FORM."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


@lru_cache(maxsize=2)
def content_security_policy(assets: str) -> str:
    """No inline code, and with ASSETS=cdn only the exact address of htmx, since anybody can publish on that CDN."""
    scripts = "'self' 'wasm-unsafe-eval'" + (f" {HTMX_CDN_URL}" if assets == "cdn" else "")
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
    """Limit the body before anything reads it."""
    view = current_app.view_functions.get(request.endpoint or "")
    if not getattr(view, "takes_files", False):
        request.max_content_length = LARGEST_FORM


def _refuse_foreign() -> None:
    """Refuse an unsafe request from another site by its Origin or Sec-Fetch-Site, even with a valid token.

    The refusal names both addresses, since a proxy that hides Host or X-Forwarded-Proto makes our own pages look
    foreign.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    own, origin = request.host_url.rstrip("/"), request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site")
    if site in ("cross-site", "same-site") or (origin and origin != own):
        log.warning("refused a %s from %r, which is not %s", request.method, (origin or site or "")[:200], own)
        raise Refusal("origin-foreign", 403, origin=(origin or str(site))[:200], own=own)


def _refuse_nul() -> None:
    """Refuse NUL in a path or query: PostgreSQL cannot store it, and no honest client sends it."""
    if "\0" in request.path or any("\0" in value for values in request.args.lists() for value in values[1]):
        abort(400)


def refuse_nameless() -> None:
    """Refuse a multipart body with a part that has no name and so belongs to no field."""
    if request.mimetype == "multipart/form-data" and (None in request.form or None in request.files):
        abort(400)


@lru_cache(maxsize=64)
def is_known_host(host: str, names: frozenset[str]) -> bool:
    """Whether this is a well-formed host and, if `names` is not empty, one of them; the port is not compared."""
    match = _HOST.fullmatch(host)
    try:
        return match is not None and bool(match[1].encode().decode("idna")) and (not names or match[1].lower() in names)
    except UnicodeError:
        return False


class _KnownHosts:
    """Middleware that answers requests for an unknown Host, for which the application could not build any address."""

    def __init__(self, wsgi: Any, names: Collection[str]) -> None:
        self.wsgi = wsgi
        self.names = frozenset(names)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        # Monitoring calls the server by its IP address; the answer of /health contains no host.
        names = frozenset[str]() if environ.get("PATH_INFO") == "/health" else self.names
        if is_known_host(environ.get("HTTP_HOST") or environ["SERVER_NAME"], names):
            return self.wsgi(environ, start_response)
        log.warning("refused a request for the host %r, which is not in HOST_NAMES", environ.get("HTTP_HOST", "")[:200])
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

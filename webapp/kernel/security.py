"""Headers on every answer, and what a request may look like before any view sees it."""

from flask import Flask, Response, abort, current_app, request

from webapp.kernel.assets import CDN_ORIGIN

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=()",
}


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
    app.before_request(_refuse_foreign)
    app.before_request(_refuse_nul)
    app.after_request(_headers)

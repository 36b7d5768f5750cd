"""Manifest, service worker and offline page: cookie-free, the same for everybody."""

from typing import Any

from flask import Blueprint, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _

from webapp.kernel.access import public
from webapp.kernel.assets import STATIC, asset
from webapp.shell.rules import OPTIONAL, SHELL, shell_version

bp = Blueprint("shell", __name__)


@bp.before_app_request
def _no_cookie() -> None:
    """Said before anything else looks at the session."""
    if request.blueprint == "shell":
        g.cookie_free = True


@bp.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """How the app is installed."""
    answer = jsonify(
        id="/",
        name=_("防线"),
        short_name=_("防线"),
        description=_("疫情防控一线工作平台"),
        lang="zh-CN",
        start_url="/",
        scope="/",
        display="standalone",
        background_color="#f4f6f6",
        theme_color="#0b5f5f",
        icons=[
            _icon("icon-192.png", "192x192"),
            _icon("icon-512.png", "512x512"),
            _icon("maskable-512.png", "512x512", purpose="maskable"),
            _icon("favicon.svg", "any", kind="image/svg+xml"),
        ],
        shortcuts=[
            {"name": _("登记"), "url": "/record"},
            {"name": _("扫码"), "url": "/scan"},
        ],
    )
    answer.content_type = "application/manifest+json; charset=utf-8"
    return answer


@bp.get("/sw.js")
@public
def worker() -> Response:
    """The service worker, with the list of files it keeps and a version that changes with them."""
    urls = [asset(path) for path in SHELL] + [asset(path) for path in OPTIONAL if (STATIC / path).is_file()]
    text = render_template("shell/sw.js", urls=[*urls, "/offline"], version=shell_version(urls))
    return Response(text, content_type="text/javascript; charset=utf-8", headers={"Service-Worker-Allowed": "/"})


@bp.get("/offline")
@public
def offline() -> Response:
    """What a page shows without a network."""
    return make_response(render_template("shell/offline.html"))


def _icon(name: str, sizes: str, kind: str = "image/png", **more: str) -> dict[str, Any]:
    return {"src": asset(f"icons/{name}"), "sizes": sizes, "type": kind, **more}

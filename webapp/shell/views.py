"""Manifest, service worker and offline pages: without cookies, the same for everybody."""

import hashlib
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, jsonify, make_response, render_template, request
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext as _

from webapp.kernel import clock, kinds
from webapp.kernel.access import public
from webapp.kernel.assets import asset, kept_files
from webapp.shell.rules import shell_version

bp = Blueprint("shell", __name__)


def _no_cookie() -> None:
    if request.blueprint == "shell":
        g.cookie_free = True


@bp.context_processor
def _zone() -> dict[str, str]:
    """The district's clock, for scripts: what a device shows is written on it."""
    return {"zone": clock.zone().key}


@bp.record_once
def _run_first(state: BlueprintSetupState) -> None:
    """Mark the shell's requests before any other handler reads the session."""
    state.app.before_request_funcs.setdefault(None, []).insert(0, _no_cookie)


@bp.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """The web app manifest."""
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
    if not current_app.config["SETTINGS"].service_worker:
        return Response(render_template("shell/sw-off.js"), content_type="text/javascript; charset=utf-8")
    pages = current_app.extensions.get("shell_pages")
    if pages is None:  # constant for the lifetime of the process
        pages = current_app.extensions["shell_pages"] = {path: _page_digest(path) for path in _pages()}
    draw = partial(render_template, "shell/sw.js", files=kept_files(), pages=list(pages))
    text = draw(version=shell_version([draw(version=""), *pages.values()]))
    return Response(text, content_type="text/javascript; charset=utf-8", headers={"Service-Worker-Allowed": "/"})


@bp.get("/offline")
@public
def offline() -> Response:
    """The page shown without a network in place of any other: the forms that can be filled in."""
    return make_response(render_template("shell/offline.html", kinds=kinds.late_kinds().values()))


@bp.get("/offline/forms/<string:slug>")
@public
def blank(slug: str) -> Response:
    """A blank form, the same for everybody; the device fills in choices from its reference data."""
    kind, form = kinds.find_form(slug) or abort(404)
    return make_response(render_template(form.template, kind=kind, blank=form, **kinds.blank(kind, form)))


@bp.get("/offline/scan")
@public
def scan() -> Response:
    """The scan box: a place that the device knows, and the blank forms that may be filled there."""
    late = [(kind, form) for kind in kinds.late_kinds().values() for form in kind.forms]
    offered = ((kind, form, kinds.place_kinds(kind, form)) for kind, form in late)
    forms = [choice for choice in offered if choice[2] is not None]
    return make_response(render_template("shell/scan.html", forms=forms))


@bp.get("/outbox")
@public
def outbox() -> Response:
    """The outbox of this device, drawn by the device itself."""
    labels = {kind.name: str(kind.label) for kind in kinds.late_kinds().values()}
    return make_response(render_template("sync/outbox.html", labels=labels))


def _pages() -> list[str]:
    """The addresses of the shell's own pages, in both languages."""
    slugs = [form.slug for kind in kinds.late_kinds().values() for form in kind.forms]
    paths = ["/offline", "/offline/scan", "/outbox", *(f"/offline/forms/{slug}" for slug in slugs)]
    return [f"{path}{query}" for path in paths for query in ("", "?lang=en")]


def _page_digest(path: str) -> str:
    """The digest of a shell page, by which the worker notices a change."""
    with current_app.test_request_context(path):
        g.cookie_free = True
        view = current_app.ensure_sync(current_app.view_functions[str(request.endpoint)])
        return hashlib.sha256(view(**(request.view_args or {})).get_data()).hexdigest()[:16]


def _icon(name: str, sizes: str, kind: str = "image/png", **more: str) -> dict[str, Any]:
    return {"src": asset(f"icons/{name}"), "sizes": sizes, "type": kind, **more}

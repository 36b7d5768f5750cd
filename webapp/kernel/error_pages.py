"""Error pages and fragments. A whole page carries the posted fields, ready to be posted again.

Without JavaScript the error page replaces the form, so the input would otherwise be lost.
"""

from flask import g, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from werkzeug import Response
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from webapp.config import LARGEST_FORM
from webapp.kernel.htmx import wants_fragment

TOKEN = "csrf_token"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_REPEATABLE = frozenset({400, 401, 409, 429, 500, 502, 503, 504, 507})
_SECRET = ("password", "secret")  # never written into a page; the person types it again


def answer(
    status: int,
    title: str,
    advice: str,
    *,
    token: str | None = None,
    sign_in: bool = False,
    repeats: bool = True,
    number: str | None = None,
) -> Response:
    """Answer with an error page or fragment.

    `token` is the CSRF token for posting again, by default the one that was sent. `sign_in` offers sign-in in another
    tab. `repeats` offers to post the same fields again. `number` identifies the failure in the log.
    """
    is_fragment = wants_fragment()
    fields = None if is_fragment or not repeats or status not in _REPEATABLE else posted(token)
    html = render_template(
        "ui/error_fragment.html" if is_fragment else "ui/error.html",
        status=status,
        title=title,
        advice=advice,
        fields=fields,
        had_files=fields is not None and any(file.filename for file in request.files.values()),
        action="/" + request.full_path.lstrip("/").rstrip("?"),  # never another host's
        sign_in=sign_in,
        number=number,
    )
    response = make_response(html, status)
    if is_fragment:
        response.headers["HX-Retarget"] = "#messages"
        response.headers["HX-Reswap"] = "innerHTML"
        if token:
            response.headers["X-CSRFToken"] = token
    return response


def posted(token: str | None = None) -> list[tuple[str, str]] | None:
    """The posted (name, value) pairs with the CSRF token replaced by `token`; None when they cannot be posted again.

    A body larger than the limit for forms without files is not read, since the sender's permission is unchecked yet.
    """
    if request.method != "POST" or request.mimetype not in _FORMS or (request.content_length or 0) > LARGEST_FORM:
        return None
    try:
        fields: MultiDict[str, str] = request.form
    except HTTPException:
        return None
    pairs = [(name, value) for name, value in fields.items(multi=True) if name and not _is_secret(name)]
    if token:
        pairs = [(name, value) for name, value in pairs if name != TOKEN] + [(TOKEN, token)]
    return pairs


def _is_secret(name: str) -> bool:
    return any(word in name for word in _SECRET)


def stale() -> Response:
    """Answer for a token that belongs to no session of this person; the page carries a valid one."""
    advice = _("没有保存任何内容。您填写的内容还在，请再提交一次。")
    return answer(400, _("这个页面打开得太久了"), advice, token=generate_csrf())


def page_of_another(name: str) -> Response:
    """Answer for a page of one person that was posted in the session of another."""
    advice = _(
        "现在登录的是%(name)s。这一页是另一位人员打开的，没有以%(name)s的名义保存任何内容。"
        "请原来的人员在新标签页登录，再回到这一页提交；不需要时请关闭这一页。",
        name=name,
    )
    g.is_unsettled = True
    return answer(409, _("这一页是另一位人员的"), advice, sign_in=True)


def signed_out() -> Response:
    """Answer for a session that ended while a form was filled in: the page stays, sign-in opens in another tab."""
    advice = _("您填写的内容还在这一页。请在新标签页登录，再回到这里提交一次。")
    if request.method == "POST" and not wants_fragment() and posted() is None:
        advice = _("没有保存任何内容。请在新标签页登录，再返回上一页提交一次。")
    return answer(401, _("登录已结束"), advice, sign_in=True)

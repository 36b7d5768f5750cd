"""The page or fragment that says what went wrong; a whole page holds what was posted, ready to be posted again.

Without JavaScript the answer to a form takes the form's place: what was typed would be gone.
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
_SECRET = ("password", "secret")  # a password is typed again, never written into a page


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
    """As page or fragment. `token`: the CSRF token to post again with, the one that was sent when none is given;
    `sign_in`: does it help to sign in beside this page; `repeats`: may the same be posted again?
    `number`: what the log calls this failure.
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
    """What a form said, its token exchanged for `token`; None when nothing can be posted again.

    A body larger than any form without files is not read: nobody has been asked yet whether it may be sent.
    """
    if request.method != "POST" or request.mimetype not in _FORMS or (request.content_length or 0) > LARGEST_FORM:
        return None
    try:
        fields: MultiDict[str, str] = request.form
    except HTTPException:
        return None
    said = [(name, value) for name, value in fields.items(multi=True) if name and not _is_secret(name)]
    if token:
        said = [(name, value) for name, value in said if name != TOKEN] + [(TOKEN, token)]
    return said


def _is_secret(name: str) -> bool:
    return any(word in name for word in _SECRET)


def stale() -> Response:
    """The token belongs to no session of this person: the answer brings one that does."""
    advice = _("没有保存任何内容。您填写的内容还在，请再提交一次。")
    return answer(400, _("这个页面打开得太久了"), advice, token=generate_csrf())


def page_of_another(name: str) -> Response:
    """A page of one person was posted in the session of another: it waits for its own person."""
    advice = _(
        "现在登录的是%(name)s。这一页是另一位人员打开的，没有以%(name)s的名义保存任何内容。"
        "请原来的人员在新标签页登录，再回到这一页提交；不需要时请关闭这一页。",
        name=name,
    )
    g.is_unsettled = True
    return answer(409, _("这一页是另一位人员的"), advice, sign_in=True)


def signed_out() -> Response:
    """The session has ended while a page was being filled: the page stays, and signing in happens beside it."""
    advice = _("您填写的内容还在这一页。请在新标签页登录，再回到这里提交一次。")
    if request.method == "POST" and not wants_fragment() and posted() is None:
        advice = _("没有保存任何内容。请在新标签页登录，再返回上一页提交一次。")
    return answer(401, _("登录已结束"), advice, sign_in=True)

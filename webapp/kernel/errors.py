"""Refusals: expected failures with a stable code and a translated sentence. One handler answers all of them."""

import logging
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, jsonify, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError, StatementError
from werkzeug import Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from webapp.kernel import error_pages
from webapp.kernel.contributions import Contribution
from webapp.kernel.database import violated
from webapp.kernel.faultlog import log_fault
from webapp.kernel.htmx import wants_fragment, wants_json
from webapp.kernel.sealing import Unreadable
from webapp.kernel.unavailable import TEXTS, Cause, cause_of

log = logging.getLogger(__name__)
Term = dict[str, Any]
Writer = Callable[[Mapping[str, Any]], str]
catalogue: Contribution[dict[str, Any]] = Contribution("refusals")  # code -> lazy sentence with %(name)s places
writers: Contribution[dict[str, Writer]] = Contribution("terms")  # term -> its words in the reader's language

_PLAIN = {
    400: (_l("这个请求不完整"), _l("请返回上一页重新填写后再提交。")),
    403: (_l("您没有这项权限"), _l("这一页属于其他岗位。如工作需要，请联系管理员开通。")),
    404: (_l("没有找到"), _l("这条记录不存在，或不在您的管辖范围内。请检查编号，或从今日页重新进入。")),
    405: (_l("不能这样打开"), _l("请从页面上的按钮进入。")),
    413: (_l("文件太大"), _l("没有保存任何内容。请把单个文件压缩到 10 MB 以内再提交。")),
    429: (_l("操作太频繁"), _l("请稍等几分钟再试。")),
    500: (_l("系统出错了"), _l("这次操作没有保存。请再试一次；如果还不行，请把下面的编号告诉管理员。")),
    503: TEXTS[Cause.BUSY],
}


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint or unique index, with the refusal code and the form field that its violation maps to."""

    name: str
    code: str
    field: str | None = None


constraints: Contribution[dict[str, Constraint]] = Contribution("constraints")
SETTLES = frozenset({403, 409, 413, 422})  # statuses of refusals that a repetition does not change


class Refusal(Exception):
    """Raised by services; `code` is stable and names the rule, `status` is the HTTP answer.

    `field` is the form field to blame; `values` fill the sentence of the catalogue. They are plain data that can be
    stored and shown to another person later: a value that needs translation is a `term`.
    """

    def __init__(self, code: str, status: int = 409, field: str | None = None, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.field = field
        self.values = values

    @property
    def sentence(self) -> str:
        """The translated sentence: what happened and what to do next."""
        return filled(catalogue()[self.code], self.values)


def term(name: str, **data: Any) -> Term:
    """A value of a Refusal, stored as ids and numbers; `writers` put it into words when it is shown."""
    return {"term": name, **data}


def filled(sentence: Any, values: Mapping[str, Any]) -> str:
    """A sentence with its values filled in, in the reader's language."""
    words = {
        name: writers()[value["term"]](value) if isinstance(value, dict) else value for name, value in values.items()
    }
    return str(sentence) % words if words else str(sentence)


def refusal_of(error: IntegrityError) -> Refusal | None:
    """The Refusal that a feature declared for a violated constraint; None if there is none."""
    constraint = constraints().get(violated(error) or "")
    return Refusal(constraint.code, field=constraint.field) if constraint else None


@contextmanager
def refused(form: Any) -> Iterator[None]:
    """Turn a Refusal that blames a field of `form` into an error of that field, so that the form shows it (422)."""
    try:
        try:
            yield
        except IntegrityError as error:
            raise refusal_of(error) or error from error
    except Refusal as refusal:
        if refusal.field is None or refusal.field not in form:
            raise
        form.problem(refusal.field, refusal.sentence)


def _malformed_bodies() -> tuple[type[Exception], ...]:
    """The exceptions that gunicorn raises while it reads a malformed body, such as a bad chunk size."""
    try:
        from gunicorn.http.errors import ParseException
    except ImportError:  # another server, or a system without it
        return ()
    return (ParseException,)


def init_app(app: Flask) -> None:
    for malformed in _malformed_bodies():
        app.register_error_handler(malformed, lambda _error: _page(400))
    app.after_request(_announce)
    app.register_error_handler(Refusal, answer_refusal)
    app.register_error_handler(IntegrityError, _integrity)
    app.register_error_handler(StatementError, _database)
    app.register_error_handler(OSError, _unexpected)
    app.register_error_handler(HTTPException, _plain)
    app.register_error_handler(Exception, _unexpected)


def answer_refusal(refusal: Refusal) -> Response:
    """Answer with a page, a fragment or JSON, as the request asks."""
    if wants_json():
        return make_response(jsonify(code=refusal.code, sentence=refusal.sentence), refusal.status)
    page = "ui/refusal_fragment.html" if wants_fragment() else "ui/refusal.html"
    response = make_response(render_template(page, refusal=refusal), refusal.status)
    g.is_refused = refusal.status in SETTLES
    response.headers["HX-Retarget"] = "#messages"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def _integrity(error: IntegrityError) -> Response:
    refusal = refusal_of(error)
    return answer_refusal(refusal) if refusal else _unexpected(error)


def _database(error: StatementError) -> Response:
    """Answer 400 for values that the database cannot store, such as numbers out of range."""
    if type(error).__name__ == "DataError":
        return _page(400)
    if isinstance(error.orig, Unreadable):
        return answer_refusal(Refusal("sealed-unreadable"))
    return _unexpected(error)


def _plain(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return error.get_response()
    response = _page(error.code)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.allow.update(error.valid_methods)
    return response


def _unexpected(error: Exception) -> Response:
    """Log the error under a number that the page shows too. The log holds the URL rule, not the address."""
    cause, number = cause_of(error), secrets.token_hex(4)
    where = f"{request.method} {request.url_rule.rule if request.url_rule else '(no such address)'}"
    if cause is None:
        log_fault(log, f"unhandled, number {number}, {where}", error)
        return _page(500, number=number)
    if cause is Cause.BUSY:
        log.warning("busy, number %s, %s: %s", number, where, reason_of(error))
    else:
        log_fault(log, f"{cause}, number {number}, {where}: {reason_of(error)}", error)
    title, advice = TEXTS[cause]
    response = _page(503, str(title), str(advice), number=number, code=cause)
    response.headers["Retry-After"] = "3" if cause is Cause.BUSY else "60"
    return response


def reason_of(error: Exception) -> str:
    """The message of the database or the system, without the statement and its parameters."""
    return str(getattr(error, "orig", None) or getattr(error, "strerror", None) or "").partition("\n")[0]


def _page(
    status: int,
    title: str | None = None,
    advice: str | None = None,
    *,
    number: str | None = None,
    code: str | None = None,
) -> Response:
    if wants_json():
        return make_response(jsonify(code=code or f"http-{status}", **({"number": number} if number else {})), status)
    what, then = _PLAIN.get(status, _PLAIN[500 if status >= 500 else 400])
    # A repetition does not help a bad request, but may help with a busy or failing server.
    return error_pages.answer(status, title or str(what), advice or str(then), repeats=status != 400, number=number)


def _announce(response: Response) -> Response:
    """Add headers that tell a device what the answer means for its copy: only "refused" permits withdrawing it."""
    is_refused = g.get("is_refused") or response.status_code in (403, 409, 422)
    settles = request.method == "POST" and is_refused and not g.get("is_unsettled")
    response.headers["Frontline"] = "refused" if settles else "page"
    return response


REFUSALS = {
    "entry-conflict": _l("这条记录已经用另一份内容提交过了。两份都已保留，请核对后重新登记一条。"),
    "sealed-unreadable": _l("这条记录里有本服务器打不开的内容，因此不能保存。请告知管理员检查钥匙文件。"),
    "entry-other-author": _l("这条记录是另一个人登记的。请重新打开表单再登记。"),
}

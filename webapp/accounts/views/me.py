"""Pages of a person's own account: password, second step, sessions."""

from uuid import UUID

from flask import flash, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug import Response

from webapp.accounts import queries, service
from webapp.accounts.forms import EnrolForm, GiveUpForm, PasswordForm
from webapp.accounts.rules import Owed
from webapp.accounts.views import bp
from webapp.kernel import clock, labels
from webapp.kernel.access import EVERYONE, allow, current_actor, signed_in
from webapp.kernel.errors import Refusal
from webapp.kernel.htmx import respond, see_other


@bp.route("/me/password", methods=["GET", "POST"])
@signed_in
def password() -> Response:
    """Change the own password; the other sessions end."""
    form = PasswordForm(request.form)
    if request.method == "POST" and form.validate():
        try:
            service.change_password(form.current.data, form.new.data, by=current_actor(), at=clock.now())
            flash(_("密码已修改，其他设备上的登录已经结束。"), "ok")
            return see_other(url_for("today.me"))
        except Refusal as refusal:
            form.problem(refusal.field or "current", refusal.sentence)
    is_forced = current_user.owes is Owed.PASSWORD
    return respond("accounts/password.html", "password", 422 if form.errors else 200, form=form, is_forced=is_forced)


@bp.route("/me/totp", methods=["GET", "POST"])
@allow(*EVERYONE)
def second_factor() -> Response:
    """Set up the second step; the answer shows the recovery codes, once."""
    actor, form, codes = current_actor(), EnrolForm(request.form), None
    if request.method == "POST":
        secret, address = service.reopen_secret(form.secret.data or "", actor)
        if form.validate():
            try:
                codes = service.enrol(secret, form.code.data, form.current.data, by=actor, at=clock.now())
            except Refusal as refusal:
                form.problem(refusal.field or "code", refusal.sentence)
    else:
        secret, address, form.secret.data = service.new_secret(actor)
    return respond(
        "accounts/second_factor.html",
        "second_factor",
        422 if form.errors else 200,
        form=form,
        codes=codes,
        secret=secret,
        qr=labels.qr_svg(address, _("验证器二维码")),
        **_state(),
    )


@bp.route("/me/totp/off", methods=["GET", "POST"])
@allow(*EVERYONE)
def second_factor_off() -> Response:
    """Disable the own second step, unless it is mandatory."""
    if current_user.must_have_second_factor:
        raise Refusal("totp-required", 409)
    form = GiveUpForm(request.form)
    if request.method == "POST" and form.validate():
        try:
            service.give_up(form.current.data, by=current_actor(), at=clock.now())
            return see_other(url_for("today.me"))
        except Refusal as refusal:
            form.problem("current", refusal.sentence)
    return respond("accounts/second_factor_off.html", "second_factor_off", 422 if form.errors else 200, form=form)


@bp.get("/me/sessions")
@allow(*EVERYONE)
def sessions() -> Response:
    """The person's own sessions."""
    actor = current_actor()
    rows = queries.sign_ins_of(actor.id, clock.now())
    return respond("accounts/sessions.html", "sessions", rows=rows, mine=actor.sign_in_id)


@bp.post("/me/sessions/<uuid:sign_in_id>/end")
@allow(*EVERYONE)
def end_session(sign_in_id: UUID) -> Response:
    """End one of the own sessions."""
    actor = current_actor()
    service.end_session(sign_in_id, actor.id, by=actor, at=clock.now())
    return see_other(url_for("accounts.sessions"))


@bp.post("/me/sessions/end-others")
@allow(*EVERYONE)
def end_other_sessions() -> Response:
    """End all own sessions except this one."""
    service.end_other_sessions(by=current_actor(), at=clock.now())
    return see_other(url_for("accounts.sessions"))


def _state() -> dict[str, object]:
    return {
        "has_it": current_user.has_second_factor,
        "must_have": current_user.must_have_second_factor,
        "is_forced": current_user.owes is Owed.SECOND_FACTOR,
        "codes_left": queries.recovery_codes_left(current_user.actor.id),
    }

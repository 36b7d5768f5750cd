"""Pages of sign-in with its second step, and of sign-out."""

from dataclasses import dataclass

from flask import current_app, g, request, session, url_for
from flask_login import UserMixin, current_user, logout_user
from werkzeug import Response

from webapp.accounts import queries, service
from webapp.accounts.forms import CodeForm, SignInForm
from webapp.accounts.rules import Owed, must_have_second_factor, owed, path_inside
from webapp.accounts.views import bp, known_device
from webapp.extensions import login_manager
from webapp.kernel import clock
from webapp.kernel.access import Actor, current_actor, find_actor, public, signed_in
from webapp.kernel.errors import Refusal
from webapp.kernel.htmx import respond, see_other

_STEPS = {Owed.PASSWORD: "accounts.password", Owed.SECOND_FACTOR: "accounts.second_factor"}


@dataclass
class Session(UserMixin):
    """The user of flask-login: a session's token and its actor."""

    token: str
    actor: Actor
    owes: Owed | None = None
    has_second_factor: bool = False
    must_have_second_factor: bool = False

    def get_id(self) -> str:
        return self.token


@login_manager.user_loader
def load_session(token: str) -> Session | None:
    at = clock.now()
    live = queries.find_session(token, at)
    if live is None:
        return None
    row, actor = live
    must = must_have_second_factor(
        (grant.role for grant in actor.grants),
        is_required=current_app.config["REQUIRE_TOTP"],
        is_demonstration=row.is_demonstration,
    )
    owes = owed(must_change_password=row.must_change_password, must_have=must, has_second_factor=row.has_second_factor)
    service.touch(row.id, row.seen_at, at)
    return Session(token, actor, owes, row.has_second_factor, must)


def lead_to_owed_step() -> Response | None:
    """Before every view that is not public: lead to a mandatory new password or second factor."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.endpoint == "static" or getattr(view, "allowed", None) is None or g.get("cookie_free"):
        return None
    step = _STEPS.get(current_user.owes) if current_user.is_authenticated else None
    if step is None or request.endpoint in (step, "accounts.sign_out"):
        return None
    return see_other(url_for(step))


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Response:
    """Sign in by username and password. `other`: replace the person who is signed in."""
    if request.method == "GET" and find_actor() and "other" not in request.args:
        return see_other(path_inside(request.args.get("next")))
    form = SignInForm(request.form)
    refusal = None
    if request.method == "POST" and form.validate():
        device = request.user_agent.string or "-"
        try:
            begun = service.sign_in(
                form.username.data,
                form.password.data,
                device=device,
                address=request.remote_addr or "-",
                known=known_device.known_as(form.username.data),
                at=clock.now(),
            )
            return _ask_for_code(begun.token) if begun.owes_totp else _enter(begun)
        except Refusal as caught:
            refusal = caught
    status = refusal.status if refusal else 422 if form.errors else 200
    return respond("accounts/sign_in.html", "sign_in", status, form=form, refusal=refusal)


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
def sign_in_code() -> Response:
    """The second step: a TOTP or a recovery code."""
    token = session.get("_user_id")
    if find_actor() or not token:
        return see_other(url_for("accounts.sign_in"))
    form, refusal = CodeForm(request.form), None
    if request.method == "POST" and form.validate():
        try:
            return _enter(service.pass_second_step(token, form.code.data, known=known_device.known_as, at=clock.now()))
        except Refusal as caught:
            refusal = caught
    status = refusal.status if refusal else 422 if form.errors else 200
    return respond("accounts/sign_in_code.html", "sign_in_code", status, form=form, refusal=refusal)


@bp.post("/sign-out")
@signed_in
def sign_out() -> Response:
    """End this session, here and on the server."""
    service.sign_out(by=current_actor(), at=clock.now())
    logout_user()
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    return see_other(url_for("accounts.sign_in"))


def _ask_for_code(token: str) -> Response:
    _begin(token)
    return see_other(url_for("accounts.sign_in_code", next=path_inside(request.args.get("next"))))


def _enter(signed_in: service.SignedIn) -> Response:
    _begin(signed_in.token)
    return known_device.remember(see_other(path_inside(request.args.get("next"))), signed_in.username)


def _begin(token: str) -> None:
    if before := find_actor():  # end the previous person's session
        service.sign_out(by=before, at=clock.now())
    language = session.get("language")
    session.clear()  # against session fixation
    session.permanent = True
    if language:
        session["language"] = language
    session["_user_id"] = token
    session["_fresh"] = True

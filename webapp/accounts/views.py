"""Signing in and out."""

import re
from dataclasses import dataclass

from flask import Blueprint, request, session, url_for
from flask_login import UserMixin, logout_user
from werkzeug import Response

from webapp.accounts import queries, service
from webapp.accounts.forms import SignInForm
from webapp.extensions import login_manager
from webapp.kernel import clock
from webapp.kernel.access import EVERYONE, Actor, allow, current_actor, find_actor, public
from webapp.kernel.errors import Refusal
from webapp.kernel.htmx import respond, see_other

bp = Blueprint("accounts", __name__)


@dataclass
class Session(UserMixin):
    """What flask-login keeps: the token of a session, and whose it is."""

    token: str
    actor: Actor

    def get_id(self) -> str:
        return self.token


@login_manager.user_loader
def load_session(token: str) -> Session | None:
    at = clock.now()
    found = queries.find_live_sign_in(token, at)
    if found is None or not found[0].passed_totp:
        return None
    sign_in, person = found
    actor = queries.actor_of(person, sign_in)
    service.touch(sign_in.id, sign_in.seen_at, at)
    return Session(token, actor)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Response:
    """Name and password; the reason for a refusal stands above the form."""
    if request.method == "GET" and find_actor():
        return see_other(inside(request.args.get("next")))
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
                at=clock.now(),
            )
            return _enter(begun)
        except Refusal as said:
            refusal = said
    status = refusal.status if refusal else 422 if form.errors else 200
    return respond("accounts/sign_in.html", "sign_in", status, form=form, refusal=refusal)


@bp.post("/sign-out")
@allow(*EVERYONE)
def sign_out() -> Response:
    """End this session, here and on the server."""
    service.sign_out(by=current_actor(), at=clock.now())
    logout_user()
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    return see_other(url_for("accounts.sign_in"))


def inside(target: str | None) -> str:
    """Where to go after signing in: a path of this site, nothing else."""
    path = re.sub(r"[\x00-\x20]", "", target or "")
    return path if re.match(r"^/(?![/\\])", path) else "/"


def _enter(begun: service.SignedIn) -> Response:
    language = session.get("language")
    session.clear()  # a new session: nothing planted before signing in survives it
    session.permanent = True
    if language:
        session["language"] = language
    session["_user_id"] = begun.token
    session["_fresh"] = True
    return see_other(inside(request.args.get("next")))

"""The pages that everybody has: Today, Record, Tasks, Scan, Me; the language switch; health."""

from typing import Any

from flask import Blueprint, abort, current_app, jsonify, request, session, url_for
from flask_babel import gettext as _
from werkzeug import Response

from webapp.accounts import queries as accounts
from webapp.accounts.labels import ROLES
from webapp.accounts.rules import path_inside
from webapp.kernel import board, clock, deadlines, jobs, listing, navigation, scanning
from webapp.kernel import health as installation
from webapp.kernel.access import EVERYONE, Role, allow, current_actor, current_reach, public
from webapp.kernel.feature import of_area
from webapp.kernel.htmx import respond, see_other, wants_fragment
from webapp.kernel.i18n import LANGUAGES
from webapp.today import following
from webapp.today.labels import STATUSES
from webapp.today.lists import AUTHORS, MINE

bp = Blueprint("today", __name__)


@bp.get("/")
@bp.get("/today")
@allow(*EVERYONE)
def index() -> Response:
    """Tasks, warnings and next actions of the signed-in person; / leads to the page of their only work, if any."""
    actor, at = current_actor(), clock.now()
    if request.path == "/" and (start := navigation.start_of(actor)):
        return see_other(start)
    return respond(
        "today/index.html",
        "today",
        actions=board.actions(actor),
        reach=_reach(),
        parts=following.drawn(actor, at),
        at=at,
    )


@bp.get("/today/live")
@allow(*EVERYONE)
def live() -> Response:
    """The part of Today that follows the records, polled; empty if the page shows what is newest."""
    if not wants_fragment():
        return see_other(url_for(".index"))
    actor, at, seen = current_actor(), clock.now(), request.args.get("seen")
    parts = None if following.is_newest(actor, seen, at) else following.drawn(actor, at)
    if parts is None or parts.seen == seen:
        return Response(status=204)
    return respond("today/index.html", "today_live", parts=parts)


@bp.get("/areas/<string:area>")
@allow(*EVERYONE)
def area(area: str) -> Response:
    """The hub of an area of work: its actions, figures, tasks and pages."""
    actor, at = current_actor(), clock.now()
    here = next((known for known in navigation.Area if known.value == area), None)
    pages = [link for link in navigation.links(actor) if link.area is here]
    if here is None or not pages:
        abort(404)
    features = of_area(current_app, here)
    return respond(
        "today/area.html",
        "area",
        title=navigation.AREAS[here][0],
        pages=pages,
        actions=board.actions(actor, [action for feature in features for action in feature.actions]),
        cards=board.cards(actor, at, [panel for feature in features for panel in feature.panels]),
        at=at,
        **following.due(actor, at, [rows for feature in features for rows in feature.due]),
    )


@bp.get("/record")
@allow(*EVERYONE)
def record() -> Response:
    """All actions and records of the signed-in person."""
    records = [action for action in board.actions(current_actor()) if action.is_record]
    return respond("today/record.html", "record", actions=records, area_names=navigation.AREAS)


@bp.get("/tasks")
@allow(*EVERYONE)
def tasks() -> Response:
    """All tasks with a deadline, the most urgent first."""
    actor, at = current_actor(), clock.now()
    due, cut_short = deadlines.due_and_more(actor, at)
    return respond("today/tasks.html", "tasks", due=due, cut_short=cut_short, at=at)


@bp.route("/scan", methods=["GET", "POST"])
@allow(*EVERYONE)
def scan() -> Response:
    """The scan box for every kind of code; a single match opens at once."""
    code = request.form.get("code", "").replace("\0", "").strip()  # PostgreSQL cannot store NUL, so no code has one
    answers = scanning.answers(code, current_actor()) or scanning.jump(code, current_actor())
    if len(answers) == 1:
        return see_other(answers[0].url)
    return respond("today/scan.html", "scan", code=code, answers=answers)


@bp.post("/jump")
@allow(*EVERYONE)
def jump() -> Response:
    """Matches of the jump box while typing: visible pages, places, items, persons and documents."""
    if not wants_fragment():
        return see_other(url_for(".scan"))
    text = request.form.get("code", "").replace("\0", "")
    return respond("ui/_jump.html", "jump_answers", jumps=scanning.jump(text, current_actor()), text=text)


@bp.get("/me/records")
@allow(*AUTHORS)
def mine() -> Response:
    """What I recorded myself, of every kind."""
    return listing.show(MINE, current_reach())


@bp.get("/me")
@allow(*EVERYONE)
def me() -> Response:
    """The person's own page: roles, language, sessions, sign-out."""
    return respond("today/me.html", "me", reach=_reach())


@bp.post("/language")
@public
def language() -> Response:
    """Chinese or English, for this session."""
    chosen = request.form.get("language")
    if chosen in LANGUAGES:
        session["language"] = chosen
    return see_other(path_inside(request.form.get("next")))


def _reach() -> list[tuple[Any, str]]:
    """The role labels of the signed-in person, each with the name of its scope."""
    held = accounts.reach_of(current_actor().grants)
    return [(ROLES[role], name or _("全区")) for role, name in held]


@bp.get("/system")
@allow(Role.ADMINISTRATOR)
def system() -> Response:
    """The state of the server: disk, database, jobs."""
    at = clock.now()
    return respond(
        "today/system.html",
        "system",
        state=installation.state(at),
        statuses=STATUSES,
        runs=jobs.runs(at),
        low_mb=installation.LOW_MB,
    )


@bp.get("/health")
@public
def health() -> Response:
    """The health check for monitoring: status, database, version and migration; 503 if the status is not ok."""
    state = installation.state(clock.now())
    answer = jsonify(version=current_app.config["VERSION"], **state)
    answer.status_code = 200 if state["status"] == "ok" else 503
    return answer

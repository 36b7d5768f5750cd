"""Pages of assignments: list, form, the assignment with its history, acts, photos."""

from collections import Counter
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid5

from flask import Blueprint, abort, flash, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from webapp.kernel import clock, entries, listing, media
from webapp.kernel.access import allow, current_actor, current_reach, may_follow
from webapp.kernel.errors import Refusal, refused
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.i18n import write_moment
from webapp.kernel.kinds import Kind
from webapp.kernel.pages import form_page
from webapp.kernel.security import takes_files
from webapp.tasks import kinds, labels, lists, overview, queries, rules, service
from webapp.tasks.acts import EXTEND, TASK, URGE
from webapp.tasks.queries import ACTORS, GIVERS, READERS
from webapp.tasks.rules import TaskAct

CLOSING_TIME = timedelta(hours=17)
MOST_URGED = 20  # with one press
bp = Blueprint("tasks", __name__, url_prefix="/assignments")


@bp.get("")
@allow(*READERS)
def index() -> Response:
    """The list of assignments, by default the open ones by deadline; above it the numbers of what one gave and owes."""
    side, actor, at = request.args.get("side", ""), current_actor(), clock.now()
    mine = [code for code in labels.SIDES if code == "owed" or actor.has(*GIVERS)]
    sides = [(url_for(".index", side=code), labels.SIDES[code], side == code, None) for code in mine]
    can_urge = side == "given" and actor.has(*GIVERS)
    to_urge, total = overview.to_urge(actor.through(*GIVERS), at, MOST_URGED) if can_urge else ((), 0)
    return listing.show(
        lists.TASKS,
        current_reach(),
        sides=[*sides, (url_for(".index"), _("全部"), not side, None)],
        numbers=lists.numbers(overview.count_sides(actor, at), mine),
        to_urge=[(row, lists.what_of(row), lists.owner_of(row), lists.is_overdue(row)) for row in to_urge],
        to_urge_total=total,
        urge_uuid=entries.new_uuid(),
        at=at,
    )


@bp.post("/urge")
@allow(*GIVERS)
def urge() -> Response:
    """Urge one assignment or several with one press. Each that cannot be urged now is counted under its reason."""
    pressed = request.form.get("only")
    chosen = dict.fromkeys(map(_uuid, [pressed] if pressed else request.form.getlist("task")))
    press = request.form.get("uuid", type=_uuid) or entries.new_uuid()
    reasons: list[str] = []
    for task_id in list(chosen)[:MOST_URGED]:
        fields = MultiDict({"task": str(task_id), "uuid": str(uuid5(press, str(task_id)))})
        try:
            entries.deliver(kinds.STEPS["urge"], fields, by=current_actor(), at=clock.now())
        except Refusal as refusal:
            reasons.append(refusal.sentence)
    _say_urged(min(len(chosen), MOST_URGED) - len(reasons), reasons)
    return see_other(url_for(".index", side="given"))


def _say_urged(done: int, reasons: list[str]) -> None:
    if done:
        flash(ngettext("已催办 %(num)d 项，承办方马上看得到。", "已催办 %(num)d 项，承办方马上看得到。", done), "ok")
    for reason, number in Counter(reasons).items():
        words = ngettext("有 %(num)d 项没有催办：%(why)s", "有 %(num)d 项没有催办：%(why)s", number, why=reason)
        flash(words, "warning")
    if not done and not reasons:
        flash(_("没有催办：还没有勾选。请先勾选事项，或直接按那一项的“催办”。"), "warning")


@bp.get("/new")
@allow(*GIVERS)
def new() -> Response:
    """The form, prefilled from the query by the page that it is given from; due tomorrow at five in the afternoon."""
    form: Any = kinds.GIVE.form(MultiDict(request.args))
    if not form.due.raw_data:
        form.due.data = clock.day_bounds(clock.district_day(clock.now()))[1] + CLOSING_TIME
    return _form(form)


@bp.post("")
@allow(*GIVERS)
@takes_files
def give() -> Response:
    """Give an assignment; an invalid form is answered with its input."""
    form = kinds.GIVE.form(request.form)
    with refused(form):
        delivery = _delivered(kinds.GIVE)
        if delivery.receipt:
            return _recorded(delivery.receipt, delivery.receipt.uuid)
        form = delivery.form
    return _form(form, 422)


@bp.get("/<uuid:task_id>")
@allow(*READERS)
def show(task_id: UUID) -> Response:
    """An assignment with its history and the acts that the person may perform."""
    reach = current_reach()
    task = queries.find_task(task_id, reach) or abort(404)
    parties, is_ownerless = queries.find_standing(task_id, reach)
    acts = [act for act in TASK.acts_for(task.state, reach) if rules.may(TaskAct(act.name), parties)]
    is_urgeable = rules.may_urge(task.urged_at, clock.now())
    return respond(
        "tasks/task.html",
        "assignment",
        task=task,
        what=lists.what_of(task),
        steps=queries.steps_of(task_id),
        photos=queries.photos_of(task_id),
        acts=[act for act in acts if act is not URGE or is_urgeable],
        urge_uuid=entries.new_uuid(),
        is_ownerless=is_ownerless and task.state in rules.STILL_OPEN,
        is_overdue=lists.is_overdue(task),
        leads_back=task.source is not None and may_follow(task.source, reach.actor),
        labels=labels,
    )


@bp.route("/acts/<string:act>", methods=["GET", "POST"])
@allow(*ACTORS)
@takes_files
def act(act: str) -> Response:
    """Perform an act on an assignment; an invalid form is answered with its input."""
    step, actor = TASK.find(act) or abort(404), current_actor()
    reach = actor.through(*step.roles)
    task = queries.find_task(request.values.get("task", type=_uuid), reach) or abort(404)
    form: Any = kinds.STEPS[act].form(request.values)
    if request.method == "GET":
        service.check_act(step, task, reach)
        if step is EXTEND and not form.due.raw_data:
            form.due.data = rules.proposed_due(task.due_at, clock.now())
        return _act_page(step, task, form)
    with refused(form):
        delivery = _delivered(kinds.STEPS[act])
        if delivery.receipt:
            return _recorded(delivery.receipt, task.id)
        form = delivery.form
    return _act_page(step, task, form, 422)


@bp.get("/photos/<uuid:photo_id>")
@allow(*READERS)
def photo(photo_id: UUID) -> Response:
    """A photo of an act on an assignment within reach."""
    row = queries.find_photo(photo_id, current_reach()) or abort(404)
    answer = send_file(BytesIO((media.folder() / row.key).read_bytes()), mimetype="image/jpeg", max_age=0)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _delivered(kind: Kind) -> entries.Delivery:
    return entries.deliver(kind, request.form, request.files, by=current_actor(), at=clock.now())


def _recorded(receipt: entries.Receipt, task_id: UUID) -> Response:
    flash(_("已登记，回执号 %(seq)s。", seq=receipt.seq), "warning" if receipt.replayed else "ok")
    return see_other(url_for(".show", task_id=task_id))


def _form(form: Any, status: int = 200) -> Response:
    return form_page(
        kinds.GIVE,
        form,
        request.form.get("uuid") or entries.new_uuid(),
        status,
        here=url_for(".give"),
        back=(url_for(".index", side="given"), _("交办事项")),
        heading=_("新的交办事项"),
        draft=f"task:{form.source.data}" if form.source.data else "task",
        submit=_("交办"),
    )


def _act_page(step: Any, task: Any, form: Any, status: int = 200) -> Response:
    form.task.is_fixed, here = True, url_for(".show", task_id=task.id)
    return form_page(
        kinds.STEPS[step.name],
        form,
        request.form.get("uuid") or entries.new_uuid(),
        status,
        here=url_for(".act", act=step.name),
        back=(here, lists.what_of(task)),
        about=_("%(owner)s · 期限 %(when)s", owner=task.owner_name, when=write_moment(task.due_at)),
        draft=f"task-{step.name}:{task.id}",
        submit=step.label,
        leave=here,
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        abort(404)

"""Pages of assignments: list, form, the assignment with its history, acts, photos."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from webapp.kernel import clock, entries, listing, media
from webapp.kernel.access import allow, current_actor, current_reach
from webapp.kernel.errors import refused
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.i18n import write_moment
from webapp.kernel.kinds import Kind
from webapp.kernel.pages import form_page
from webapp.kernel.security import takes_files
from webapp.tasks import kinds, labels, lists, queries, rules, service
from webapp.tasks.acts import TASK, URGE
from webapp.tasks.queries import ACTORS, GIVERS, READERS
from webapp.tasks.rules import TaskAct

CLOSING_TIME = timedelta(hours=17)
bp = Blueprint("tasks", __name__, url_prefix="/assignments")


@bp.get("")
@allow(*READERS)
def index() -> Response:
    """The list of assignments, by default the open ones by deadline."""
    side = request.args.get("side", "")
    mine = [code for code in labels.SIDES if code == "owed" or current_actor().has(*GIVERS)]
    sides = [(url_for(".index", side=code), labels.SIDES[code], side == code, None) for code in mine]
    return listing.show(lists.TASKS, current_reach(), sides=[*sides, (url_for(".index"), _("全部"), not side, None)])


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
    form = kinds.STEPS[act].form(request.values)
    if request.method == "GET":
        service.check_act(step, task, reach)
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

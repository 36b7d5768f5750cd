"""Pages of inspections: choice of place, form, record, lists, photos, findings."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from webapp.inspections import checklists, choosing, kinds, labels, lists, pages, queries
from webapp.inspections.acts import ACTORS, FINDING
from webapp.inspections.forms import PlaceSearch, bind
from webapp.inspections.kinds import INSPECTION
from webapp.kernel import clock, entries, listing, media
from webapp.kernel.access import Role, allow, current_actor, current_reach
from webapp.kernel.errors import Refusal, refused
from webapp.kernel.htmx import respond, see_other
from webapp.kernel.i18n import localised, write_moment
from webapp.kernel.pages import add_corrections, form_page, versions_of
from webapp.kernel.security import takes_files
from webapp.places.queries import find_visible, reach_at

bp = Blueprint("inspections", __name__, url_prefix="/inspections")


@bp.get("")
@allow(*queries.READERS)
def index() -> Response:
    """The list of inspections."""
    return listing.show(lists.INSPECTIONS, current_reach())


@bp.get("/findings")
@allow(*queries.READERS)
def findings() -> Response:
    """The list of findings, by default the open ones by deadline."""
    return listing.show(lists.FINDINGS, current_reach())


@bp.get("/new")
@allow(Role.INSPECTOR)
def new() -> Response:
    """The choice of place and checklist, or the form once both are chosen."""
    reach = current_reach()
    place_id = request.args.get("place", type=_uuid)
    place = find_visible(place_id, reach)
    if place_id and place is None:
        abort(404)
    today = clock.district_day(clock.now())
    checklist = checklists.current(request.args.get("checklist", ""), today)
    if place and checklist:
        form = bind(MultiDict({"checklist": checklist.name, "place": str(place.id)}))
        if "sampled_at" in form:
            form["sampled_at"].data = clock.now()
        return _form_page(form, place, entries.new_uuid())
    search = PlaceSearch(request.args)
    search.validate()
    return _choose(search, place, "choices")


def _choose(search: PlaceSearch, place: Any, block: str, status: int = 200) -> Response:
    """The places to choose from; while one types, only they are drawn anew."""
    choices, more = choosing.choices(current_reach(), search.q.data or "", place)
    shown = {"search": search, "place": place, "choices": choices, "more": more}
    return respond("inspections/choose.html", block, status, **shown)


@bp.post("")
@allow(Role.INSPECTOR)
@takes_files
def record() -> Response:
    """Record an inspection; an invalid form is answered with its input."""
    actor = current_actor()
    try:
        delivery = entries.deliver(INSPECTION, request.form, request.files, by=actor, at=clock.now())
    except Refusal as refusal:
        delivery = entries.Delivery(pages.blamed(request.form, refusal, clock.now()), None)
    if delivery.receipt:
        done = queries.get_inspection(delivery.receipt.uuid)
        return _recorded(delivery.receipt, url_for(".show", record_id=done.id), **_next(done))
    place = find_visible(delivery.form.data.get("place"), current_reach())
    if place is None or delivery.form.sheet is None:
        return _choose(PlaceSearch(), None, "choose", 422)
    return _form_page(delivery.form, place, request.form.get("uuid") or entries.new_uuid(), 422)


@bp.get("/findings/<uuid:finding_id>")
@allow(*queries.READERS)
def finding(finding_id: UUID) -> Response:
    """A finding with its state, steps and possible acts."""
    row = queries.find_finding(finding_id, current_reach()) or abort(404)
    context = pages.finding_of(row, reach_at(row.place_id, current_actor()))
    return respond("inspections/finding.html", "finding", **context)


@bp.route("/findings/acts/<string:act>", methods=["GET", "POST"])
@allow(*ACTORS)
@takes_files
def act(act: str) -> Response:
    """Perform an act on a finding; an invalid form is answered with its input."""
    step, actor = FINDING.find(act) or abort(404), current_actor()
    row = queries.find_finding(request.values.get("finding", type=_uuid), actor.through(*step.roles)) or abort(404)
    form = kinds.STEPS[act].form(request.form)
    if request.method == "GET":
        FINDING.check(step, row.state, actor.through(*step.roles))
        return _act_page(step, row, form)
    with refused(form):
        delivery = entries.deliver(kinds.STEPS[act], request.form, request.files, by=actor, at=clock.now())
        if delivery.receipt:
            return _recorded(delivery.receipt, url_for(".finding", finding_id=row.id))
        form = delivery.form
    return _act_page(step, row, form, 422)


@bp.get("/<uuid:record_id>")
@allow(*queries.READERS)
def show(record_id: UUID) -> Response:
    """A version of the record with its receipt, readings, findings and photos."""
    return respond("inspections/show.html", "inspection", **_record(record_id))


@bp.get("/<uuid:record_id>/print")
@allow(*queries.READERS)
def paper(record_id: UUID) -> str:
    """A version of the record for print and signature."""
    context = _record(record_id)
    context |= pages.letterhead(context["inspection"])
    return render_template("inspections/paper.html", at=clock.now(), **context)


@bp.get("/photos/<uuid:photo_id>")
@allow(*queries.READERS)
def photo(photo_id: UUID) -> Response:
    """A photo of an inspection within reach."""
    row = queries.find_photo(photo_id, current_reach()) or abort(404)
    raw = (media.folder() / row.key).read_bytes()
    answer = send_file(BytesIO(raw), mimetype="image/jpeg", max_age=0)
    answer.headers["Cache-Control"] = "no-store"
    return answer


add_corrections(bp, INSPECTION)


def _record(record_id: UUID) -> dict[str, Any]:
    inspection = queries.find_inspection(record_id, current_reach()) or abort(404)
    standing = versions_of(INSPECTION.record, inspection)
    return standing | pages.record_of(inspection, standing["photos"])


def _form_page(form: Any, place: Any, uuid: Any, status: int = 200) -> Response:
    form.place.is_fixed = True
    return form_page(
        INSPECTION,
        form,
        uuid,
        status,
        here=url_for(".record"),
        back=(url_for(".new"), _("登记检查")),
        heading=localised(form.sheet),
        about=f"{place.name} {place.code}",
        place_name=place.name,
        draft=f"{pages.draft_of(form.sheet)}:{place.id}",
        submit=_("提交检查记录"),
    )


def _recorded(receipt: entries.Receipt, url: str, **link: str) -> Response:
    notice: Any = {"text": _("已登记，回执号 %(seq)s。", seq=receipt.seq)} | link
    flash(notice, "warning" if receipt.replayed else "ok")
    return see_other(url)


def _next(done: Any) -> dict[str, str]:
    """The link to the form of the next place to check."""
    place = choosing.next_place(done, current_reach())
    if place is None:
        return {}
    url = url_for(".new", place=place.id, checklist=done.checklist_code)
    return {"link_url": url, "link_label": _("下一家：%(place)s", place=f"{place.code} {place.name}")}


def _act_page(step: Any, finding: Any, form: Any, status: int = 200) -> Response:
    form.finding.is_fixed, here = True, url_for(".finding", finding_id=finding.id)
    owed = f" · {labels.OWED[finding.state]} {write_moment(finding.due_at)}" if finding.state in labels.OWED else ""
    return form_page(
        kinds.STEPS[step.name],
        form,
        request.form.get("uuid") or entries.new_uuid(),
        status,
        here=url_for(".act", act=step.name),
        back=(here, pages.name_of(finding)),
        about=f"{finding.place.name}{owed}",
        place_name=finding.place.name,
        draft=f"finding-{step.name}:{finding.id}",
        submit=step.label,
        leave=here,
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        abort(404)

"""Pages of the journal: the list and one row."""

from contextlib import suppress
from typing import Any

from flask import Blueprint, abort, current_app, url_for
from werkzeug import Response

from webapp.accounts import queries as accounts
from webapp.audit import conditions, labels, lists, queries, scopes, service
from webapp.kernel import listing
from webapp.kernel.access import Actor, allow, current_actor, current_reach, find_actor, may_open, reach_into
from webapp.kernel.disclosure import RevealForm
from webapp.kernel.htmx import respond
from webapp.kernel.kinds import kinds
from webapp.kernel.unavailable import WriteBusy

bp = Blueprint("audit", __name__, url_prefix="/journal")
PAGES = {  # the page of a kind of subject, and the argument with its id
    "person": ("accounts.person", "person_id"),
    "place": ("places.place", "place_id"),
    "unit": ("units.unit", "unit_id"),
    "item": ("supplies.item", "item_id"),
    "visit": ("checkpoints.show", "visit_id"),
    "stock_slip": ("supplies.slip", "slip_id"),
    "inspection_finding": ("inspections.finding", "finding_id"),
    "task": ("tasks.show", "task_id"),
    "report_kind": ("reports.edit_kind", "kind_id"),
    "briefing": ("briefings.show", "briefing_id"),
    "briefing_template": ("briefings.template", "template_id"),
    "alert": ("alerts.show", "alert_id"),
    "alert_rule": ("alerts.edit_rule", "rule_id"),
    "alert_channel": ("alerts.channel", "channel_id"),
    "device": ("sync.device", "device_id"),
    "envelope": ("sync.envelope", "envelope_id"),
}
IN_COMMON = ("item", "district")  # of no unit: whoever may open the page sees every one


@bp.get("")
@allow(*queries.READERS)
def index() -> Response:
    """The rows of the journal within reach, with the state of their blocks."""
    reach, is_whole = current_reach(), True
    if not reach.is_district_wide and any(grant.unit_id for grant in reach.grants):
        with suppress(WriteBusy):  # what is not placed yet comes with the next look
            service.catch_up()
        is_whole = scopes.is_whole()
    shown = lists.OF_UNITS if queries.is_by_unit(reach) else lists.JOURNAL
    return listing.show(shown, reach, check=lists.checked(), is_whole=is_whole)


@bp.get("/<int:seq>")
@allow(*queries.READERS)
def row(seq: int) -> Response:
    """One row: what was done, from where, what changed, and whether its block holds now."""
    row = queries.find_row(seq, current_reach()) or abort(404)
    return respond(
        "audit/row.html",
        "row",
        row=row,
        who=labels.who(row),
        what=labels.what(row),
        about=labels.about(row),
        origin=labels.origins([known])[known] if (known := labels.origin(row)) else "",
        details=labels.details(row),
        link=_link(row, current_actor()),
        person=_person(row, current_actor()),
        has_private=row[-1],
        sealed=queries.block_of(row.block_id),
        check=lists.checked(),
        reveal=RevealForm(formdata=None),
    )


def history_of(ids: Any) -> dict[str, Any] | None:
    """The history of what a page shows, for those who read the journal: its last rows and where all of them stand."""
    actor = find_actor()
    if actor is None or not may_open("audit.index", actor):
        return None
    rows = queries.history(ids, reach_into("audit.index", actor))
    shown = [(row, labels.what(row), labels.who(row)) for row in rows[:10]]
    return {"rows": shown, "has_more": len(rows) > 10, "url": url_for("audit.index", record=str(ids[0]))}


def _link(row: Any, actor: Actor) -> str | None:
    """The page of what a row is about, if the actor may open it."""
    endpoint, address = _page(row)
    if endpoint is None or not may_open(endpoint, actor):
        return None
    is_open = row.subject_kind in IN_COMMON or queries.is_within(row.seq, reach_into(endpoint, actor))
    return address if is_open else None


def _person(row: Any, actor: Actor) -> str | None:
    """The page of who did it, if the actor may open it."""
    if row.actor_id is None or not may_open("accounts.person", actor):
        return None
    person = accounts.find_visible(row.actor_id, reach_into("accounts.person", actor))
    return url_for("accounts.person", person_id=person.id) if person else None


def _page(row: Any) -> tuple[str | None, str | None]:
    """The endpoint and the address of what a row is about; of an entry those that its kind names."""
    if row.subject_kind == "district":
        return "district.preferences", url_for("district.preferences")
    if row.subject_kind in PAGES:
        endpoint, argument = PAGES[row.subject_kind]
        uuid = conditions.uuid_of(row.subject_id)
        values: dict[str, Any] = {argument: uuid}
        return (endpoint, url_for(endpoint, **values)) if uuid else (None, None)
    entry = queries.find_entry(row.subject_id) if row.receipt is not None else None
    kind = kinds().get(row.subject_kind.removesuffix(".correction").removesuffix(".void"))
    address = kind.record_url(entry) if kind and entry else None
    adapter = current_app.url_map.bind("localhost")
    return (adapter.match(address.split("?")[0])[0], address) if address else (None, None)

"""The review tray: envelopes that an administrator releases or closes with a reason."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import abort, request, url_for
from werkzeug import Response

from webapp.kernel import clock, listing
from webapp.kernel.access import Role, allow, current_actor, current_reach
from webapp.kernel.htmx import respond, see_other
from webapp.sync import labels, lists, queries, service
from webapp.sync.acts import ENVELOPE, RELEASE, SET_ASIDE
from webapp.sync.forms import NoteForm
from webapp.sync.views import bp

SETTLING = (RELEASE, SET_ASIDE)


@bp.get("/sync/tray")
@allow(*queries.OVERSEERS, district_wide=True)
def tray() -> Response:
    """Envelopes by state, by default those in review."""
    return listing.show(lists.TRAY, current_reach())


@bp.get("/sync/envelopes/<uuid:envelope_id>")
@allow(*queries.OVERSEERS, district_wide=True)
def envelope(envelope_id: UUID) -> Response:
    """How an envelope arrived and why it waits, without its content."""
    return _envelope(_row(envelope_id))


@bp.post("/sync/envelopes/<uuid:envelope_id>/release")
@allow(Role.ADMINISTRATOR, district_wide=True)
def release(envelope_id: UUID) -> Response:
    """Apply an envelope as its author's entry, with a reason."""
    return _settle(envelope_id, service.release)


@bp.post("/sync/envelopes/<uuid:envelope_id>/set-aside")
@allow(Role.ADMINISTRATOR, district_wide=True)
def set_aside(envelope_id: UUID) -> Response:
    """Close an envelope without applying it, with a reason."""
    return _settle(envelope_id, service.set_aside)


def _settle(envelope_id: UUID, act: Callable[..., Any]) -> Response:
    row, form = _row(envelope_id), NoteForm(request.form)
    if not form.validate():
        return _envelope(row, form, 422)
    act(envelope_id, form.note.data, by=current_actor(), at=clock.now())
    return see_other(url_for(".envelope", envelope_id=envelope_id))


def _row(envelope_id: UUID) -> Any:
    return queries.find_envelope(envelope_id) or abort(404)


def _envelope(row: Any, form: Any = None, status: int = 200) -> Response:
    context = {
        "row": row,
        "form": form or NoteForm(),
        "labels": labels,
        "name": labels.kind_name(row.kind),
        "people": queries.people_of(row),
        "why": queries.sentence_of(row) if row.reason else "",
        "offered": [act.name for act in ENVELOPE.acts_for(row.state, current_reach()) if act in SETTLING],
        "conflict": queries.conflict_url(row),
        "lacking": queries.count_lacking(row),
    }
    return respond("sync/envelope.html", "envelope", status, **context)

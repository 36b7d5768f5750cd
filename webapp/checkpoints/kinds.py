"""The kinds of entry of the gate: arrivals, departures, undone arrivals; and the reference data that they need."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import lazy_gettext as _l

from webapp.checkpoints import labels, pages, queries, service
from webapp.checkpoints.forms import LeaveForm, UndoForm, VisitForm
from webapp.checkpoints.models import Visit
from webapp.kernel import kept
from webapp.kernel.access import Reach, Role
from webapp.kernel.entries import Entry
from webapp.kernel.kept import Reference
from webapp.kernel.kinds import BlankForm, Kind
from webapp.kernel.retention import Emptied, Keeps
from webapp.places.queries import places_of
from webapp.places.rules import PlaceKind

ASSETS = ("css/checkpoints.css", "js/checkpoints.js")


def _blank(slug: str, label: Any, icon: str, first: str, stands_for: str = "") -> BlankForm:
    """The blank page, drawn with words only, the same for everybody. `first` is the form it opens on."""

    def load() -> dict[str, Any]:
        return {
            "form": VisitForm(),
            "leave": LeaveForm(),
            "undo": UndoForm(),
            "arrival": VISIT_IN,
            "departure": VISIT_OUT,
            "first": first,
            "known": None,
            "again": True,
            "words": pages.words(),
            "sentences": labels.ON_A_DEVICE,
            "labels": labels,
        }

    return BlankForm(slug, label, icon, "checkpoints/kept.html", load, stands_for)


def _visit_url(entry: Entry) -> str:
    return url_for("checkpoints.show", visit_id=entry.uuid)


def _departure_url(entry: Entry) -> str:
    """The page of the visit that ended; a departure by phone or plate names none."""
    named = next(iter(json.loads(entry.content).get("visit", [])), "")
    return url_for("checkpoints.show", visit_id=UUID(named)) if named else url_for("checkpoints.visits")


def _load_arrival(form: Any, _present: Reach, standing: Reach) -> dict[str, Any]:
    kept.offer(form, standing)
    return {"sentences": {}, "known": None}


def _load_departure(form: Any, present: Reach, standing: Reach) -> dict[str, Any]:
    """The people inside now, for the author's choice."""
    is_own = form.place.data in {gate.id for gate in places_of(present, (PlaceKind.CHECKPOINT,))}
    inside = queries.inside(form.place.data) if is_own else []
    return _load_arrival(form, present, standing) | {"inside": inside}


def _rule(_reach: Reach, _at: datetime) -> dict[str, Any]:
    return pages.rule()


VISITS = Keeps(
    name="visits",
    label=_l("卡口来访登记"),
    what=_l("来访人的姓名、证件号码、手机号、车牌号、来源地、事由、被访人，登记时写的理由"),
    days=60,
    least=14,
    most=365,
)
_VISIT = Emptied(Visit, Visit.id.in_, first=service.forget_identities, apart=("identity_blind",))

VISIT_IN = Kind(
    name="visit.in",
    label=_l("卡口进入登记"),
    form=VisitForm,
    apply=service.admit_visitor,
    prepare=service.prepare_arrival,
    late_roles=(Role.GATEKEEPER,),
    forms=(_blank("visit-in", _l("卡口登记"), "gate", "in", "/checkpoints"),),
    record_url=_visit_url,
    fields_template="checkpoints/_arrival.html",
    assets=ASSETS,
    load=_load_arrival,
    keeps=VISITS,
    empties=(_VISIT,),
    along=service.entries_along,
)
VISIT_OUT = Kind(
    name="visit.out",
    label=_l("卡口离开登记"),
    form=LeaveForm,
    apply=service.note_departure,
    late_roles=(Role.GATEKEEPER,),
    forms=(_blank("visit-out", _l("登记离开"), "logout", "out"),),
    record_url=_departure_url,
    fields_template="checkpoints/_departure.html",
    assets=ASSETS,
    load=_load_departure,
    keeps=VISITS,
)
VISIT_UNDO = Kind(
    name="visit.undo",
    label=_l("撤销卡口进入登记"),
    form=UndoForm,
    apply=service.undo_arrival,
    late_roles=(Role.GATEKEEPER,),
    record_url=_departure_url,
    keeps=VISITS,
)
GATE = Reference("gate", (Role.GATEKEEPER,), _rule)

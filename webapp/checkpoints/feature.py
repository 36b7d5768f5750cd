"""The contributions of checkpoints."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import lazy_gettext as _l

from webapp.checkpoints import kinds, lists, queries, rules
from webapp.checkpoints.figures import FIGURES, OVERRIDDEN
from webapp.checkpoints.labels import ID_TYPES, LOGGED, REFUSALS, SUBJECTS, TERMS, who
from webapp.checkpoints.views import bp
from webapp.kernel import board, caching, clock, personal
from webapp.kernel.access import Reach, Role, reach_into
from webapp.kernel.disclosure import Particular, Subject
from webapp.kernel.errors import Constraint
from webapp.kernel.feature import Feature
from webapp.kernel.navigation import AREAS, Area, NavEntry, PlaceAction
from webapp.places.rules import PlaceKind


def _today(reach: Reach, at: datetime) -> dict[str, Any]:
    reach = reach_into("checkpoints.visits", reach.actor)
    day = clock.district_day(at)
    return {"hours": caching.of_reach("visits by hour", reach, day, lambda: queries.by_hour(reach, at))}


def _gate_url(place_id: UUID) -> str:
    return url_for("checkpoints.gate", place_id=place_id)


def _is_unusual_plate(text: str) -> bool:
    return rules.plate_kind(text) is rules.PlateKind.OTHER


def _particulars(visit: Any) -> list[Particular]:
    document = f"{ID_TYPES[visit.id_type]} {visit.id_number}" if visit.id_type and visit.id_number else None
    return [
        Particular(_l("姓名"), visit.name),
        Particular(_l("手机号"), visit.phone, is_phone=True),
        Particular(_l("证件"), document),
        Particular(_l("车牌号"), visit.plate),
        Particular(_l("到访单位或联系人"), visit.host),
    ]


FEATURE = Feature(
    name="checkpoints",
    area=Area.GATE,
    blueprint=bp,
    serves=(Role.GATEKEEPER,),
    kinds=(kinds.VISIT_IN, kinds.VISIT_OUT, kinds.VISIT_UNDO),
    references=(kinds.GATE,),
    navigation=(
        NavEntry("checkpoints.choose", _l("卡口登记"), "gate", (Role.GATEKEEPER,), Area.GATE, order=20, is_start=True),
        NavEntry("checkpoints.visits", _l("来访记录"), "people", queries.READERS, Area.GATE, order=21),
    ),
    place_actions=(
        PlaceAction(
            "gate", _l("卡口登记"), "gate", (Role.GATEKEEPER,), _gate_url, frozenset({PlaceKind.CHECKPOINT.value})
        ),
    ),
    actions=(board.Action("checkpoints.choose", _l("卡口登记"), "gate", (Role.GATEKEEPER,), order=10),),
    panels=(
        board.Panel(
            "checkpoints", queries.READERS, AREAS[Area.GATE][0], FIGURES, "checkpoints/_today.html", _today, order=20
        ),
    ),
    lists=(lists.VISITS,),
    reveals=(
        Subject(
            name="visit",
            label=_l("来访人"),
            rule="/checkpoints/visits/<uuid:visit_id>/reveal",
            action="visit.revealed",
            roles=queries.REVEALERS,
            find=queries.find_visit,
            whole=_particulars,
            page=lambda visit_id: url_for("checkpoints.show", visit_id=visit_id),
        ),
    ),
    figures=(*FIGURES, OVERRIDDEN),
    watched=(OVERRIDDEN,),
    refusals=REFUSALS,
    logged=LOGGED,
    subjects=SUBJECTS,
    terms=TERMS,
    constraints=(Constraint("uq_visit_inside_identity", "already-inside"),),
    filters={
        "masked_name": personal.mask_name,
        "visitor": who,
        "masked_number": personal.mask_number,
        "masked_phone": personal.mask_phone,
        "masked_plate": personal.mask_plate,
    },
    tests={"unusual_plate": _is_unusual_plate},
)

"""The contributions of inspections."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import lazy_gettext as _l

from webapp.inspections import at_place, checklists, kinds, labels, lists, queries, unchecked
from webapp.inspections.acts import FINDING
from webapp.inspections.figures import FIGURES
from webapp.inspections.labels import LOGGED, REFUSALS, SUBJECTS
from webapp.inspections.rules import FindingState, Severity
from webapp.inspections.views import bp
from webapp.kernel import board
from webapp.kernel.access import Reach, Role
from webapp.kernel.deadlines import Due, DueRows, Level, Whole, key_of
from webapp.kernel.feature import Feature
from webapp.kernel.navigation import Area, NavEntry, PlaceAction

_WHAT = {FindingState.OPEN: _l("整改：%(what)s"), FindingState.ANSWERED: _l("复查：%(what)s")}
_LEVELS = {Severity.CRITICAL: Level.CRITICAL, Severity.MAJOR: Level.WARNING}
SHOWN = 40  # findings among the tasks; the list has all of them
WATCHED = 5_000  # findings for alerts


def _due(reach: Reach, _at: datetime, limit: int = SHOWN) -> list[Due]:
    return [
        Due(
            key=key_of(f"finding.{row.state}", row.id),
            kind=f"finding.{row.state}",
            due_at=row.due_at,
            who=(Role.INSPECTOR,),
            place=row.place_id,
            level=_LEVELS.get(row.severity, Level.NORMAL),
            what=_WHAT[row.state] % {"what": lists.item_name(row)},
            where=row.place_name,
            url=url_for("inspections.finding", finding_id=row.id),
        )
        for row in queries.due_findings(reach, limit)
    ]


def _form_url(code: str, place_id: UUID) -> str:
    return url_for("inspections.new", place=place_id, checklist=code)


def _place_action(code: str, label: Any, icon: str) -> PlaceAction:
    kinds_of_place = frozenset(next(c.kinds for c in checklists.checklists() if c.code == code))
    return PlaceAction(f"inspect-{code}", label, icon, (Role.INSPECTOR,), partial(_form_url, code), kinds_of_place)


FEATURE = Feature(
    name="inspections",
    area=Area.CHECKS,
    blueprint=bp,
    serves=(Role.INSPECTOR,),
    kinds=(kinds.INSPECTION, *kinds.STEPS.values()),
    references=(kinds.CHECKED, kinds.CIRCUMSTANCES, kinds.FINDINGS),
    machines=(FINDING,),
    navigation=(
        NavEntry("inspections.new", _l("登记检查"), "record", (Role.INSPECTOR,), Area.CHECKS, order=10),
        NavEntry("inspections.index", _l("检查记录"), "list", queries.READERS, Area.CHECKS, order=11),
        NavEntry("inspections.findings", _l("待整改问题"), "warning", queries.READERS, Area.CHECKS, order=12),
    ),
    place_actions=tuple(_place_action(*form) for form in labels.FORMS),
    actions=(board.Action("inspections.new", _l("登记检查"), "droplet", (Role.INSPECTOR,), order=10),),
    panels=(board.Panel("inspections", queries.READERS, _l("现场检查"), FIGURES, order=10),),
    place_panels=(board.PlacePanel("checks", queries.READERS, "inspections/_at_place.html", at_place.of_place),),
    due=(
        DueRows(
            queries.READERS,
            _due,
            Whole("inspections.findings", _l("待整改问题"), SHOWN, queries.count_findings),
            kinds={"finding.open": _l("问题待整改"), "finding.answered": _l("问题待复查")},
            every=partial(_due, limit=WATCHED),
        ),
        DueRows(
            queries.READERS,
            lambda _reach, _at: (),  # the page of new checks has them in this order
            kinds={"place.unchecked": unchecked.UNCHECKED},
            every=unchecked.unchecked,
        ),
    ),
    lists=(lists.INSPECTIONS, lists.FINDINGS),
    figures=FIGURES,
    refusals=REFUSALS,
    logged=LOGGED,
    subjects=SUBJECTS,
)

"""The lists of inspections and findings, and the details of a check in their files: readings and findings."""

import json
from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.inspections import checklists, labels, queries
from webapp.inspections.forms import FindingFilter, InspectionFilter
from webapp.inspections.models import Inspection, InspectionFinding
from webapp.inspections.rules import STILL_OWED
from webapp.kernel import clock, records
from webapp.kernel.i18n import localised
from webapp.kernel.listing import Column, Detail, Listing, PageOf
from webapp.places.queries import axes_of
from webapp.standards import labels as standard_labels
from webapp.standards.rules import from_plain


def _checklist_names(versions: Collection[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """The names of checklists by (code, version)."""
    known = {version: checklists.find(*version) for version in versions}
    return {version: localised(checklist) if checklist else version[0] for version, checklist in known.items()}


def item_name(row: Any) -> str:
    """The label of a finding's item in the version of its checklist."""
    checklist = checklists.find(row.checklist_code, row.checklist_version)
    return localised(checklist.item(row.item)) if checklist else str(row.item)


def _item_names(items: Collection[tuple[str, int, str]]) -> dict[tuple[str, int, str], str]:
    """The labels of items by (checklist code, version, item)."""
    lists = {item[:2]: checklists.find(*item[:2]) for item in items}
    return {item: localised(checklist.item(item[2])) if (checklist := lists[item[:2]]) else item[2] for item in items}


def _limits(texts: Collection[str]) -> dict[str, str]:
    """The ranges of limits by their text in the database."""
    limits = {text: json.loads(text) for text in texts}
    return {text: standard_labels.range_of(from_plain(limit)) for text, limit in limits.items() if limit}


# The columns of a detail that identify its check.
_OF_CHECK = (
    Column("place", _l("场所"), lambda row: row[0].place_name),
    Column("code", _l("场所编号"), lambda row: row[0].place_code),
    Column("at", _l("时间"), lambda row: row[0].inspected_at, kind="moment"),
    Column(
        "item",
        _l("项目"),
        lambda row: (row[0].checklist_code, row[0].checklist_version, row[1].item),
        names=_item_names,
    ),
)
READINGS = Detail(
    "readings",
    _l("读数"),
    (
        *_OF_CHECK,
        Column("value", _l("读数"), lambda row: row[1].value, kind="number"),
        Column("unit", _l("单位"), lambda row: row[1].unit),
        Column("typed", _l("填写的内容"), lambda row: row[1].typed),
        Column("below", _l("低于检出限"), lambda row: _("是") if row[1].below_detection else None),
        Column("verdict", _l("判定"), lambda row: row[1].verdict, enum=standard_labels.VERDICTS),
        Column("limit", _l("限值"), lambda row: row[1].limit, names=_limits),
    ),
    queries.readings_of,
)
FOUND = Detail(
    "findings",
    _l("问题"),
    (
        *_OF_CHECK,
        Column("severity", _l("严重程度"), lambda row: row[1].severity, enum=labels.SEVERITIES),
        Column("due", _l("整改期限"), lambda row: row[1].due_at, kind="moment"),
        Column("state", _l("状态"), lambda row: row[1].state, enum=labels.STATES),
        Column("note", _l("情况说明"), lambda row: row[1].note),
    ),
    queries.findings_of,
)

INSPECTIONS = Listing(
    id="inspections",
    template="inspections/index.html",
    title=_l("检查记录"),
    columns=(
        Column("place", _l("场所"), lambda row: row.place_name),
        Column("at", _l("时间"), lambda row: row.inspected_at, kind="moment", sort=Inspection.inspected_at),
        Column(
            "checklist",
            _l("检查表"),
            lambda row: (row.checklist_code, row.checklist_version),
            names=_checklist_names,
        ),
        Column("outcome", _l("结果"), lambda row: row.outcome, enum=labels.OUTCOMES, tone=labels.OUTCOME_STATUS),
        Column("findings", _l("问题数"), lambda row: row.finding_count, kind="number", priority=3),
        Column("inspector", _l("检查人"), lambda row: row.inspector_name, priority=2),
        Column("code", _l("场所编号"), lambda row: row.place_code, priority=3),
        records.STATE,
    ),
    select=queries.inspections,
    reads=queries.OF_INSPECTION,
    order=(Inspection.inspected_at, Inspection.id),
    filters=InspectionFilter,
    details=(READINGS, FOUND),
    url=PageOf("inspections.show", "record_id"),
    axes=axes_of(Inspection.place_id, Inspection.inspected_at),
    empty_title=_l("还没有检查记录"),
    empty_text=_l("登记检查后，记录会按时间排在这里。"),
)

FINDINGS = Listing(
    id="findings",
    template="inspections/findings.html",
    title=_l("待整改问题"),
    columns=(
        Column("item", _l("问题"), item_name),
        Column("place", _l("场所"), lambda row: row.place_name),
        Column(
            "severity", _l("严重程度"), lambda row: row.severity, enum=labels.SEVERITIES, tone=labels.SEVERITY_STATUS
        ),
        Column("state", _l("状态"), lambda row: row.state, enum=labels.STATES, tone=labels.STATE_STATUS),
        Column("due", _l("期限"), lambda row: row.due_at, kind="moment", sort=InspectionFinding.due_at),
        Column("note", _l("情况说明"), lambda row: row.note, priority=2),
    ),
    select=queries.findings,
    reads=queries.OF_FINDING,
    order=(InspectionFinding.due_at, InspectionFinding.id),
    descending=False,
    filters=FindingFilter,
    url=PageOf("inspections.finding", "finding_id"),
    status=lambda row: "refused" if row.state in STILL_OWED and row.due_at < clock.now() else None,
    axes=axes_of(InspectionFinding.place_id),
    empty_title=_l("没有待整改的问题"),
    empty_text=_l("检查中发现的问题会按整改期限排在这里。"),
)

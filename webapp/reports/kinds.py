"""The entries of reports and consolidated reports: a first signature, and the signature of a further version."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from webapp.kernel import records
from webapp.kernel.kinds import Kind
from webapp.kernel.presence import is_blank
from webapp.kernel.retention import Emptied, Keeps
from webapp.reports import queries, upward
from webapp.reports.forms import DayForm, day_form
from webapp.reports.models import ConsolidatedReport, Report
from webapp.reports.rules import lines_of
from webapp.reports.service import consolidate, sign
from webapp.reports.upward_form import UpwardForm, upward_form


def _form(fields: MultiDict[str, str]) -> DayForm:
    """The form for the lines that the kind of the posted expectation has now."""
    return _bound(fields, is_amendment=False)


def _amendment(fields: MultiDict[str, str]) -> DayForm:
    return _bound(fields, is_amendment=True)


def _bound(fields: MultiDict[str, str], *, is_amendment: bool) -> DayForm:
    lines = lines_of(queries.lines_of(_uuid(fields.get("due"))) or ())
    return day_form(lines, not is_blank(fields.get("zero")), is_amendment)(fields)


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


SIGNING = Kind(
    name="report",
    label=_l("日报告"),
    form=_form,
    apply=sign,
    of_page=frozenset({"heard"}),
    record_url=lambda entry: url_for("reports.show", report_id=entry.uuid),
    keeps=Keeps(
        name="reports",
        label=_l("日报告"),
        what=_l("文字、数字不同的原因和更正原因"),
        days=1095,
        least=365,
        most=3650,
    ),
    empties=(Emptied(Report, Report.id.in_),),
    along=queries.versions_along,
)
AMENDMENT = replace(SIGNING, name=f"{SIGNING.name}{records.CORRECTION}", form=_amendment)


def _upward(fields: MultiDict[str, str]) -> UpwardForm:
    """The form for the lines that the posted kind has now."""
    return upward_form(upward.lines_at(_uuid(fields.get("kind"))), False)(fields)


def _upward_amendment(fields: MultiDict[str, str]) -> UpwardForm:
    return upward_form(upward.lines_at(_uuid(fields.get("kind"))), True)(fields)


UPWARD_SIGNING = Kind(
    name="consolidated_report",
    label=_l("汇总日报"),
    form=_upward,
    apply=consolidate,
    record_url=lambda entry: url_for("reports.consolidated", sum_id=entry.uuid),
    keeps=SIGNING.keeps,
    empties=(Emptied(ConsolidatedReport, ConsolidatedReport.id.in_),),
    along=upward.versions_along,
)
UPWARD_AMENDMENT = replace(UPWARD_SIGNING, name=f"{UPWARD_SIGNING.name}{records.CORRECTION}", form=_upward_amendment)

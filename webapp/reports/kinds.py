"""The entries of reports and consolidated reports: a first signature, and the signature of a further version."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from webapp.kernel import records
from webapp.kernel.access import Reach
from webapp.kernel.errors import Refusal
from webapp.kernel.kinds import BlankForm, Correction, Fields, Kind
from webapp.kernel.presence import is_blank
from webapp.kernel.retention import Emptied, Keeps
from webapp.reports import counting, queries, upward
from webapp.reports.acts import SIGNERS
from webapp.reports.forms import DayForm, day_form
from webapp.reports.models import ConsolidatedReport, Report
from webapp.reports.rules import Line, LineKind, lines_of
from webapp.reports.service import consolidate, sign
from webapp.reports.upward_form import UpwardForm, upward_form

# The lines of which a device draws those of a report: a script fills in what stands in braces (js/reports-offline.js).
_PATTERN = (
    Line("{code}", "{name}", LineKind.FIGURE, unit="{unit}"),
    Line("{code}", "{name}", LineKind.TEXT),
)


def _form(fields: MultiDict[str, str]) -> DayForm:
    """The form for the lines that the kind of the posted expectation has now; a further version names the one before.

    It is one, too, if an entry from a device was returned because somebody else had signed meanwhile.
    """
    return _bound(fields, is_amendment=not is_blank(fields.get("corrects")))


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


def _blank() -> dict[str, Any]:
    return {"form": day_form(_PATTERN, False, False)(), "lines": _PATTERN, "now": {}, "below": None}


def _load(form: Any, present: Reach, _standing: Reach) -> dict[str, Any]:
    """The lines of an entry that came back, with what the records count now."""
    about = queries.find(form.due.data, present)
    lines = form.lines
    now = counting.counted(lines, about.due.unit_id, about.due.day) if about else {}
    return {
        "about": about,
        "lines": lines,
        "now": {code: counted.number for code, counted in now.items()},
        "below": None,
    }


def _begin(fields: Fields) -> Fields:
    """An entry that came back because somebody else had signed goes on as a further version."""
    newest = queries.newest_of(_uuid(fields.get("due")))
    return MultiDict([*fields.items(multi=True), ("corrects", str(newest))]) if newest else fields


def _renew(fields: Fields, refusal: Refusal) -> Fields:
    """After yet another version: this one would follow that."""
    if refusal.code not in ("record-corrected-meanwhile", "report-signed"):
        return fields
    return _begin(MultiDict([pair for pair in fields.items(multi=True) if pair[0] != "corrects"]))


SIGNING = Kind(
    name="report",
    label=_l("日报告"),
    form=_form,
    apply=sign,
    of_page=frozenset({"heard"}),
    late_roles=SIGNERS,
    forms=(
        BlankForm(
            "report", _l("日报告"), "report", template="reports/kept.html", load=_blank, stands_for="/reports/due/{due}"
        ),
    ),
    record_url=lambda entry: url_for("reports.show", report_id=entry.uuid),
    fields_template="reports/_fields.html",
    assets=("css/reports.css", "js/reports.js"),
    load=_load,
    correction=Correction(_begin, _renew, lambda _form, _fields, _present: None),
    keeps=Keeps(
        name="reports",
        label=_l("日报告"),
        what=_l("文字、数字不同的原因、更正和退回的原因"),
        days=1095,
        least=365,
        most=3650,
    ),
    empties=(Emptied(Report, Report.id.in_),),
    along=queries.versions_along,
)
AMENDMENT = replace(
    SIGNING,
    name=f"{SIGNING.name}{records.CORRECTION}",
    form=_amendment,
    late_roles=(),
    forms=(),
    correction=None,
)


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

"""The signed numbers of a figure beside what the records count now, for the page of the figure."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from webapp.kernel.access import Reach, reach_into
from webapp.kernel.figures import Figure
from webapp.kernel.signed import Found, Offer, Signed
from webapp.reports import counting, queries
from webapp.reports.rules import Line, LineKind, later_rows, lines_of

MOST = 50  # reports of a page


def find(figure: Figure, reach: Reach, day: date, unit_id: UUID | None) -> Found | None:
    """The newest reports of a day with a line that the figure computes, of the units in which the actor may also open
    the rows of the figure.
    """
    if not figure.is_of_day or figure.code not in counting.choosable():
        return None
    reports = queries.signed_on(day, reach, reach_into(figure.endpoint, reach.actor), unit_id)
    signed = [(row, line) for row in reports for line in _lines(row, figure)]
    return Found(_compared(figure, day, signed[:MOST]), len(signed[MOST:]))


def _lines(row: Any, figure: Figure) -> Iterator[Line]:
    for line in lines_of(row.lines):
        if line.kind is LineKind.FIGURE and line.figure == figure.code and line.code in row.numbers:
            yield line


def _compared(figure: Figure, day: date, signed: Sequence[tuple[Any, Line]]) -> list[Signed]:
    now = counting.counted_for(figure, {row.unit_id for row, _line in signed}, day)
    bound = queries.bound_by({row.report_id for row, _line in signed})
    compared = []
    for row, line in signed:
        rows = later_rows(bound.get((row.report_id, line.code), ()), now[row.unit_id].rows)
        computed, number = row.numbers[line.code]
        compared.append(
            Signed(
                unit_code=row.code,
                unit_name=row.unit_name,
                what=_("%(kind)s：%(line)s", kind=row.kind_name, line=line.name),
                url=url_for("reports.show", report_id=row.report_id),
                version=row.version,
                signed_at=row.version_at,
                number=number,
                computed=computed,
                now=now[row.unit_id].number,
                came=[UUID(key) for key in rows.came],
                changed=[UUID(key) for key in rows.changed],
                gone=[UUID(key) for key in rows.gone],
            )
        )
    return compared


OFFER = Offer("reports.show", find)

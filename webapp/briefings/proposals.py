"""What units wrote in their daily reports, proposed for a work report: problems, next steps, other texts."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from webapp.briefings.rules import Section, section_of
from webapp.kernel.access import Reach
from webapp.reports import queries
from webapp.reports.rules import lines_of
from webapp.units.queries import units_under

MOST = 100  # proposals on a page
DAYS = 31  # of a longer period the last ones are read


@dataclass(frozen=True, slots=True)
class Proposal:
    """A text of signed daily reports; `keys` name these reports and the line, the newest, which is shown, first."""

    keys: tuple[str, ...]
    section: Section
    line: str
    report_id: UUID
    unit: str
    day: date
    text: str

    @property
    def plain(self) -> dict[str, str]:
        """As a kept report remembers where its text came from."""
        return {"report": str(self.report_id), "unit": self.unit, "day": self.day.isoformat()}


def of_period(reach: Reach, unit_id: UUID, since: date, until: date) -> Sequence[Proposal]:
    """The texts of a unit with all units below it, newest first; what a unit wrote on several days stands once. Of a
    longer period than DAYS the last ones.
    """
    if (until - since).days >= DAYS:
        since = until - timedelta(days=DAYS - 1)
    rows: dict[tuple[Any, ...], list[Any]] = {}
    for kind in queries.kinds(ended=True):
        for line in (line for line in lines_of(kind.lines) if not line.is_number):
            for row in queries.texts(reach, kind.code, line.code, units_under(unit_id), since, until):
                rows.setdefault((section_of(line.name), row.unit_path, row.text.strip()), []).append(row)
    proposed = [_proposal(section, text, same) for (section, _path, text), same in rows.items()]
    return sorted(proposed, key=lambda proposal: proposal.day, reverse=True)


def _proposal(section: Section, text: str, rows: Sequence[Any]) -> Proposal:
    newest, *_earlier = rows = sorted(rows, key=lambda row: row.day, reverse=True)
    keys = tuple(f"{row.report_id}:{row.line.code}" for row in rows)
    return Proposal(keys, section, newest.line.name, newest.report_id, newest.unit_name, newest.day, text)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The proposals of a period: still to be chosen, and those whose text stands in the form already.

    `lost` counts the ticks that no proposal has: of another unit or period, or of a report that was changed meanwhile.
    `beyond` counts the proposals that a page does not show.
    """

    offered: dict[Section, list[Proposal]]
    taken: list[Proposal]
    lost: int
    beyond: int = 0

    @property
    def sources(self) -> dict[str, list[dict[str, str]]]:
        """What was taken, by the code of the text that it went into."""
        return {
            f"text.{section}": [proposal.plain for proposal in self.taken if proposal.section is section]
            for section in Section
        }


def choose(proposed: Sequence[Proposal], ticked: Collection[str]) -> Chosen:
    """Divide proposals by the keys that are ticked."""
    taken = [proposal for proposal in proposed if not set(ticked).isdisjoint(proposal.keys)]
    known = {key for proposal in taken for key in proposal.keys}
    rest = [proposal for proposal in proposed if proposal not in taken]
    shown = _by_section(rest[:MOST])
    return Chosen(shown, taken, len(set(ticked) - known), max(len(rest) - MOST, 0))


def _by_section(proposed: Iterable[Proposal]) -> dict[Section, list[Proposal]]:
    sections: dict[Section, list[Proposal]] = {}
    for proposal in proposed:
        sections.setdefault(proposal.section, []).append(proposal)
    return {section: sections[section] for section in Section if section in sections}

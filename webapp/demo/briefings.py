"""The templates of the demonstration district, and its reports on supplies and of the development zone."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from webapp.briefings import proposals, service
from webapp.briefings.presets import NAMES
from webapp.briefings.queries import newest_versions
from webapp.briefings.rules import Preset, Section
from webapp.kernel import clock
from webapp.kernel.access import Actor

_PROBLEMS = "一是防护服、护目镜、额温仪、口罩、消毒酒精等一线防护保障物资紧缺。\a二是存在物资发放不及时现象。"
_NEXT_STEPS = "一是全力筹措各类物资。\a二是加大对高速卡口、留观点等一线的物资保障力度。"
_NAMESPACE = UUID("5f0c7a52-6f0e-4d3e-9a34-0b7f7e0c2b11")


def write(unit_ids: Mapping[str, UUID], *, by: Actor, at: datetime) -> None:
    """Adopt the three templates, and make two reports of the last seven days: one with typed texts, one with those of
    daily reports.
    """
    for preset in Preset:
        service.adopt(preset, by=by, at=at)
    until = clock.district_day(at)
    since = until - timedelta(days=6)
    _make(Preset.SUPPLIES, unit_ids["SUP"], (since, until), (_PROBLEMS, _NEXT_STEPS), (), by=by, at=at)
    proposed = proposals.of_period(by.through(*service.MAKERS), unit_ids["ZONE"], since, until)
    sections = Section.PROBLEMS, Section.NEXT_STEPS
    texts = ["\a".join(p.text for p in proposed if p.section is section) for section in sections]
    _make(Preset.ZONE, unit_ids["ZONE"], (since, until), texts, proposed, by=by, at=at)


def _make(
    preset: Preset,
    unit_id: UUID,
    days: tuple[date, date],
    texts: Sequence[str],
    proposed: Sequence[proposals.Proposal],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """`texts` are the problems and the next steps."""
    version = next(row for row in newest_versions() if row.template.name == NAMES[preset])
    typed = dict(zip(("text.problems", "text.next_steps"), texts, strict=True))
    chosen = proposals.choose(proposed, [proposal.keys[0] for proposal in proposed])
    drafted = service.draft(version.id, unit_id, *days, typed, chosen.sources, by=by, at=at)
    service.keep(uuid5(_NAMESPACE, preset.value), drafted, by=by, at=at)

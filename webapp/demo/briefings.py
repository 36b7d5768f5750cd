"""The templates of the demonstration district, and its report on supplies."""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from webapp.briefings import service
from webapp.briefings.presets import NAMES
from webapp.briefings.queries import newest_versions
from webapp.briefings.rules import Preset
from webapp.kernel import clock
from webapp.kernel.access import Actor

_TEXTS = {
    "text.problems": "一是防护服、额温仪、口罩、消毒酒精等一线防护物资储备不足。\a二是存在物资发放不及时现象。",
    "text.next_steps": "一是全力筹措各类物资。\a二是加大对高速卡口、留观点等一线的物资保障力度。",
}
_NAMESPACE = UUID("5f0c7a52-6f0e-4d3e-9a34-0b7f7e0c2b11")


def write(unit_id: UUID, *, by: Actor, at: datetime) -> None:
    """Adopt the three templates, and make a report of the last seven days from that of supplies."""
    for preset in Preset:
        service.adopt(preset, by=by, at=at)
    version = next(row for row in newest_versions() if row.template.name == NAMES[Preset.SUPPLIES])
    until = clock.district_day(at)
    drafted = service.draft(version.id, unit_id, until - timedelta(days=6), until, _TEXTS, by=by, at=at)
    service.keep(uuid5(_NAMESPACE, "supplies"), drafted, by=by, at=at)

"""The rows of work reports in the tests that walk all features."""

from datetime import date
from uuid import uuid4

from tests.support.matrix import Rows
from webapp.briefings import service
from webapp.briefings.rules import Preset, Scope
from webapp.kernel import clock

KEEPERS = {"administrator", "commander"}
READERS = {"commander", "auditor", "clerk"}


def record(world):
    """A report without the process that fills its template."""
    by, at = world.by["commander"], clock.now()
    template_id = service.adopt(Preset.ZONE, by=by, at=at)
    version = service.queries.versions_of(template_id)[0]
    scope = Scope(world.unit, date(2026, 11, 1), date(2026, 11, 7))
    printed = [{"code": "report.author", "text": world.name, "since": None, "until": None, "about": ""}]
    blocks = [["text", f"\ue000report.author\ue001{world.name}\ue002：{world.note}"]]
    drafted = service.Draft(version.id, scope, b"PK", blocks, printed)
    briefing_id = service.keep(uuid4(), drafted, by=by, at=at)
    return {"briefing_id": briefing_id, "template_id": template_id, "version_id": version.id, "name": "zone"}


ROWS = Rows(
    access={
        "briefings.add": KEEPERS,
        "briefings.adopt": KEEPERS,
        "briefings.change": KEEPERS,
        "briefings.close": KEEPERS,
        "briefings.codes": KEEPERS,
        "briefings.file": READERS,
        "briefings.index": READERS,
        "briefings.new": {"commander", "clerk"},
        "briefings.paper": READERS,
        "briefings.preset_file": KEEPERS,
        "briefings.show": READERS,
        "briefings.template": KEEPERS,
        "briefings.templates": KEEPERS,
        "briefings.version_file": KEEPERS,
    },
    record=record,
    takes_files={"briefings.add", "briefings.change"},
    not_pages={"briefings.file", "briefings.preset_file", "briefings.version_file"},
    in_common={"briefings.template", "briefings.version_file", "briefings.preset_file"},
)

"""Keeping templates, and making reports from them."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from flask_babel import force_locale

from webapp.briefings import presets, printing, queries, sources
from webapp.briefings.labels import PREFIX
from webapp.briefings.models import Briefing, BriefingTemplate, BriefingVersion
from webapp.briefings.rules import Preset, Scope, Value, codes_in
from webapp.kernel import clock, journal
from webapp.kernel.access import Actor, Role
from webapp.kernel.columns import sealed_early
from webapp.kernel.database import locked, transaction
from webapp.kernel.errors import Refusal
from webapp.kernel.numbers import next_number
from webapp.units import queries as units

MAKERS = (Role.COMMANDER, Role.CLERK)
READERS = (Role.COMMANDER, Role.AUDITOR, Role.CLERK)
KEEPERS = (Role.ADMINISTRATOR, Role.COMMANDER)  # of templates
TEMPLATE = "briefing_template"  # the kind of subject in the journal
Codes = Sequence[tuple[str, int, str, str]]  # code, paragraph, its words, the part of the file
Sources = Mapping[str, Sequence[dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Draft:
    """A filled report, not kept yet; `printed` has {code, text, since, until, about} of each printed value.

    One of a text has `sources` too, if it came from daily reports (proposals.Proposal.plain). `unprinted` are the codes
    of texts that were typed and that the template has no place for.
    """

    version_id: UUID
    scope: Scope
    file: bytes
    blocks: list[Any]
    printed: list[dict[str, Any]]
    unprinted: Sequence[str] = ()


def add_template(name: str, raw: bytes, codes: Codes, *, by: Actor, at: datetime) -> UUID:
    """Keep a checked file as the first version of a new template."""
    template = BriefingTemplate(id=uuid4(), name=name, added_at=at)
    values = _version(raw, codes, by=by, at=at)
    with transaction() as session:
        session.add(template)
        session.flush()
        session.add(BriefingVersion(template_id=template.id, number=1, **values))
        journal.write("briefing_template.added", TEMPLATE, template.id, by=by, at=at, hash=values["sha256"])
    return template.id


def add_version(template_id: UUID, raw: bytes, codes: Codes, *, by: Actor, at: datetime) -> None:
    """Keep a checked file as the next version of a template. Raises Refusal `template-gone`."""
    values = _version(raw, codes, by=by, at=at)
    with transaction() as session:
        if locked(BriefingTemplate, template_id) is None:
            raise Refusal("template-gone", 409)
        number = queries.versions_of(template_id)[0].number + 1
        session.add(BriefingVersion(template_id=template_id, number=number, **values))
        journal.write("briefing_template.changed", TEMPLATE, template_id, by=by, at=at, hash=values["sha256"])


def close_template(template_id: UUID, is_closed: bool, *, by: Actor, at: datetime) -> None:
    """Take a template out of use, or back into use; its reports stay. Raises Refusal `template-gone`."""
    with transaction():
        template = locked(BriefingTemplate, template_id)
        if template is None:
            raise Refusal("template-gone", 409)
        template.is_closed = is_closed
        if is_closed:
            journal.write("briefing_template.closed", TEMPLATE, template_id, by=by, at=at)
        else:
            journal.write("briefing_template.reopened", TEMPLATE, template_id, by=by, at=at)


def adopt(preset: Preset, *, by: Actor, at: datetime) -> UUID:
    """Make one of our own presets a template of the district."""
    codes = [(code, 0, "", "") for code in codes_in(presets.text_of(preset))]
    return add_template(presets.NAMES[preset], presets.build(preset), codes, by=by, at=at)


def _version(raw: bytes, codes: Codes, *, by: Actor, at: datetime) -> dict[str, Any]:
    rest = {"codes": [list(code) for code in codes], "added_by": by.id, "added_at": at}
    return _of_file(BriefingVersion, raw) | rest


def _of_file(model: Any, raw: bytes) -> dict[str, Any]:
    """The columns of a file, sealed before a lock is taken."""
    sealed = sealed_early(model, {"file": b64encode(raw).decode()})
    return sealed | {"sha256": hashlib.sha256(raw).hexdigest(), "size": len(raw)}


def draft(
    version_id: UUID,
    unit_id: UUID,
    since: date,
    until: date,
    typed: Mapping[str, str],
    sources_of: Sources | None = None,
    *,
    by: Actor,
    at: datetime,
) -> Draft:
    """Fill a template from the records as they are now, in Chinese. `typed` are texts by their codes, `sources_of` the
    daily reports from which they came.

    Raises Refusal `template-…` or `briefing-out-of-reach`.
    """
    version = queries.find_version(version_id)
    if version is None or version.template.is_closed:
        raise Refusal("template-gone", 409, field="version")
    scope = Scope(unit_id, since, until)
    raw, codes = version.content, [code for code, *_spot in version.codes]
    with force_locale("zh_CN"):
        values = sources.values_of(codes, _asked(scope, typed, by=by, at=at))
    try:
        filled = printing.fill(raw, {code: value.filling for code, value in values.items()})
    except Refusal as refusal:
        refusal.field = "version"  # of this form, which keeps what was typed
        raise
    printed = [_printed(code, values) for code in filled.printed]
    for row in printed:
        if came_from := (sources_of or {}).get(row["code"]):
            row["sources"] = list(came_from)
    unprinted = [code for code, text in typed.items() if text and code not in filled.printed]
    return Draft(version_id, scope, filled.file, filled.blocks, printed, unprinted)


def _asked(scope: Scope, typed: Mapping[str, str], *, by: Actor, at: datetime) -> sources.Asked:
    unit = units.find_visible(scope.unit_id, by.through(*MAKERS))
    if unit is None:
        raise Refusal("briefing-out-of-reach", 409, field="unit")
    held = {grant.role for grant in by.grants}
    roles = frozenset(role for role in held if units.find_visible(unit.id, by.through(role)))
    return sources.Asked(by, unit, roles, unit.parent_id is None, scope, at, typed)


def _printed(code: str, values: Mapping[str, Value]) -> dict[str, Any]:
    """A printed value, or a cell of a list: `org.offices[2].leader`."""
    name, _bracket, rest = code.partition("[")
    value = values[name]
    days = {"since": value.since and value.since.isoformat(), "until": value.until and value.until.isoformat()}
    if not rest:
        return {"code": code, "text": value.text, "about": value.about, **days}
    row, _bracket, field = rest.partition("].")
    assert value.rows is not None, code
    text, about = value.rows[int(row)][field], value.abouts[int(row)]
    if field in value.undated:
        days = {"since": None, "until": None}
    return {"code": code, "text": text, "about": about, **days}


def keep(briefing_id: UUID, drafted: Draft, *, by: Actor, at: datetime) -> UUID:
    """Keep a report under the id of its form, so that a second press keeps nothing more; returns its id.

    Raises Refusal `briefing-other-content` when somebody else's report has this id.
    """
    of_file, scope = _of_file(Briefing, drafted.file), drafted.scope
    with transaction() as session:
        before = session.get(Briefing, briefing_id)
        if before is not None:
            if before.made_by != by.id:
                raise Refusal("briefing-other-content")
            return briefing_id
        number = next_number(PREFIX, clock.district_day(at))
        about = {"version_id": drafted.version_id, "unit_id": scope.unit_id, "since": scope.since, "until": scope.until}
        text = {"blocks": drafted.blocks, "printed": drafted.printed}
        session.add(Briefing(id=briefing_id, number=number, made_by=by.id, made_at=at, **about, **text, **of_file))
        journal.write("briefing.made", "briefing", briefing_id, by=by, at=at, number=number, hash=of_file["sha256"])
    return briefing_id

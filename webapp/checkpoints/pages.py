"""Data for the pages of the gate: a returning visitor's form, the rule for the tablet, the panel."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import url_for
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from webapp.checkpoints import labels, queries, rules
from webapp.checkpoints.forms import VisitForm
from webapp.checkpoints.models import Visit
from webapp.district.queries import preferences
from webapp.kernel import clock, personal
from webapp.kernel.access import Reach
from webapp.kernel.drawing import when
from webapp.kernel.i18n import write_moment
from webapp.kernel.listing.declaration import PageOf

INSIDE_SHOWN, LATEST_SHOWN = 30, 10
CARRIED = "typed"  # the field in which another form carries an unsaved arrival


def rows_of(visits: list[Visit]) -> list[dict[str, str]]:
    """Visits as masked rows of search results."""
    return [
        {
            "url": url_for("checkpoints.show", visit_id=visit.id),
            "name": personal.mask_name(visit.name),
            "note": " · ".join(
                part
                for part in (
                    personal.mask_phone(visit.phone),
                    personal.mask_plate(visit.plate),
                    write_moment(visit.entered_at),
                )
                if part
            ),
        }
        for visit in visits
    ]


def filled_from(earlier: Visit) -> VisitForm:
    """A form for a returning visitor: personal data, plate and host by reference to the earlier visit, other fields as
    last time, except temperature and companions.
    """
    return VisitForm(
        known=earlier.id,
        same_plate=bool(earlier.plate),
        origin=earlier.origin,
        purpose=earlier.purpose,
        same_host=bool(earlier.host),
        companions=0,
    )


def started_with(q: str) -> VisitForm:
    """A form for a new visitor, with the search text in the field that it fits."""
    number, plate = personal.normal_number(q), personal.normal_plate(q)
    looks = rules.looks_like(q)
    if looks is rules.Looks.ID_NUMBER:
        return VisitForm(id_type=personal.IdType.RESIDENT_ID.value, id_number=number)
    if looks is rules.Looks.DOCUMENT:
        return VisitForm(id_number=number)
    typed = {rules.Looks.PHONE: ("phone", number), rules.Looks.PLATE: ("plate", plate)}
    field, text = typed.get(looks, ("name", q))
    return VisitForm(**{field: text})


def standing_at(place_id: UUID, form: VisitForm) -> VisitForm:
    """The form with the gate of the page as its place, which is not chosen."""
    form.place.is_fixed, form.place.data, form.place.raw_data = True, place_id, None
    return form


def known_of(form: VisitForm, reach: Reach) -> Visit | None:
    """The earlier visit to which a posted form refers."""
    return queries.find_at_gate(form.known.data, reach) if form.known.data else None


def is_blank(form: VisitForm) -> bool:
    """Whether nothing stands in the form but the gate of its page."""
    return not form.errors and not any(field.data or field.raw_data for field in form if field is not form.place)


def carriable(typed: MultiDict[str, str] | None) -> str | None:
    """An unsaved arrival as one text, which the other forms of the page carry without JavaScript."""
    kept = [pair for pair in (typed or MultiDict()).items(multi=True) if pair[0] not in (CARRIED, "csrf_token")]
    return urlencode(kept) if kept else None


def carried(fields: MultiDict[str, str]) -> MultiDict[str, str] | None:
    """The unsaved arrival carried by another form."""
    typed = fields.get(CARRIED)
    return MultiDict(parse_qsl(typed, keep_blank_values=True)) if typed else None


def own_fields(fields: MultiDict[str, str]) -> MultiDict[str, str]:
    """The fields of a form without the arrival that it carries."""
    return MultiDict([pair for pair in fields.items(multi=True) if pair[0] != CARRIED])


def rule() -> dict[str, str]:
    """The rule of the gate as data- attributes, so that the tablet proposes a decision while typing."""
    district = preferences()
    return {
        "fever": str(district.fever_celsius),
        "comparison": district.fever_comparison.value,
        "cold": str(rules.SUSPICIOUSLY_COLD),
        "areas": json.dumps(list(district.risk_areas), ensure_ascii=False),
    }


def words() -> str:
    """The texts for messages of the tablet, as JSON."""
    texts = {code.value: str(text) for known in (labels.DECISIONS, labels.REASONS) for code, text in known.items()}
    texts |= {code: str(text) for code, text in labels.WHILE_TYPING.items()}
    return json.dumps(texts, ensure_ascii=False)


def seen(place_id: UUID, at: datetime) -> str:
    """The digest of a panel, by which a tablet that has it all is answered without drawing."""
    count, _visits = queries.counts_inside(place_id)
    return _digest(count, at, queries.marks(place_id, at, INSIDE_SHOWN, LATEST_SHOWN + 1))


def _digest(count: int, at: datetime, marks: list[Any]) -> str:
    return hashlib.sha256(repr([count, clock.district_day(at), *marks]).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Shown:
    """A visit as a row of the panel, with the texts and the address that the template shows."""

    visit: Any
    url: str
    who: str
    when: Markup


_PAGE = PageOf("checkpoints.show", "visit_id")


def _shown(visits: Sequence[Any], at: datetime) -> list[Shown]:
    named = zip(visits, _PAGE.each(visits), strict=True)
    return [Shown(visit, url, labels.who(visit), when(visit.entered_at, at)) for visit, url in named]


def panel(place: Any, at: datetime, **more: Any) -> dict[str, Any]:
    """The right-hand column: people inside, recent departures, and the last arrivals with the refused ones first.

    `seen` is a digest of all of it, by which a tablet skips an unchanged column.
    """
    there = queries.inside(place.id, limit=INSIDE_SHOWN)
    left, latest = queries.just_left(place.id, at), queries.latest(place.id, LATEST_SHOWN + 1)
    count, visits = queries.counts_inside(place.id)
    return {
        "place": place,
        "at": at,
        "head_count": count,
        "inside": _shown(there, at),
        "inside_left_out": max(visits - INSIDE_SHOWN, 0),
        "left": _shown(left, at),
        "latest": sorted(_shown(latest[:LATEST_SHOWN], at), key=lambda row: row.visit.decision is rules.Decision.PASS),
        "has_more_latest": len(latest) > LATEST_SHOWN,
        "seen": _digest(count, at, [(visit.id, visit.left_at, visit.undone_at) for visit in (*there, *left, *latest)]),
        "labels": labels,
        "departure_refusal": None,
        "scan_result": None,
        "typed": None,
    } | more

"""What the pages of the gate show: a returning visitor's form, the rule for the tablet, the day's card."""

import hashlib
import json
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from webapp.checkpoints import labels, queries, rules
from webapp.checkpoints.forms import VisitForm
from webapp.checkpoints.models import Visit
from webapp.district.queries import preferences
from webapp.kernel import clock, personal
from webapp.kernel.access import Reach
from webapp.kernel.i18n import write_moment

INSIDE_SHOWN, LATEST_SHOWN = 40, 10
CARRIED = "typed"  # the field in which a form carries an arrival that stands beside it


def rows_of(visits: list[Visit]) -> list[dict[str, str]]:
    """Found visitors, masked."""
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
    """A form for a returning visitor: who, in what and to whom by reference, the rest as last time; never the
    temperature nor how many come along.
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
    """A form for somebody new: what was typed to look for them stands in the field it fits."""
    number, plate = personal.normal_number(q), personal.normal_plate(q)
    looks = rules.looks_like(q)
    if looks is rules.Looks.ID_NUMBER:
        return VisitForm(id_type=personal.IdType.RESIDENT_ID.value, id_number=number)
    if looks is rules.Looks.DOCUMENT:
        return VisitForm(id_number=number)
    typed = {rules.Looks.PHONE: ("phone", number), rules.Looks.PLATE: ("plate", plate)}
    field, text = typed.get(looks, ("name", q))
    return VisitForm(**{field: text})


def known_of(form: VisitForm, reach: Reach) -> Visit | None:
    """The earlier visit a posted form refers to."""
    return queries.find_visit(form.known.data, reach) if form.known.data else None


def carriable(typed: MultiDict[str, str] | None) -> str | None:
    """An arrival that is typed and not saved, as one text that the forms beside it carry where no script runs."""
    kept = [pair for pair in (typed or MultiDict()).items(multi=True) if pair[0] not in (CARRIED, "csrf_token")]
    return urlencode(kept) if kept else None


def carried(fields: MultiDict[str, str]) -> MultiDict[str, str] | None:
    """The arrival that a form beside it carried."""
    typed = fields.get(CARRIED)
    return MultiDict(parse_qsl(typed, keep_blank_values=True)) if typed else None


def own_fields(fields: MultiDict[str, str]) -> MultiDict[str, str]:
    """What belongs to the form itself, without the arrival that it carried."""
    return MultiDict([pair for pair in fields.items(multi=True) if pair[0] != CARRIED])


def rule() -> dict[str, str]:
    """The rule of the gate as data- attributes, so that the tablet proposes while the temperature is typed."""
    district = preferences()
    return {
        "fever": str(district.fever_celsius),
        "comparison": district.fever_comparison.value,
        "cold": str(rules.SUSPICIOUSLY_COLD),
        "areas": json.dumps(list(district.risk_areas), ensure_ascii=False),
    }


def words() -> str:
    """What the tablet says by itself."""
    told = {code.value: str(text) for known in (labels.DECISIONS, labels.REASONS) for code, text in known.items()}
    told |= {code: str(text) for code, text in labels.WHILE_TYPING.items()}
    return json.dumps(told, ensure_ascii=False)


def panel(place: Any, at: datetime, **more: Any) -> dict[str, Any]:
    """The right-hand column: who is inside, who just left, the last arrivals with the wrong ones first.

    `seen` stands for all of it, so that a tablet that has it already is not disturbed.
    """
    there = queries.inside(place.id, limit=INSIDE_SHOWN)
    left, latest = queries.just_left(place.id, at), queries.latest(place.id, LATEST_SHOWN + 1)
    count, visits = queries.counts_inside(place.id)
    shown = [count, clock.district_day(at), *((one.id, one.left_at, one.undone_at) for one in (*there, *left, *latest))]
    return {
        "place": place,
        "at": at,
        "head_count": count,
        "inside": there,
        "inside_left_out": max(visits - INSIDE_SHOWN, 0),
        "left": left,
        "latest": sorted(latest[:LATEST_SHOWN], key=lambda one: one.decision is rules.Decision.PASS),
        "has_more_latest": len(latest) > LATEST_SHOWN,
        "seen": hashlib.sha256(repr(shown).encode()).hexdigest()[:16],
        "labels": labels,
        "told": None,
        "said": None,
        "typed": None,
    } | more

"""One's own records of every kind: what somebody recorded, whatever it was."""

import json
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from webapp.kernel import forms
from webapp.kernel.access import EVERYONE, Reach, Role
from webapp.kernel.entries import Entry
from webapp.kernel.kinds import Kind, kinds
from webapp.kernel.listing import Column, Listing
from webapp.kernel.listing.filters import period
from webapp.places.queries import names

AUTHORS = tuple(role for role in EVERYONE if role is not Role.AUDITOR)  # an auditor records nothing


class MineFilter(forms.Form):
    since = forms.day(_l("自"))
    until = forms.day(_l("至"), not_before="since")


def mine(reach: Reach, filters: dict[str, Any]) -> Select[Any]:
    """What the actor recorded; who delivered it does not matter."""
    return select(Entry).where(Entry.author_id == reach.actor.id, *period(Entry.received_at, filters))


def _kind_of(entry: Entry) -> Kind | None:
    """The kind of an entry, or that of the record it corrects or makes void."""
    return kinds().get(entry.kind.removesuffix(".correction").removesuffix(".void"))


def _what(entry: Entry) -> str:
    kind = _kind_of(entry)
    words = str(kind.label) if kind else entry.kind
    if entry.kind.endswith(".correction"):
        return str(_("更正%(what)s", what=words))
    return str(_("作废%(what)s", what=words)) if entry.kind.endswith(".void") else words


def _place_of(entry: Entry) -> UUID | None:
    """The place that its form names, if it names one."""
    try:
        return UUID(json.loads(entry.content)["place"][0])
    except (KeyError, IndexError, TypeError, ValueError):
        return None


def _url_of(entry: Entry) -> str | None:
    kind = _kind_of(entry)
    return kind.record_url(entry) if kind else None


MINE = Listing(
    id="mine",
    template="today/mine.html",
    title=_l("我的记录"),
    columns=(
        Column("what", _l("登记的内容"), _what),
        Column("place", _l("场所"), _place_of, names=names),
        Column("at", _l("收到时间"), lambda entry: entry.received_at, kind="moment"),
        Column("seq", _l("回执号"), lambda entry: entry.seq, kind="number", priority=2),
    ),
    select=mine,
    order=(Entry.seq,),
    filters=MineFilter,
    url=_url_of,
    empty_title=_l("您还没有登记过"),
    empty_text=_l("您登记的检查、出入库单、来访、宣传等会按时间排在这里。"),
)

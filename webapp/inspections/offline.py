"""Checks recorded without a network."""

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from webapp.kernel import offline
from webapp.kernel.access import Actor, Role
from webapp.kernel.entries import Entry
from webapp.kernel.offline import LateKind


def _record_url(entry: Entry) -> str:
    return url_for("inspections.show", inspection_id=entry.uuid)


def _load(_form: Any, _actor: Actor) -> dict[str, Any]:
    return {}


offline.register(
    LateKind(
        name="inspection",
        label=_l("现场检查"),
        roles=(Role.INSPECTOR,),
        record_url=_record_url,
        fields_template="sync/_fields.html",
        load=_load,
    )
)

"""What places contribute."""

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.kernel.access import EVERYONE, Role
from webapp.kernel.board import Action
from webapp.kernel.disclosure import Particular, Subject
from webapp.kernel.errors import Constraint
from webapp.kernel.feature import Feature
from webapp.kernel.navigation import Area, NavEntry
from webapp.kernel.scanning import Resolver
from webapp.places import kept, queries
from webapp.places.labels import LOGGED, REFUSALS, SUBJECTS
from webapp.places.lists import PLACES
from webapp.places.scanned import resolve, search
from webapp.places.views import bp

FEATURE = Feature(
    name="places",
    area=Area.MASTERS,
    blueprint=bp,
    references=(kept.PLACES,),
    navigation=(NavEntry("places.places", lazy_pgettext("list", "场所"), "place", EVERYONE, Area.MASTERS, order=80),),
    lists=(PLACES,),
    reveals=(
        Subject(
            name="place",
            label=_l("场所联系人"),
            rule="/places/<uuid:place_id>/phone",
            action="place.contact-revealed",
            roles=queries.CALLERS,
            find=queries.find_visible,
            whole=lambda place: [
                Particular(_l("联系人"), place.contact_name),
                Particular(_l("联系电话"), place.contact_phone, is_phone=True),
            ],
            page=lambda place_id: url_for("places.place", place_id=place_id),
        ),
    ),
    scans=(Resolver(EVERYONE, resolve, search),),
    actions=(Action("places.add", _l("添加场所"), "place", (Role.ADMINISTRATOR,), order=61),),
    refusals=REFUSALS,
    logged=LOGGED,
    subjects=SUBJECTS,
    constraints=(
        Constraint("uq_place_code", "place-code-taken", field="code"),
        Constraint("ix_place_code_key", "place-code-taken", field="code"),
    ),
)

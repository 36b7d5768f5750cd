"""What places contribute."""

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.kernel.access import EVERYONE, Role
from webapp.kernel.board import Action
from webapp.kernel.errors import Constraint
from webapp.kernel.feature import Feature
from webapp.kernel.navigation import Area, NavEntry
from webapp.kernel.scanning import Resolver
from webapp.places import kept
from webapp.places.labels import REFUSALS
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
    scans=(Resolver(EVERYONE, resolve, search),),
    actions=(Action("places.add", _l("添加场所"), "place", (Role.ADMINISTRATOR,), order=61),),
    refusals=REFUSALS,
    constraints=(
        Constraint("uq_place_code", "place-code-taken", field="code"),
        Constraint("ix_place_code_key", "place-code-taken", field="code"),
    ),
)

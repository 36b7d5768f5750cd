"""Places of every kind: what they are, whose they are, and what may be done there."""

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from webapp.kernel import errors, navigation, scanning
from webapp.kernel.access import EVERYONE
from webapp.places import offline as offline  # registers what devices keep of places
from webapp.places.labels import REFUSALS
from webapp.places.scanned import resolve
from webapp.places.views import bp

errors.register(REFUSALS)
errors.constraint("uq_place_code", "place-code-taken", field="code")
errors.constraint("ix_place_code_key", "place-code-taken", field="code")
scanning.resolver("places", EVERYONE, resolve)
navigation.register(
    navigation.NavEntry("places.places", lazy_pgettext("list", "场所"), "place", EVERYONE, _l("基础资料"), order=80)
)

__all__ = ["bp"]

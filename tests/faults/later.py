"""The server with one more kind of entry, which consists of this declaration: form, roles and blank form.

`python -m tests.faults.later serve`; the product knows nothing of it.
"""

import sys

from flask_babel import lazy_gettext as _l

from webapp import FEATURES
from webapp.kernel import forms
from webapp.kernel.access import Role
from webapp.kernel.feature import Feature
from webapp.kernel.kinds import BlankForm, Kind
from webapp.operations import serving, starting

KIND, SLUG = "test.note", "note"


class NoteForm(forms.Form):
    place = forms.reference(_l("场所"), "places", kinds=("hospital",), required=True)
    said = forms.text(_l("备注"), required=True, maximum=60)
    quantity = forms.number(_l("数量"), places=1, minimum=0, maximum=10)
    way = forms.segments(_l("方式"), [("in", _l("到达")), ("out", _l("离开"))])


def _apply(_entry, _data, _photos, *, by, at):
    """The note is the entry itself."""


NOTE = Kind(KIND, _l("备注"), NoteForm, _apply, late_roles=(Role.INSPECTOR,), forms=(BlankForm(SLUG, _l("备注")),))
FEATURE = Feature(name="later", kinds=(NOTE,))


def main():
    app = starting.application(features=(*FEATURES, FEATURE))
    serving.serve(app, app.config["SETTINGS"], when_ready=lambda: None)


if __name__ == "__main__":
    sys.exit(main())

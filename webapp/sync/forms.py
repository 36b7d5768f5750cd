"""Forms about envelopes that could not be applied."""

from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.kernel import forms
from webapp.sync.labels import STATES
from webapp.sync.rules import State


class NoteForm(forms.Form):
    note = forms.text(_l("理由"), required=True, maximum=300)

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.note.id = self.note.label.field_id = "aside-note"  # a record on the same page may have a note of its own


class TrayFilter(forms.Form):
    state = forms.choice(_l("状态"), [(state.value, STATES[state]) for state in State], required=False)


class DeviceFilter(forms.Form):
    waiting = forms.yes(_l("只看还有待传记录的设备"))

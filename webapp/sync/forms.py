"""The shapes of what people say about envelopes that could not be applied."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.kernel import forms
from webapp.kernel.offline import Question
from webapp.sync.labels import STATES
from webapp.sync.rules import State


class NoteForm(forms.Form):
    note = forms.text(_l("理由"), required=True, maximum=300)


class TrayFilter(forms.Form):
    state = forms.choice(_l("状态"), [(state.value, STATES[state]) for state in State], required=False)


class DeviceFilter(forms.Form):
    waiting = forms.yes(_l("只看还有待传记录的设备"))


def counting(questions: Sequence[Question]) -> type[forms.Form]:
    """A form with a number for every question."""
    fields: dict[str, Any] = {
        one.name: forms.number(one.label, required=True, places=3, minimum=0, maximum=10**9, unit=one.unit)
        for one in questions
    }
    return type("CountingForm", (forms.Form,), fields)

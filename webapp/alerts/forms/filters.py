"""The filters of the lists."""

from flask_babel import lazy_gettext as _l

from webapp.alerts import labels
from webapp.alerts.rules import AlertState, DeliveryState
from webapp.kernel import forms

_LEVELS = [(level.value, words) for level, words in labels.LEVELS.items()]


class AlertFilter(forms.Form):
    state = forms.choice(_l("状态"), [(s.value, labels.STATES[s]) for s in AlertState], required=False)
    level = forms.choice(_l("紧急程度"), _LEVELS, required=False)


class DeliveryFilter(forms.Form):
    state = forms.choice(_l("结果"), [(s.value, labels.DELIVERIES[s]) for s in DeliveryState], required=False)

"""Forms of rules, channels and devices, and the filters of the lists."""

from webapp.alerts.forms.channels import channel_form
from webapp.alerts.forms.devices import DeviceForm
from webapp.alerts.forms.filters import AlertFilter, DeliveryFilter
from webapp.alerts.forms.rules import NEW_RULE, RuleForm, rule_as_data, rule_form

__all__ = [
    "NEW_RULE",
    "AlertFilter",
    "DeliveryFilter",
    "DeviceForm",
    "RuleForm",
    "channel_form",
    "rule_as_data",
    "rule_form",
]

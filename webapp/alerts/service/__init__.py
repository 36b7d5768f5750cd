"""What people and the watcher do with alerts."""

from webapp.alerts.service.answering import acknowledge, acknowledge_all
from webapp.alerts.service.pushing import add_device, arrived, our_key, remove_device, try_device
from webapp.alerts.service.sending import deliver, send_test
from webapp.alerts.service.settings import ChannelFacts, RuleFacts, add_presets, put_channel, put_rule
from webapp.alerts.service.sweeping import sweep
from webapp.alerts.service.watching import watch

__all__ = [
    "ChannelFacts",
    "RuleFacts",
    "acknowledge",
    "acknowledge_all",
    "add_device",
    "add_presets",
    "arrived",
    "deliver",
    "our_key",
    "put_channel",
    "put_rule",
    "remove_device",
    "send_test",
    "sweep",
    "try_device",
    "watch",
]

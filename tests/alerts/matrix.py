"""The rows of alerts in the tests that walk all features."""

from sqlalchemy import select

from tests.support.matrix import ADMIN, EVERYBODY, OVERSIGHT, PUBLIC, Rows
from webapp.alerts import service
from webapp.alerts.models import Alert, AlertDelivery
from webapp.alerts.rules import ChannelKind
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.deadlines import Level


def record(world):
    """A channel, a rule about the number of checks, and its alert."""
    at, by = clock.now(), world.by["administrator"]
    facts = {"name": world.note[:20], "kind": ChannelKind.WEBHOOK, "language": "zh", "host": "robot.example"}
    secret = {"url": "https://192.0.2.1/", "key": None}
    channel_id = service.put_channel(service.ChannelFacts(**facts, is_active=True, secret=secret), by=by, at=at)
    rule = {"source": "figure:inspections.checks", "threshold": 1, "level": Level.WARNING}
    everybody = (f"person:{by.id}", f"person:{world.by['inspector'].id}")
    facts = service.RuleFacts(name=world.note[:20], recipients=everybody, channels=(str(channel_id),), **rule)
    rule_id = service.put_rule(facts, by=by, at=at)
    service.watch(at)
    device = {"endpoint": "https://192.0.2.1/push", "p256dh": "", "auth": ""}
    device_id = service.add_device(device, "192.0.2.1", "", "zh", by=by, at=at)
    ids = {"alert_id": first(Alert), "delivery_id": first(AlertDelivery), "device_id": device_id}
    return ids | {"channel_id": channel_id, "rule_id": rule_id, "kind": ChannelKind.WEBHOOK.value}


def first(model):
    return db.session.scalars(select(model.id)).first()


# Roles with alerts in the demonstration, of their own or within reach.
ALERTED = (Role.INSPECTOR, Role.KEEPER, Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR)
ROWS = Rows(
    access={
        "alerts.index": EVERYBODY,
        "alerts.show": EVERYBODY,
        "alerts.acknowledge": EVERYBODY,
        "alerts.acknowledge_all": EVERYBODY,
        "alerts.every": OVERSIGHT,
        "alerts.rules": ADMIN,
        "alerts.new_rule": ADMIN,
        "alerts.edit_rule": ADMIN,
        "alerts.presets": ADMIN,
        "alerts.channels": ADMIN,
        "alerts.channel": ADMIN,
        "alerts.new_channel": ADMIN,
        "alerts.test_channel": ADMIN,
        "alerts.deliveries": {"administrator", "auditor"},
        "alerts.delivery": {"administrator", "auditor"},
        "alerts.live": EVERYBODY,
        "alerts.devices": EVERYBODY,
        "alerts.add_device": EVERYBODY,
        "alerts.test_device": EVERYBODY,
        "alerts.remove_device": EVERYBODY,
        "alerts.arrived": PUBLIC,
    },
    without_records={role: {"alerts.show"} for role in Role if role not in ALERTED},
    auditor_posts={
        "alerts.acknowledge",  # that one has read it changes nothing that counts
        "alerts.acknowledge_all",
        "alerts.add_device",  # of the auditor's own
        "alerts.test_device",
        "alerts.remove_device",
    },
    not_pages={"alerts.live"},
)

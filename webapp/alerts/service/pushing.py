"""Web push: turning it on for a device, trying it, and what each recipient's devices are sent.

A device is used only after a test message came back from it: many networks let the subscription through and not the
messages.
"""

import hashlib
import hmac
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import update

from webapp.alerts import queries
from webapp.alerts.channels import sending
from webapp.alerts.channels.coding import key_of
from webapp.alerts.channels.push import Notice, Signer
from webapp.alerts.channels.sending import Outcome
from webapp.alerts.models import Alert, AlertDevice
from webapp.alerts.rules import MOST_DEVICES
from webapp.alerts.words import notice_of, own_address, test_notice
from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.access import Actor
from webapp.kernel.database import hold, transaction
from webapp.kernel.deadlines import Level
from webapp.kernel.errors import Refusal
from webapp.kernel.sealing import blind, keyring

_AT_ONCE = 8  # devices


@dataclass(frozen=True, slots=True)
class Push:
    """A notice to one device, as plain values."""

    device_id: UUID
    secret: Any
    notice: Notice
    is_urgent: bool


def our_key() -> Signer:
    """The key of this installation for web push."""
    address = own_address()
    is_public = address.startswith("https://")
    return Signer(key_of(keyring().push), address if is_public else "mailto:frontline@example.invalid")


def add_device(secret: Mapping[str, str], host: str, device: str, language: str, *, by: Actor, at: datetime) -> UUID:
    """Keep a subscription of this person's browser, to be tried; gives its id. One of another person on the same
    browser becomes theirs. Raises Refusal `push-too-many`.
    """
    endpoint_key = blind(secret["endpoint"], "alert_device.endpoint") or ""
    with transaction() as session:
        hold("alerts.devices")
        row = queries.find_device_of(endpoint_key) or AlertDevice(id=uuid4(), endpoint_key=endpoint_key)
        if row.person_id != by.id and len(queries.devices_of(by.id)) >= MOST_DEVICES:
            raise Refusal("push-too-many", most=MOST_DEVICES)
        row.person_id, row.device, row.language, row.host = by.id, device[:300], language, host
        row.secret, row.added_at, row.usable_at, row.ended_at, row.outcome = dict(secret), at, None, None, None
        session.add(row)
        session.flush()
        journal.write("alert_device.added", "alert_device", row.id, by=by, at=at)
        return row.id


def try_device(device_id: UUID, *, by: Actor, at: datetime) -> Outcome:
    """Send a test message that the device reports back. Raises Refusal `device-gone` (404)."""
    token = secrets.token_urlsafe(32)
    with transaction():
        row = queries.find_device(device_id, by.id)
        if row is None:
            raise Refusal("device-gone", 404)
        row.token_hash, row.tested_at = _hash(token), at
        secret, notice = row.secret, test_notice(device_id, token, row.language)
    outcome = sending.push(secret, notice, our_key(), at, may_be_inside=_may_be_inside())
    note({device_id: outcome}, at)
    return outcome


def try_own_devices(language: str, *, by: Actor, at: datetime) -> Outcome:
    """Send a test message to the usable devices of this person; "nobody" without one."""
    devices = [row for row in queries.devices_of(by.id) if row.usable_at]
    pushes = [Push(row.id, row.secret, test_notice(row.id, "", language), is_urgent=False) for row in devices]
    db.session.rollback()
    outcomes = push_all(pushes, our_key(), at, may_be_inside=_may_be_inside())
    note(outcomes, at)
    return together(outcomes)


def arrived(device_id: UUID, token: str, *, at: datetime) -> bool:
    """A device reports the token of its test message, and is used from now on. False if it is not its last token."""
    known = queries.token_of(device_id)  # read first: whoever calls has no session, and gets no lock for nothing
    if not known or not hmac.compare_digest(known, _hash(token)):
        return False
    with transaction() as session:
        mine = update(AlertDevice).where(AlertDevice.id == device_id, AlertDevice.token_hash == known)
        session.execute(mine.values(usable_at=at, token_hash=None, ended_at=None))
        journal.write("alert_device.usable", "alert_device", device_id, by=None, at=at)
    return True


def remove_device(device_id: UUID, *, by: Actor, at: datetime) -> None:
    """Turn web push off for a device of this person. Raises Refusal `device-gone` (404)."""
    with transaction() as session:
        row = queries.find_device(device_id, by.id)
        if row is None:
            raise Refusal("device-gone", 404)
        session.delete(row)
        journal.write("alert_device.removed", "alert_device", device_id, by=by, at=at)


def pushes_of(alerts: Sequence[Alert], message_id: UUID) -> tuple[Push, ...]:
    """What the devices of the recipients are sent: each about those of the alerts that its person has."""
    by_id, of_device = {alert.id: alert for alert in alerts}, defaultdict[UUID, list[Alert]](list)
    devices = {}
    for alert_id, device in queries.devices_for(by_id):
        devices[device.id] = device
        of_device[device.id].append(by_id[alert_id])
    return tuple(
        Push(
            device.id,
            device.secret,
            notice_of(message_id, of_device[device.id], device.language),
            any(alert.level is Level.CRITICAL for alert in of_device[device.id]),
        )
        for device in devices.values()
    )


def push_all(pushes: Sequence[Push], by: Signer, at: datetime, *, may_be_inside: bool) -> dict[UUID, Outcome]:
    """The outcome of each device; several at once, and without a database."""

    def send(push: Push) -> Outcome:
        return sending.push(push.secret, push.notice, by, at, is_urgent=push.is_urgent, may_be_inside=may_be_inside)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip((push.device_id for push in pushes), pool.map(send, pushes), strict=True))


def together(outcomes: Mapping[UUID, Outcome]) -> Outcome:
    """What came of a message to several devices: it is sent if any took it; a device that is gone is nobody's fault."""
    for outcome in outcomes.values():
        if outcome.is_sent:
            return outcome
    failed = (outcome for outcome in outcomes.values() if outcome.code != "gone")
    return next(failed, Outcome("nobody", ""))


def note(outcomes: Mapping[UUID, Outcome], at: datetime) -> None:
    """Keep what came of each device; one that is gone is not used again."""
    by_code = defaultdict[str, list[UUID]](list)
    for device_id, outcome in outcomes.items():
        by_code[outcome.code].append(device_id)
    for code, ids in by_code.items():
        over = {"ended_at": at, "usable_at": None} if code == "gone" else {}
        with transaction() as session:
            session.execute(update(AlertDevice).where(AlertDevice.id.in_(ids)).values(outcome=code, **over))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _may_be_inside() -> bool:
    return bool(current_app.config["INSIDE_CHANNELS"])

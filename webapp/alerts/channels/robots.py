"""Robots of groups: what each is posted, and how its answer says that it took the message.

A robot answers 200 and says in the body that it refused: a wrong key, a missing keyword, too many messages.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from webapp.alerts.channels.addresses import Undelivered
from webapp.alerts.channels.messages import Message
from webapp.alerts.channels.posting import post
from webapp.alerts.rules import ChannelKind

Secret = Mapping[str, Any]
Request = tuple[str, dict[str, Any]]  # address and body


def _wecom(secret: Secret, message: Message, _at: datetime) -> Request:
    return secret["url"], {"msgtype": "text", "text": {"content": message.whole}}


def _dingtalk(secret: Secret, message: Message, at: datetime) -> Request:
    url, key = secret["url"], secret.get("key")
    if key:
        stamp = str(int(at.timestamp() * 1000))
        signed = hmac.digest(key.encode(), f"{stamp}\n{key}".encode(), hashlib.sha256)
        url += ("&" if "?" in url else "?") + urlencode({"timestamp": stamp, "sign": base64.b64encode(signed)})
    return url, {"msgtype": "text", "text": {"content": message.whole}}


def _feishu(secret: Secret, message: Message, at: datetime) -> Request:
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": message.whole}}
    if key := secret.get("key"):
        stamp = str(int(at.timestamp()))
        signed = hmac.digest(f"{stamp}\n{key}".encode(), b"", hashlib.sha256)
        body |= {"timestamp": stamp, "sign": base64.b64encode(signed).decode()}
    return secret["url"], body


def _webhook(secret: Secret, message: Message, _at: datetime) -> Request:
    facts = {"id": str(message.id), "title": message.title, "text": message.text, "repeated": message.is_repeated}
    return secret["url"], facts


_REQUESTS: dict[ChannelKind, Callable[[Secret, Message, datetime], Request]] = {
    ChannelKind.WECOM: _wecom,
    ChannelKind.DINGTALK: _dingtalk,
    ChannelKind.FEISHU: _feishu,
    ChannelKind.WEBHOOK: _webhook,
}
_CODES = {ChannelKind.WECOM: "errcode", ChannelKind.DINGTALK: "errcode", ChannelKind.FEISHU: "code"}


def send(kind: ChannelKind, secret: Secret, message: Message, at: datetime, *, may_be_inside: bool) -> str:
    """What the robot answered. Raises Undelivered."""
    url, facts = _REQUESTS[kind](secret, message, at)
    body = json.dumps(facts, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Frontline"}
    if kind is ChannelKind.WEBHOOK and secret.get("key"):
        headers["Authorization"] = f"Bearer {secret['key']}"
    if kind is ChannelKind.WEBHOOK:
        headers["Idempotency-Key"] = str(message.id)
    status, raw = post(url, body, headers, may_be_inside=may_be_inside)
    words = f"{status} {raw.decode('utf-8', 'replace')}".strip()
    if 300 <= status < 400:
        raise Undelivered("redirect", words)
    if not 200 <= status < 300:
        raise Undelivered("status", words)
    if (code := _CODES.get(kind)) and not _is_taken(raw, code):
        raise Undelivered("rejected", words)
    return words


def _is_taken(raw: bytes, code: str) -> bool:
    try:
        answer = json.loads(raw)
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get(code, answer.get("StatusCode")) == 0

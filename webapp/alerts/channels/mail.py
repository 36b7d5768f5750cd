"""Sends a message by e-mail."""

import smtplib
import ssl
from collections.abc import Callable, Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from webapp.alerts.channels.addresses import Undelivered
from webapp.alerts.channels.messages import Message
from webapp.alerts.channels.posting import SECONDS, within
from webapp.alerts.rules import Security

PORTS = (25, 465, 587)  # those of mail; any other only where channels may lead inside


def send(secret: Mapping[str, Any], message: Message, at: datetime, *, may_be_inside: bool) -> str:
    """What the mail server answered. Its address may be a private one, as a mail server's usually is; it speaks on a
    port of mail. Raises Undelivered.
    """
    if secret["port"] not in PORTS and not may_be_inside:
        raise Undelivered("inside")
    try:
        return within(lambda closers: _exchange(secret, _mail(secret, message, at), closers), 2 * SECONDS)
    except smtplib.SMTPAuthenticationError as error:
        raise Undelivered("login", _words(error)) from error
    except smtplib.SMTPResponseException as error:
        raise Undelivered("rejected", _words(error)) from error
    except smtplib.SMTPRecipientsRefused as error:
        answers = [f"{code} {words.decode('utf-8', 'replace')}" for code, words in error.recipients.values()]
        raise Undelivered("rejected", " ".join(answers)) from error
    except TimeoutError as error:
        raise Undelivered("timeout") from error
    except ssl.SSLError as error:
        raise Undelivered("tls") from error
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise Undelivered("unreachable") from error


def _exchange(secret: Mapping[str, Any], mail: EmailMessage, closers: list[Callable[[], None]]) -> str:
    host, port = secret["host"], secret["port"]
    context = ssl.create_default_context()
    is_tls = secret["security"] == Security.TLS
    server = (
        smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
        if is_tls
        else smtplib.SMTP(host, port, timeout=SECONDS)
    )
    closers.append(server.close)
    with server:
        if secret["security"] == Security.STARTTLS:
            server.starttls(context=context)
        if secret.get("user"):
            server.login(secret["user"], secret["password"])
        missed = server.send_message(mail)
    if missed:
        raise Undelivered("rejected", " ".join(f"{code} {words!r}" for code, words in missed.values()))
    return "250"


def _mail(secret: Mapping[str, Any], message: Message, at: datetime) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = message.title, secret["sender"], ", ".join(secret["to"])
    mail["Date"], mail["Message-ID"] = format_datetime(at), f"<{message.id}@frontline.invalid>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    return mail


def _words(error: smtplib.SMTPResponseException) -> str:
    words = error.smtp_error
    return f"{error.smtp_code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"

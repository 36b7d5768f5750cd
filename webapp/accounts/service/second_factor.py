"""The second step of sign-in: a TOTP of six digits, or a printed recovery code."""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy import delete, or_, update

from webapp.accounts import queries
from webapp.accounts.models import Attempt, Person, RecoveryCode, SignIn
from webapp.accounts.rules import FREE_ATTEMPTS, RECOVERY_CODES, STEP_SECONDS, has_lapsed, is_noted
from webapp.accounts.service import throttle
from webapp.accounts.service.persons import confirm_password
from webapp.accounts.service.sessions import SignedIn, end_sessions
from webapp.extensions import db
from webapp.kernel import journal
from webapp.kernel.access import Actor
from webapp.kernel.database import changed_one, hold, transaction
from webapp.kernel.errors import Refusal
from webapp.kernel.personal import is_unopened
from webapp.kernel.sealing import Unreadable, blind, keyring

_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def pass_second_step(token: str, typed: str, *, known: Callable[[str], str | None], at: datetime) -> SignedIn:
    """Check a TOTP or recovery code for a session that awaits it; returns the session with its new token.

    `known(username)` returns the mark of this device if that username has signed in on it before.
    Raises Refusal `second-step-lapsed` (sign in again), `totp-wrong`, `sign-in-throttled`.
    """
    with transaction():
        live = queries.find_live_sign_in(token, at)
        if live is None or live[0].passed_totp or has_lapsed(live[0].began_at, at):
            raise Refusal("second-step-lapsed", 409)
        sign_in, person = live
        subject = throttle.subject("totp", f"{person.id} {known(person.username) or ''}")
        hold(f"attempt {subject}")
        is_throttled = queries.failures(subject, at) >= FREE_ATTEMPTS
        how = None if is_throttled else _accept(person, typed, at)
        if how:
            new = secrets.token_urlsafe(32)
            sign_in.passed_totp, sign_in.digest = True, queries.digest_of(new)
            journal.write(f"person.passed-{how}", "person", person.id, by=queries.actor_of(person, sign_in), at=at)
            return SignedIn(new, person.id, person.username)
        refusal = _note_refusal(person.id, str(sign_in.id), subject, is_throttled, at)
    raise refusal


def _note_refusal(person_id: UUID, sign_in_id: str, subject: str, is_throttled: bool, at: datetime) -> Refusal:
    """Count and journal a wrong code, or a code that was not looked at because of too many wrong ones."""
    if not is_throttled:
        db.session.add(Attempt(subject=subject, at=at))
        journal.write("person.sign-in-failed", "person", person_id, by=None, at=at, wrong="code", sign_in=sign_in_id)
        return Refusal("totp-wrong", 422, field="code")
    times = throttle.count_refusal(subject, at)
    if is_noted(times):
        details = {"times": times, "sign_in": sign_in_id}
        journal.write("person.sign-in-throttled", "person", person_id, by=None, at=at, **details)
    return throttle.Throttled(times)


def new_secret(by: Actor) -> tuple[str, str, str]:
    """A new secret as (secret, otpauth address for the QR code, sealed copy for the form)."""
    secret = pyotp.random_base32()
    address = pyotp.TOTP(secret).provisioning_uri(name=by.username, issuer_name="Frontline 防线")
    return secret, address, keyring().seal(secret, _purpose(by))


def reopen_secret(sealed: str, by: Actor) -> tuple[str, str]:
    """The secret and otpauth address from a form's sealed copy; raises Refusal `totp-form-stale`."""
    try:
        secret = keyring().open(sealed, _purpose(by))
    except Unreadable as error:
        raise Refusal("totp-form-stale", 409) from error
    return secret, pyotp.TOTP(secret).provisioning_uri(name=by.username, issuer_name="Frontline 防线")


def enrol(secret: str, code: str, password: str, *, by: Actor, at: datetime) -> list[str]:
    """Enable the second step and end the actor's other sessions; returns the recovery codes, to be shown once.

    Raises Refusal `password-wrong`, `totp-wrong`.
    """
    confirm_password(password, by=by, at=at)
    step = _matching_step(secret, code, None, at)
    if step is None:
        raise Refusal("totp-wrong", 422, field="code")
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    with transaction() as session:
        session.execute(update(Person).where(Person.id == by.id).values(totp_secret=secret, totp_last_step=step))
        session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == by.id))
        session.add_all(
            [RecoveryCode(person_id=by.id, digest=_digest(by.id, recovery_code)) for recovery_code in codes]
        )
        end_sessions(by.id, at, but=by.sign_in_id)
        session.execute(update(SignIn).where(SignIn.id == by.sign_in_id).values(passed_totp=True))
        journal.write("person.second-factor-enrolled", "person", by.id, by=by, at=at)
    return codes


def give_up(password: str, *, by: Actor, at: datetime) -> None:
    """Disable the actor's own second step. Raises Refusal `password-wrong`. The caller checks that it is optional."""
    confirm_password(password, by=by, at=at)
    with transaction() as session:
        session.execute(update(Person).where(Person.id == by.id).values(totp_secret=None, totp_last_step=None))
        session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == by.id))
        journal.write("person.second-factor-removed", "person", by.id, by=by, at=at)


def _accept(person: Person, typed: str, at: datetime) -> str | None:
    """Use up a valid code; returns `totp` or `recovery-code`, None for an invalid one."""
    secret = "" if is_unopened(person.totp_secret) else person.totp_secret or ""
    step = _matching_step(secret, typed, person.totp_last_step, at)
    if step is not None:
        unused = or_(Person.totp_last_step.is_(None), Person.totp_last_step < step)
        used = update(Person).where(Person.id == person.id, unused).values(totp_last_step=step)
        return "totp" if changed_one(used) else None
    mine = update(RecoveryCode).where(RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None))
    used = mine.where(RecoveryCode.digest == _digest(person.id, typed)).values(used_at=at)
    return "recovery-code" if changed_one(used) else None


def _matching_step(secret: str, typed: str, last: int | None, at: datetime) -> int | None:
    """The TOTP step of a code: the present one, or the one before or after for a wrong clock; never a used one."""
    plain = "".join(typed.split())
    if not secret or len(plain) != 6 or not (plain.isascii() and plain.isdigit()):
        return None
    totp, now = pyotp.TOTP(secret), int(at.timestamp()) // STEP_SECONDS
    for step in (now, now - 1, now + 1):
        if (last is None or step > last) and hmac.compare_digest(totp.generate_otp(step), plain):
            return step
    return None


def _recovery_code() -> str:
    letters = [secrets.choice(_LETTERS) for _ in range(10)]
    return "".join(letters[:5]) + "-" + "".join(letters[5:])


def _digest(person_id: UUID, code: str) -> str:
    return blind(f"{person_id}{code}", "recovery_code.digest") or ""


def _purpose(by: Actor) -> str:
    return f"totp.pending.{by.id}.{by.sign_in_id}"

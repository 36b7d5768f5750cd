"""Names, passwords and sign-ins: what is acceptable and for how long."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from zxcvbn import zxcvbn

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 128
LONGEST_NAME = 80
IDLE = timedelta(hours=12)
LONGEST_SIGN_IN = timedelta(days=7)
FREE_ATTEMPTS = 5  # wrong guesses at one name from one address, or on one device known for it
FREE_ATTEMPTS_NAME = 20  # at one name from all addresses but its known devices
FREE_ATTEMPTS_ADDRESS = 60  # from one address: a whole office may share it
KNOWN_FOR = timedelta(days=365)  # how long a device that signed in once keeps its own count of guesses
ATTEMPT_WINDOW = timedelta(minutes=15)
SECOND_STEP = timedelta(minutes=10)  # from the password to the code
STEP_SECONDS = 30  # of a TOTP (RFC 6238)
RECOVERY_CODES = 8
# What a patient attacker tries at one name within nine months of the throttle; counted over a list of 30,000 passwords
# and their usual variations (zxcvbn), and over words that only this country and this product add to it.
EASIEST_GUESSES = 500_000
_LOCAL_WORDS = ("frontline", "fangxian", "woaini", "aini", "520", "1314", "5201314", "zhongguo", "wuhan", "fangyi")
_JUDGED = 72  # characters that zxcvbn takes

TWO_STEPS = frozenset({"administrator", "commander"})  # roles that sign in with a second factor


class Owed(StrEnum):
    """What somebody must do after signing in, before anything else."""

    PASSWORD = "password"
    SECOND_FACTOR = "second_factor"


def must_have_second_factor(roles: Iterable[str], *, is_required: bool, is_demonstration: bool) -> bool:
    """Do these roles need one here? Demonstration persons never do: a demonstration has nothing to protect."""
    return is_required and not is_demonstration and not TWO_STEPS.isdisjoint(roles)


def owed(*, must_change_password: bool, must_have: bool, has_second_factor: bool) -> Owed | None:
    """The next forced step, the password first."""
    if must_change_password:
        return Owed.PASSWORD
    return Owed.SECOND_FACTOR if must_have and not has_second_factor else None


def has_lapsed(began_at: datetime, at: datetime) -> bool:
    """Was the code not typed in time after the password?"""
    return at - began_at > SECOND_STEP


def normal_username(typed: str) -> str:
    """One spelling of a username: NFKC, lower case, no outer spaces."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


def password_fault(password: str, username: str, name: str = "") -> str | None:
    """Why a password is not acceptable: too_short, too_long, like_username, like_name, common; None when it is fine."""
    if len(password) < SHORTEST_PASSWORD:
        return "too_short"
    if len(password) > LONGEST_PASSWORD:
        return "too_long"
    low = _plain(password)
    if len(username) > 2 and _plain(username) in low:
        return "like_username"
    parts = [part for part in re.split(r"[\s·.]+", name) if part]
    if any(_plain(part) in low for part in parts if len(part) > 2 or not part.isascii()):
        return "like_name"
    return "common" if _guesses(password, username, *parts) < EASIEST_GUESSES else None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _guesses(password: str, *about: str) -> int:
    """How many guesses somebody needs who knows the lists, and the person."""
    words = [*about, *_LOCAL_WORDS]
    return int(zxcvbn(password[:_JUDGED], user_inputs=words)["guesses"])


def is_username(text: str) -> bool:
    """Is this (already normal) text fit to be a username?"""
    return re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,59}", text) is not None


def has_ended(began_at: datetime, seen_at: datetime, at: datetime) -> bool:
    """Has a sign-in run out, idle or in all?"""
    return at - seen_at > IDLE or at - began_at > LONGEST_SIGN_IN


_BROWSERS = (
    ("micromessenger", "WeChat"),
    ("edg", "Edge"),
    ("opr/", "Opera"),
    ("firefox", "Firefox"),
    ("chrome", "Chrome"),
    ("crios", "Chrome"),
    ("safari", "Safari"),
)
_SYSTEMS = (
    ("harmony", "HarmonyOS"),
    ("android", "Android"),
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("windows", "Windows"),
    ("mac os", "macOS"),
    ("linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """What a person calls the device: browser and system; the first words where neither is known."""
    low = user_agent.lower()
    found = [next((name for mark, name in marks if mark in low), None) for marks in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, found)) or user_agent.split("/")[0][:40]


def path_inside(target: str | None) -> str:
    """Where a form may lead back to: a path of this site, nothing else."""
    path = re.sub(r"[\x00-\x20]", "", target or "")
    return path if re.match(r"^/(?![/\\])", path) else "/"

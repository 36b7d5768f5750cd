"""Rules of usernames, passwords and sign-ins."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from zxcvbn import zxcvbn

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 128
LONGEST_NAME = 80
LONGEST_POST = 60
IDLE = timedelta(hours=12)
LONGEST_SIGN_IN = timedelta(days=7)
FREE_ATTEMPTS = 5  # failed attempts per username from one address, or from one device known for it
FREE_ATTEMPTS_NAME = 20  # per username from all addresses and unknown devices
FREE_ATTEMPTS_ADDRESS = 60  # per address, which a whole office may share
KNOWN_FOR = timedelta(days=365)  # that a device is known after a sign-in
ATTEMPT_WINDOW = timedelta(minutes=15)
SECOND_STEP = timedelta(minutes=10)  # between the password and the code
STEP_SECONDS = 30  # of a TOTP (RFC 6238)
RECOVERY_CODES = 8
# The number of guesses at one username that the throttle permits within nine months; zxcvbn estimates guesses from
# 30,000 common passwords with their variations and from additional Chinese and product-specific words.
EASIEST_GUESSES = 500_000
_LOCAL_WORDS = ("frontline", "fangxian", "woaini", "aini", "520", "1314", "5201314", "zhongguo", "wuhan", "fangyi")
_JUDGED = 72  # characters that zxcvbn accepts

TWO_STEPS = frozenset({"administrator", "commander"})  # roles that need a second factor


class Owed(StrEnum):
    """A step that is mandatory after sign-in, before anything else."""

    PASSWORD = "password"
    SECOND_FACTOR = "second_factor"


def must_have_second_factor(roles: Iterable[str], *, is_required: bool, is_demonstration: bool) -> bool:
    """Whether a person with these roles needs a second factor. Demonstration persons never do."""
    return is_required and not is_demonstration and not TWO_STEPS.isdisjoint(roles)


def owed(*, must_change_password: bool, must_have: bool, has_second_factor: bool) -> Owed | None:
    """The next mandatory step, first the password; None if there is none."""
    if must_change_password:
        return Owed.PASSWORD
    return Owed.SECOND_FACTOR if must_have and not has_second_factor else None


def is_noted(times: int) -> bool:
    """Whether a refusal is journalled by its number in a day: the 1st, 10th, 100th ... An attack so writes few rows."""
    return str(times).rstrip("0") == "1"


def has_lapsed(began_at: datetime, at: datetime) -> bool:
    """Whether the time for the second step has expired."""
    return at - began_at > SECOND_STEP


def normal_username(typed: str) -> str:
    """The canonical spelling of a username: NFKC, lower case, without outer spaces."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


def password_fault(password: str, username: str, name: str = "") -> str | None:
    """The fault of a password: too_short, too_long, like_username, like_name or common; None if it is acceptable."""
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
    """The number of guesses for an attacker who knows the lists and the person (`about`)."""
    words = [*about, *_LOCAL_WORDS]
    return int(zxcvbn(password[:_JUDGED], user_inputs=words)["guesses"])


def is_username(text: str) -> bool:
    """Whether a text in canonical spelling is a valid username."""
    return re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,59}", text) is not None


def has_ended(began_at: datetime, seen_at: datetime, at: datetime) -> bool:
    """Whether a sign-in has expired, by idle time or in total."""
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
    """A readable name of a device: browser and system, or the start of the user agent if neither is known."""
    low = user_agent.lower()
    names = [next((name for mark, name in marks if mark in low), None) for marks in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, names)) or user_agent.split("/")[0][:40]


def path_inside(target: str | None) -> str:
    """The target as a path of this site; "/" for any other target."""
    path = re.sub(r"[\x00-\x20]", "", target or "")
    return path if re.match(r"^/(?![/\\])", path) else "/"

"""Names, passwords and sign-ins: what is acceptable and for how long."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 128
IDLE = timedelta(hours=12)
LONGEST_SIGN_IN = timedelta(days=7)
FREE_ATTEMPTS = 5
FREE_ATTEMPTS_ADDRESS = 60  # a whole office may share one address
ATTEMPT_WINDOW = timedelta(minutes=15)
SECOND_STEP = timedelta(minutes=10)  # from the password to the code
STEP_SECONDS = 30  # of a TOTP (RFC 6238)
RECOVERY_CODES = 8
_COMMON = frozenset(
    """
    1234567890 0123456789 0987654321 123456789a a123456789 password12 password123 password1234 qwertyuiop qwerty1234
    1q2w3e4r5t 1qaz2wsx3e admin12345 admin123456 administrator iloveyou12 woaini1314 woaini520 5201314520 abc1234567
    abcd123456 aa123456789 frontline1 frontline123 fangxian123 letmein1234 welcome123 1234512345 1122334455 qazwsxedcrf
    asdfghjkl1 zxcvbnm123
    """.split()  # noqa: SIM905  a list would be forty lines
)


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


def password_fault(password: str, username: str) -> str | None:
    """Why a password is not acceptable: too_short, too_long, common, or like the username; None when it is fine."""
    if len(password) < SHORTEST_PASSWORD:
        return "too_short"
    if len(password) > LONGEST_PASSWORD:
        return "too_long"
    low = password.lower()
    if low in _COMMON or len(set(low)) < 4:
        return "common"
    return "like_username" if username and username in low else None


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

"""Names, passwords and sign-ins: what is acceptable and for how long."""

import unicodedata
from datetime import datetime, timedelta

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 128
IDLE = timedelta(hours=12)
LONGEST_SIGN_IN = timedelta(days=7)
FREE_ATTEMPTS = 5
FREE_ATTEMPTS_ADDRESS = 60  # a whole office may share one address
ATTEMPT_WINDOW = timedelta(minutes=15)
_COMMON = frozenset(
    """
    1234567890 0123456789 0987654321 123456789a a123456789 password12 password123 password1234 qwertyuiop qwerty1234
    1q2w3e4r5t 1qaz2wsx3e admin12345 admin123456 administrator iloveyou12 woaini1314 woaini520 5201314520 abc1234567
    abcd123456 aa123456789 frontline1 frontline123 fangxian123 letmein1234 welcome123 1234512345 1122334455 qazwsxedcrf
    asdfghjkl1 zxcvbnm123
    """.split()  # noqa: SIM905  a list would be forty lines
)


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

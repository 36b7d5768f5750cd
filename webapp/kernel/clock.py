"""The only module that reads the clock; the district's time zone and days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import current_app, has_app_context

from webapp.config import DEFAULT_ZONE


def now() -> datetime:
    """The present time, UTC and aware."""
    return datetime.now(UTC)


def zone() -> ZoneInfo:
    """The district's time zone."""
    return ZoneInfo(current_app.config["ZONE"] if has_app_context() else DEFAULT_ZONE)


def local(at: datetime) -> datetime:
    """The same moment in the district's time zone."""
    return at.astimezone(zone())


def district_day(at: datetime) -> date:
    """The district's calendar day of a moment."""
    return local(at).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of a district day and of the next day (UTC)."""
    start = datetime.combine(day, time(), zone())
    end = datetime.combine(day + timedelta(days=1), time(), zone())
    return start.astimezone(UTC), end.astimezone(UTC)

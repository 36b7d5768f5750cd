"""When something is alerted, to whom again, when a channel is tried again: pure functions on plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from webapp.kernel.deadlines import Level

FIGURE = "figure:"  # before the code of a figure in the source of a rule
DOERS = "doers:"  # the recipient: whoever has to do it
HEADS = "heads:"  # the leader of its unit, and the person responsible
SILENT_AFTER = timedelta(minutes=5)  # without a run of the watcher
REOPENED_WITHIN = timedelta(hours=1)  # what comes back so soon is the same alert
MOST_SINGLE = 3  # messages of a channel in one run; more that wait become one summary
MOST_NAMED = 10  # alerts that a summary names
GIVEN_UP_AFTER = timedelta(hours=24)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
KEPT = timedelta(days=90)  # closed alerts and their deliveries
MOST_RULES, MOST_CHANNELS = 60, 20
TRIED_FOR = timedelta(minutes=2)  # how long a page waits for a test message to come back
MOST_DEVICES = 10  # of a person, for web push
MOST_ANSWER = 200  # characters of an answer that are kept


class AlertState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"  # no longer due


class DeliveryState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"  # begun; what a killed sender left
    SENT = "sent"
    DROPPED = "dropped"  # acknowledged or closed before it was sent
    FAILED = "failed"  # given up


class Each(StrEnum):
    """For what each a figure is counted, instead of once."""

    PLACE = "place"
    UNIT = "unit"


class ChannelKind(StrEnum):
    EMAIL = "email"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    WEBHOOK = "webhook"
    PUSH = "push"  # web push to the devices of the recipients


class Security(StrEnum):
    """How a mail server is reached."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Preset:
    """A rule that an administrator adds with one press; `after_minutes` None: as soon as it exists."""

    code: str
    source: str
    level: Level
    recipients: tuple[str, ...]
    after_minutes: int | None = None
    threshold: int | None = None
    each: Each | None = None
    repeat_minutes: int | None = None


PRESETS = (
    Preset("finding-soon", "finding.open", Level.NORMAL, (DOERS,), after_minutes=-24 * 60),
    Preset("finding-overdue", "finding.open", Level.WARNING, (DOERS,), after_minutes=0),
    Preset(
        "finding-long-overdue",
        "finding.open",
        Level.CRITICAL,
        (DOERS, "role:commander"),
        after_minutes=24 * 60,
        repeat_minutes=4 * 60,
    ),
    Preset("check-owed", "finding.answered", Level.WARNING, (DOERS,), after_minutes=0),
    Preset("report-soon", "report.due", Level.NORMAL, (DOERS,), after_minutes=-60),
    Preset("report-late", "report.due", Level.WARNING, (DOERS,), after_minutes=0),
    Preset("report-missing", "report.missing", Level.CRITICAL, (DOERS,), repeat_minutes=60),
    Preset("report-urged", "report.urged", Level.CRITICAL, (DOERS, HEADS)),
    Preset("task-overdue", "task.given", Level.WARNING, (DOERS,), after_minutes=0),
    Preset("unchecked", "place.unchecked", Level.NORMAL, ("role:inspector",), after_minutes=30 * 24 * 60),
    Preset("warehouse-low", "stock.low", Level.WARNING, (DOERS,), threshold=1),
    Preset("stock-low", "figure:supplies.low", Level.WARNING, ("role:approver",), threshold=1),
    Preset("stock-expired", "figure:supplies.expired", Level.WARNING, ("role:keeper",), threshold=1, each=Each.PLACE),
    Preset("job-unwell", "job.unwell", Level.CRITICAL, ("role:administrator",), repeat_minutes=60),
    Preset("disk-low", "disk.low", Level.CRITICAL, ("role:administrator",), repeat_minutes=60),
    Preset("returned", "envelope.returned", Level.NORMAL, (DOERS,)),
    Preset("in-review", "figure:sync.review", Level.WARNING, ("role:administrator",), threshold=1),
    Preset("channel-failing", "channel.failing", Level.CRITICAL, ("role:administrator",)),
)
QUIET = (22, 7)  # hours of the district's day in which a preset is silent outside the app


def is_time(due_at: datetime, after_minutes: int | None, at: datetime) -> bool:
    """Whether a deadline is to be alerted: `after_minutes` after it, before it if negative, at once if None."""
    return after_minutes is None or at >= due_at + timedelta(minutes=after_minutes)


def is_quiet(clock: time, quiet: tuple[int, int] | None) -> bool:
    """Whether a time of day is within the quiet hours, from the first hour until before the second one."""
    if quiet is None or quiet[0] == quiet[1]:
        return False
    begins, ends = time(quiet[0]), time(quiet[1])
    return begins <= clock < ends if begins < ends else clock >= begins or clock < ends


def sends_at(local: datetime, level: Level, quiet: tuple[int, int] | None) -> datetime:
    """When a message may leave: now, or at the end of the quiet hours unless it is critical. `local` in the district's
    zone.
    """
    if level is Level.CRITICAL or quiet is None or not is_quiet(local.time(), quiet):
        return local
    ends = local.replace(hour=quiet[1], minute=0, second=0, microsecond=0)
    return ends if ends > local else ends + timedelta(days=1)


def loud_at(raised: Iterable[tuple[datetime, Level, tuple[int, int] | None]], local: datetime) -> datetime | None:
    """Since when the newest of these alerts may be heard: from when it was raised, or from the end of its quiet hours.
    Each is (raised in the district's zone, level, quiet hours); `local` is now, in the same zone.
    """
    heard = (sends_at(raised_at, level, quiet) for raised_at, level, quiet in raised)
    return max((moment for moment in heard if moment <= local), default=None)


def is_again(sent_at: datetime, repeat_minutes: int | None, at: datetime) -> bool:
    """Whether an alert that nobody acknowledged is sent again."""
    return repeat_minutes is not None and at >= sent_at + timedelta(minutes=repeat_minutes)


def wait_after(failures: int) -> timedelta:
    """How long a channel is left alone after so many failures in a row."""
    return min(FIRST_WAIT * (1 << min(failures - 1, 10)), LONGEST_WAIT)


def is_silent(ran_at: datetime | None, failures: int, watched_since: datetime | None, at: datetime) -> bool:
    """Whether the watcher has been silent for too long: it does not run, or fails time after time.

    `watched_since` is when the oldest active rule was made; None: there is nothing to watch.
    """
    if watched_since is None:
        return False
    if failures > 1:
        return True
    return max(ran_at or watched_since, watched_since) < at - SILENT_AFTER

"""Sixty days of records at realistic volumes, written as entries like records from the field."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import chain
from random import Random
from uuid import UUID

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from webapp.demo import checks, gates, oversight, publicity, reports, stores, tasks
from webapp.district.models import District
from webapp.extensions import db
from webapp.kernel import clock, entries, journal
from webapp.kernel.access import Actor
from webapp.kernel.kinds import Kind
from webapp.places.models import Place
from webapp.reports.service import compare
from webapp.supplies.models import Item

Line = tuple[Kind, MultiDict[str, str], Actor, datetime]


@dataclass(frozen=True, slots=True)
class Stage:
    """The places, actors and random numbers of the history."""

    random: Random
    places: dict[str, UUID]
    actors: dict[str, Actor]
    now: datetime

    def moment(self, days_ago: int, hour: int, minute: int = 0) -> datetime:
        """A moment in the district's time zone, some days before now.

        Times of today are compressed into the part of the day that has passed, so that it is as full at any hour.
        """
        begins = datetime.combine(clock.district_day(self.now) - timedelta(days=days_ago), time(), clock.zone())
        since = timedelta(hours=hour, minutes=minute, seconds=self.random.randrange(60))
        if days_ago == 0:
            since *= (self.now - begins) / timedelta(days=1)
        return (begins + since).astimezone(UTC)


def write(random: Random, places: dict[str, UUID], actors: dict[str, Actor], *, days: int, at: datetime) -> None:
    """Inspections, visits and stock of the last `days` days, a day to a transaction."""
    stage = Stage(random, places, actors, at)
    shelves = stores.Shelves(stage, days)
    visitors = gates.Visitors(stage)
    kept = [db.session.scalars(select(model)).all() for model in (District, Place, Item)]
    for days_ago in range(days, -1, -1):
        records = (shelves.day(days_ago), checks.day(stage, days_ago), visitors.day(days_ago))
        lines = chain(*records, publicity.day(stage, days_ago))
        with db.session.no_autoflush:
            entries.deliver_together(_in_order(lines, at))
    reports.write(stage, days)  # before some checks are revised: a signed report then shows what came afterwards
    with db.session.no_autoflush:
        entries.deliver_together(_in_order(checks.put_right(stage), at))
        entries.deliver_together(_in_order(checks.revised(stage), at))
        entries.deliver_together(_in_order(publicity.late(stage), at))
        entries.deliver_together(_in_order(tasks.assigned(stage, days), at))
    kept.clear()  # until here caches stay filled, so that each record does not load its place, items and district again
    oversight.write(stage)
    compare(at)
    journal.seal(at=at)


def _in_order(lines: Iterable[Line], now: datetime) -> Iterator[Line]:
    """The lines in order of time, without those in the future."""
    return iter(sorted((line for line in lines if line[3] <= now), key=lambda line: line[3]))

"""The demonstration district is the same every time, whatever the hour."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from tests.conftest import make_settings, migrate
from webapp import create_app
from webapp.checkpoints.models import Visit
from webapp.demo.service import fill
from webapp.extensions import Base, db
from webapp.inspections.models import Inspection
from webapp.kernel import journal
from webapp.kernel.entries import Entry
from webapp.places.models import Place
from webapp.places.rules import REAL
from webapp.supplies.models import Balance
from webapp.supplies.queries import verify_ledger

PASSWORD = "demonstration-9"
NIGHT, EVENING = datetime(2026, 11, 25, 19, 50, tzinfo=UTC), datetime(2026, 12, 3, 13, 30, tzinfo=UTC)
DAYS = 6
pytestmark = pytest.mark.xdist_group("filled twice")


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """filled(at): an application whose district was filled at that moment, once; it is only looked at."""
    apps = {}

    def filled(at):
        if at in apps:
            return apps[at]
        folder = tmp_path_factory.mktemp("filled")
        settings = make_settings(folder, f"sqlite:///{folder}/frontline.db")
        migrate(settings)
        apps[at] = create_app(settings)
        with apps[at].app_context():
            fill(PASSWORD, at=at, days=DAYS)
        return apps[at]

    yield filled
    for app in apps.values():
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def figures(app):
    """How many rows of everything, and some sums that no count would tell apart."""
    with app.app_context():
        counts = {
            name: db.session.scalar(select(func.count()).select_from(t)) for name, t in Base.metadata.tables.items()
        }
        places = db.session.scalars(select(Place.name).where(Place.kind.in_(REAL)).order_by(Place.code)).all()
        warmth = db.session.scalar(select(func.sum(Visit.celsius)))
        stock = db.session.scalar(select(func.sum(Balance.on_hand)))
        return {"counts": counts, "places": places, "warmth": warmth, "stock": stock}


def test_two_fills_are_the_same_district_and_both_are_sound(filled):
    night, evening = filled(NIGHT), filled(EVENING)
    assert figures(night) == figures(evening)
    assert len(figures(night)["places"]) >= 40
    assert figures(night)["counts"]["entry"] > 400
    with night.app_context():
        assert (verify_ledger(), journal.verify(), journal.unsealed()) == ([], [], 0)


def test_nothing_has_happened_after_now_and_today_is_not_one_minute(filled):
    with filled(NIGHT).app_context():
        assert db.session.scalar(select(func.max(Entry.received_at))) < NIGHT
        today = db.session.scalars(
            select(Visit.entered_at).where(Visit.entered_at > datetime(2026, 11, 25, 16, tzinfo=UTC))
        )
        assert len({f"{at:%H:%M}" for at in today}) > 10


def test_one_check_is_corrected_and_one_is_void(filled):
    """For the list of checks, whose state column and filter would otherwise show nothing."""
    with filled(NIGHT).app_context():
        newest = select(Inspection.version, Inspection.is_void).where(Inspection.version > 1)
        assert sorted(db.session.execute(newest.where(Inspection.replaced_by.is_(None)))) == [(2, False), (2, True)]

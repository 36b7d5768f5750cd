from datetime import timedelta
from types import SimpleNamespace

import pytest

from tests.support import masters, sinks
from webapp.alerts import service
from webapp.alerts.rules import ChannelKind
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.kernel.deadlines import Due, DueRows, Level
from webapp.places.rules import PlaceKind

NOON = clock.now().astimezone(clock.zone()).replace(hour=12, minute=0, second=0, microsecond=0)
SOURCE = "test.due"


@pytest.fixture
def district(app, monkeypatch):
    """Two units with a place each, inspectors of either, a commander, an administrator; `due` is what is due there."""
    app.config["INSIDE_CHANNELS"] = True
    world = SimpleNamespace(app=app, due=[], at=NOON)
    world.north, world.south = masters.unit(app, "N"), masters.unit(app, "S")
    world.place = masters.place(app, "N-01", PlaceKind.HOSPITAL, unit_id=world.north)
    for name, unit in (("north", world.north), ("south", world.south)):
        setattr(world, f"{name}_inspector", masters.person(app, name, Role.INSPECTOR, unit))
    world.commander = masters.person(app, "commander", Role.COMMANDER)
    world.administrator = masters.person(app, "administrator", Role.ADMINISTRATOR)
    offers = (DueRows((Role.INSPECTOR,), lambda _reach, _at: list(world.due), kinds={SOURCE: "试验"}),)
    monkeypatch.setitem(app.extensions, "frontline.due_rows", (*app.extensions["frontline.due_rows"], *offers))

    def owe(key="a", hours=-1, who=(Role.INSPECTOR,), level=Level.WARNING, place=True, unit=None):
        """Something that is due at the place, `hours` from noon."""
        due_at = NOON + timedelta(hours=hours)
        where = world.place if place and not unit else None
        about = {"place": where, "unit": unit, "level": level, "what": "", "where": "", "url": "/x"}
        world.due.append(Due(key=key, kind=SOURCE, due_at=due_at, who=who, **about))

    def rule(**values):
        facts = {
            "name": "超期",
            "source": SOURCE,
            "recipients": ("doers:",),
            "level": Level.WARNING,
            "after_minutes": 0,
        }
        with app.app_context():
            return service.put_rule(service.RuleFacts(**facts | values), by=None, at=NOON)

    def channel(url, kind=ChannelKind.WEBHOOK, language="zh", **secret):
        facts = {"name": kind.value, "kind": kind, "language": language, "host": "127.0.0.1", "is_active": True}
        with app.app_context():
            id_ = service.put_channel(
                service.ChannelFacts(**facts, secret={"url": url, "key": None} | secret), by=None, at=NOON
            )
        return str(id_)

    def watch(at=NOON):
        with app.app_context():
            return service.watch(at)

    def deliver(at=NOON):
        with app.app_context():
            return service.deliver(at)

    world.owe, world.rule, world.channel, world.watch, world.deliver = owe, rule, channel, watch, deliver
    return world


@pytest.fixture
def robot():
    with sinks.robot() as (url, sink):
        yield SimpleNamespace(url=url, sink=sink)

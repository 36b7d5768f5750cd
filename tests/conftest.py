"""Fixtures: a fresh database for every test, on SQLite and PostgreSQL; the cast of persons; browsers and servers."""

import gc
import os
from dataclasses import replace
from pathlib import Path

import hypothesis
import pytest
from flask_migrate import upgrade

from tests.support import masters, postgresql
from tests.support.premises import Premises
from webapp import create_app
from webapp.config import Settings, kept_secret
from webapp.demo.service import fill
from webapp.extensions import db
from webapp.kernel import clock
from webapp.kernel.access import Role
from webapp.operations import installation

pytest_plugins = ["tests.support.browser"]
DATABASES = os.environ.get("TEST_DATABASES", "sqlite,postgresql").split(",")
# These test what lies above the database: on PostgreSQL with --long only. Services, queries and faults run on both.
OF_PAGES = frozenset(
    f"test_{name}.py"
    for name in (
        *("views", "access", "two_roles", "forms", "presence", "security", "pictures", "sheets", "understood"),
        *("today", "areas", "persons", "translations", "requests", "places", "units", "district", "page_owner"),
        *("delivering", "paper", "panel", "without_script", "signing_in", "closed_to_others", "commands"),
    )
)
HERE = Path(__file__).parent
SLOW_FOLDERS = frozenset({"engines", "faults", "journeys"})
SLOW_FIXTURES = frozenset({"chromium", "demo_template", "frontline", "refused", "starting"})
SLOW_NAMES = frozenset({"REAL", "Server", "subprocess"})  # of a module: processes of their own
# A password that guards nothing may be quick to guess.
QUICK = "scrypt:512:8:1"


def pytest_generate_tests(metafunc):
    if "database" in metafunc.fixturenames:
        on = metafunc.definition.get_closest_marker("only_on")
        both = metafunc.config.getoption("--long") or metafunc.definition.path.name not in OF_PAGES
        of_test = on.args if on else ("sqlite", "postgresql") if both else ("sqlite",)
        usual = ("sqlite",) if metafunc.config.getoption("--quick") else DATABASES
        metafunc.parametrize("database", [d for d in usual if d in of_test], indirect=True)


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="run what takes long too: all journeys in WebKit and Firefox")
    parser.addoption("--quick", action="store_true", help="run on SQLite alone, without browsers, servers and races")


def pytest_configure(config):
    config.addinivalue_line("markers", "long: runs with --long only")
    config.addinivalue_line("markers", "only_on(name): run on this database only, because the test is about it")
    config.addinivalue_line("markers", "browser: needs Chromium")
    hypothesis.settings.register_profile("long", max_examples=2_000, deadline=None)
    if config.getoption("--long"):
        hypothesis.settings.load_profile("long")


def pytest_collection_finish(session):
    """What was loaded for the tests stays. The collector looked through it again and again, 7 % of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_collection_modifyitems(config, items):
    if config.getoption("--quick"):
        slow = [item for item in items if _is_slow(item)]
        items[:] = [item for item in items if not _is_slow(item)]
        config.hook.pytest_deselected(items=slow)
    if not config.getoption("--long"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="takes long: ./frontline test --long"))


def _is_slow(item):
    """Does it start a browser, a server or processes of its own, or look at every view?"""
    folder = item.path.relative_to(HERE).parts[0]
    return (
        folder in SLOW_FOLDERS
        or not SLOW_FIXTURES.isdisjoint(item.fixturenames)
        or item.get_closest_marker("browser") is not None
        or not SLOW_NAMES.isdisjoint(vars(item.module))
    )


def make_settings(folder: Path, url: str) -> Settings:
    """Production settings, except where they would slow down tests. The folder has a data key."""
    kept_secret(folder / "keys" / "data.key")
    settings = Settings(instance=folder, database_url=url, secret_key="only for tests", assets="local", testing=True)
    return replace(settings, password_hash=QUICK)


def migrate(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        upgrade()
        installation.settle(settings, clock.now())
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_premises(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sqlite")
    settings = make_settings(folder / "instance", f"sqlite:///{folder}/instance/frontline.db")
    migrate(settings)
    return Premises(settings, folder / "kept")


@pytest.fixture(scope="session")
def postgresql_broom():
    """The address of a database, and a connection for emptying it."""
    with postgresql.server() as url:
        postgresql.run(url, "CREATE DATABASE test")
        with postgresql.connect(f"{url}/test") as broom:
            yield f"{url}/test", broom


@pytest.fixture(scope="session")
def postgresql_premises(tmp_path_factory, postgresql_broom):
    folder, (url, _broom) = tmp_path_factory.mktemp("postgresql"), postgresql_broom
    settings = make_settings(folder / "instance", url)
    migrate(settings)
    return Premises(settings, folder / "kept")


@pytest.fixture
def premises(request, database):
    """The application of this database, with a clean folder."""
    chosen = request.getfixturevalue(f"{database}_premises")
    chosen.clean()
    if database == "postgresql":
        postgresql.empty(request.getfixturevalue("postgresql_broom")[1])
    return chosen


@pytest.fixture
def database(request):
    """ "sqlite" or "postgresql"."""
    return request.param


@pytest.fixture
def app(premises):
    """The application without rows, for this test only: its settings may be changed, it may be served."""
    premises.app.config |= {"WTF_CSRF_ENABLED": False, "FIGURES_CACHED_S": 0}
    yield premises.app  # outside the context: flask-login keeps the user on `g`, which would leak between clients
    premises.close()


@pytest.fixture
def demonstration(app, premises):
    """The application with three days of the demonstration district."""
    premises.fill(lambda: fill(masters.PASSWORD, at=clock.now(), days=3))
    return app


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The built application without a database, for tests about the code."""
    folder = tmp_path_factory.mktemp("built")
    return create_app(make_settings(folder, f"sqlite:///{folder}/none.db"))


@pytest.fixture
def client(app):
    """A client that is not signed in."""
    return app.test_client()


def _member(role):
    def fixture(app):
        return masters.member(app, role)

    return pytest.fixture(fixture, name=role.value)


inspector, gatekeeper, keeper, approver, commander, auditor, administrator = map(_member, tuple(Role)[:7])


@pytest.fixture
def stranger(app):
    """A person who is signed in without any role."""
    masters.person(app, "stranger", Role.AUDITOR)
    with app.app_context():
        from webapp.accounts.models import PersonGrant
        from webapp.kernel.database import transaction

        with transaction() as session:
            session.query(PersonGrant).delete()
    return masters.signed_in(app, "stranger")

"""Preflight checks for commands; a failed check raises CannotStart with one sentence."""

import ipaddress
import os
import socket
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_babel import force_locale
from flask_migrate import upgrade
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from webapp import FEATURES, create_app
from webapp.config import VERSION, Settings, instance_folder
from webapp.extensions import db
from webapp.kernel import assets, clock
from webapp.kernel.errors import Refusal
from webapp.kernel.feature import Feature
from webapp.operations import certificates, installation, privacy
from webapp.operations.refusals import CannotStart

DATABASES = {"sqlite", "postgresql+psycopg"}


def application(*, may_create: bool = False, features: tuple[Feature, ...] = FEATURES) -> Flask:
    """The application with the settings of the environment. Raises CannotStart.

    Only a command with `may_create` creates a new installation; any other needs an existing one.
    """
    privacy.close_to_others(instance_folder(os.environ))
    settings = read_settings(may_create=may_create)
    check_database_url(settings.database_url)
    installation.check_folder(settings, may_create=may_create)
    return create_app(settings, features)


def open_installation(app: Flask, *, may_create: bool = False) -> None:
    """Migrate the database, check that folder, database and keys belong together, and print their location.

    Raises CannotStart.
    """
    settings: Settings = app.config["SETTINGS"]
    try:
        if not may_create and not installation.has_tables():
            raise installation.no_installation(settings.instance)
        with installation.one_at_a_time(settings):
            installation.check_identity(settings)
            _bring_up_to_date(app)
            installation.settle(settings, clock.now())
    except (SQLAlchemyError, OSError) as error:
        raise CannotStart(_unreachable(error)) from error
    click.echo(installation.where(settings), err=True)


def _bring_up_to_date(app: Flask) -> None:
    """Migrate the database if it is older than this version. Raises CannotStart if it is newer."""
    scripts = ScriptDirectory.from_config(_alembic(app))
    with db.engine.connect() as connection:
        heads = set(MigrationContext.configure(connection).get_current_heads())
    known = {script.revision for script in scripts.walk_revisions()}
    if heads - known:
        raise CannotStart(
            f"The database was made by a newer Frontline (migration {', '.join(sorted(heads - known))}) than this one "
            f"({VERSION}). Update the code, or choose another FRONTLINE_INSTANCE or DATABASE_URL."
        )
    if heads != set(scripts.get_heads()):
        upgrade()


def check_address(settings: Settings) -> None:
    """Check that the server can listen at its address. Raises CannotStart.

    Binds without SO_REUSEPORT, which would silently permit a second server on the same port.
    """
    try:
        family, kind, _proto, _name, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        raise CannotStart(
            f"Frontline cannot listen on {settings.host} port {settings.port} ({error.strerror}). "
            "Choose another with PORT or HOST, or stop what listens there."
        ) from error


def is_only_here(host: str) -> bool:
    """Whether this is a loopback address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def sentence_of(refusal: Refusal) -> str:
    """The sentence of a refusal, in English for the command line."""
    with force_locale("en"):
        return f"{refusal.code}: {refusal.sentence}"


def check_assets(settings: Settings) -> None:
    """Check that the front-end libraries for ASSETS=local are installed. Raises CannotStart."""
    missing = [name for name in assets.LOCAL_FILES if not (assets.STATIC / name).is_file()]
    if settings.assets == "local" and missing:
        raise CannotStart(
            f"ASSETS=local needs {', '.join(f'webapp/static/{name}' for name in missing)}. Fetch them with npm: "
            "./frontline setup; or copy webapp/static/vendor from a machine that has them."
        )


def read_settings(*, may_create: bool = True) -> Settings:
    """The checked settings of the environment. Raises CannotStart."""
    instance = instance_folder(os.environ)
    is_there = any((instance / name).exists() for name in (installation.NOTE, "keys/data.key", "frontline.db"))
    if not may_create and not is_there:
        raise installation.no_installation(instance)
    try:
        settings = Settings.from_environ()
        with tempfile.TemporaryFile(dir=settings.instance):
            pass
    except ValueError as error:
        raise CannotStart(str(error)) from error
    except OSError as error:
        raise CannotStart(
            f"The instance folder cannot be used: {error.filename}: {error.strerror}. "
            "Make it writable for this user, or choose another with FRONTLINE_INSTANCE."
        ) from error
    if settings.port == 0:
        raise CannotStart("PORT must be a whole number from 1 to 65535, not '0'.")
    if settings.https and not certificates.files(settings.instance).certificate.is_file():
        raise CannotStart("HTTPS=yes needs a certificate. Make one with: ./frontline certificate HOST")
    try:
        ZoneInfo(settings.zone)
    except (KeyError, ValueError, OSError) as error:
        raise CannotStart(f"DISTRICT_ZONE must be a time zone such as Asia/Shanghai, not {settings.zone!r}.") from error
    return settings


def check_database_url(url: str) -> None:
    """Raises CannotStart for a DATABASE_URL of the wrong form."""
    try:
        kind = make_url(url).drivername
    except (ArgumentError, ValueError):
        kind = ""
    if kind not in DATABASES:
        raise CannotStart(
            "DATABASE_URL must look like postgresql://user:password@host/database or sqlite:////folder/file.db. In a "
            "password write : as %3A, / as %2F, @ as %40, % as %25."
        )


def _unreachable(error: Exception) -> str:
    """The sentence for a database that cannot be opened, without its address, which may contain a password."""
    cause = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    return f"The database cannot be opened: {cause}. Check DATABASE_URL (or FRONTLINE_INSTANCE), and that it runs."


def _alembic(app: Flask) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(app.root_path) / "migrations").replace("%", "%%"))
    return config

"""What must be so before a command begins; whatever is not so is told in one plain sentence."""

import ipaddress
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

from webapp import create_app
from webapp.config import VERSION, Settings
from webapp.extensions import db
from webapp.kernel.errors import Refusal
from webapp.operations import certificates

DATABASES = {"sqlite", "postgresql+psycopg"}


class CannotStart(click.ClickException):
    """A sentence for whoever typed the command."""


def application() -> Flask:
    """The application on the settings of the environment. Raises CannotStart."""
    settings = read_settings()
    _check_database_url(settings.database_url)
    return create_app(settings)


def bring_up_to_date(app: Flask) -> None:
    """Migrate the database, unless it is of this version already. Raises CannotStart."""
    scripts = ScriptDirectory.from_config(_alembic(app))
    try:
        with db.engine.connect() as connection:
            found = set(MigrationContext.configure(connection).get_current_heads())
    except (SQLAlchemyError, OSError) as error:
        raise CannotStart(_unreachable(error)) from error
    known = {script.revision for script in scripts.walk_revisions()}
    if found - known:
        raise CannotStart(
            f"The database was made by a newer Frontline (migration {', '.join(sorted(found - known))}) than this one "
            f"({VERSION}). Update the code, or choose another FRONTLINE_INSTANCE or DATABASE_URL."
        )
    if found != set(scripts.get_heads()):
        upgrade()


def check_address(settings: Settings) -> None:
    """Can the server listen there? Raises CannotStart.

    Asked without SO_REUSEPORT, with which a second server on the same port would be let in silently.
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
    """Is this an address that no other machine reaches?"""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def told(refusal: Refusal) -> str:
    """A refusal in the language of the command line."""
    with force_locale("en"):
        return f"{refusal.code}: {refusal.sentence}"


def read_settings() -> Settings:
    """The settings of the environment, checked. Raises CannotStart."""
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


def _check_database_url(url: str) -> None:
    try:
        kind = make_url(url).drivername
    except ArgumentError:
        kind = ""
    if kind not in DATABASES:
        raise CannotStart(
            "DATABASE_URL must look like postgresql://user:password@host/database or sqlite:////folder/file.db."
        )


def _unreachable(error: Exception) -> str:
    """The address is not repeated: it may hold a password."""
    cause = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    return f"The database cannot be opened: {cause}. Check DATABASE_URL (or FRONTLINE_INSTANCE), and that it runs."


def _alembic(app: Flask) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(app.root_path) / "migrations").replace("%", "%%"))
    return config

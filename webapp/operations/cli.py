"""The commands of the application; `./frontline` passes on every command that it does not handle itself."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click
from flask import Flask
from flask_babel import force_locale
from sqlalchemy.exc import IntegrityError

from webapp.accounts import queries as accounts
from webapp.accounts import service as account_service
from webapp.config import VERSION, Settings
from webapp.extensions import db
from webapp.kernel import clock, jobs, journal, states
from webapp.kernel.access import Grant, Role
from webapp.kernel.errors import Refusal, refusal_of
from webapp.operations import maintenance, starting
from webapp.operations.working import Crew

SET_UP = """\b
Commands of ./frontline itself:
  setup  Fetch missing packages and front-end libraries.
  test   Run lint, type checks and all tests; further arguments go to pytest.
  bench  Measure this machine; --help names the options.
"""


@click.group(epilog=SET_UP)
@click.version_option(VERSION, prog_name="Frontline")
def main() -> None:
    """Run and maintain Frontline (防线). Settings are environment variables; README.md lists them."""


def with_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Pass the application to a command, in its context and on an existing installation."""

    @wraps(command)
    def run(*args: Any, **values: Any) -> Any:
        app = starting.application()
        with prepared(app):
            return command(app, *args, **values)

    return run


@contextmanager
def prepared(app: Flask, *, may_create: bool = False) -> Iterator[None]:
    """An application context on a database of this version. Turns a Refusal into a ClickException with its sentence."""
    with app.app_context():
        try:
            starting.open_installation(app, may_create=may_create)
            yield
        except (Refusal, IntegrityError) as error:
            refusal = error if isinstance(error, Refusal) else refusal_of(error)
            if refusal is None:
                raise
            raise click.ClickException(starting.sentence_of(refusal)) from None


@main.command()
def run() -> None:
    """Migrate, fill an empty database with the demonstration district, and serve."""
    app = starting.application(may_create=True)
    starting.check_assets(app.config["SETTINGS"])
    with prepared(app, may_create=True):
        starting.check_address(app.config["SETTINGS"])
        if not accounts.is_anybody():
            _fill(app)
        _introduce(app.config["SETTINGS"])
    _serve(app)


@main.command()
def serve() -> None:
    """Migrate and serve, without a demonstration. `create-administrator` adds the first person."""
    app = starting.application(may_create=True)
    starting.check_assets(app.config["SETTINGS"])
    with prepared(app, may_create=True):
        starting.check_address(app.config["SETTINGS"])
        if not accounts.is_anybody():
            click.echo("Nobody may sign in yet: ./frontline create-administrator USERNAME NAME")
    _serve(app)


@main.command()
def migrate() -> None:
    """Create the installation (database, keys) if there is none; migrate its database to this version."""
    with prepared(starting.application(may_create=True), may_create=True):
        click.echo("The database is up to date.")


@main.command()
@with_app
def demo(app: Flask) -> None:
    """Fill an empty database with the demonstration district."""
    if accounts.is_anybody():
        raise click.ClickException("The database is not empty. Choose an empty FRONTLINE_INSTANCE or DATABASE_URL.")
    _fill(app)
    _introduce(app.config["SETTINGS"])


@main.command("create-administrator")
@click.argument("username")
@click.argument("name")
@click.password_option()
@with_app
def create_administrator(_app: Flask, username: str, name: str, password: str) -> None:
    """Add a person who administers the whole district."""
    account_service.create_person(
        username, name, password, [Grant(Role.ADMINISTRATOR)], by=None, at=clock.now(), language="zh"
    )
    click.echo(f"{username} may sign in now.")


@main.group("journal")
def journal_commands() -> None:
    """The journal of actions."""


@journal_commands.command("verify")
@with_app
def verify_journal(_app: Flask) -> None:
    """Recompute the sealed blocks and compare them with the seals file."""
    if journal.is_torn():
        click.echo("The last line of the seals file is incomplete; the next run of the sealer repairs it.")
    _report("journal", journal.verify(), f"{journal.unsealed()} rows wait for the next seal")


@main.group("ledger")
def ledger_commands() -> None:
    """The stock ledger."""


@ledger_commands.command("verify")
@with_app
def verify_ledger(_app: Flask) -> None:
    """Add up all stock moves and compare them with the balances."""
    from webapp.supplies.queries import verify_ledger

    _report("ledger", verify_ledger(), "every balance equals its moves")


@main.command("states")
@with_app
def print_states(_app: Flask) -> None:
    """Print all tables of states and acts, as in docs/states.md."""
    with force_locale("en"):
        click.echo(states.documentation())


@main.command("jobs")
@with_app
def run_jobs(app: Flask) -> None:
    """Run the jobs that are due; `run` and `serve` do this themselves, once a minute."""
    db.session.remove()  # the processes of the jobs must not share its connection
    claimed = Crew(app).do_due()
    for name, result in jobs.last_results(claimed):
        click.echo(f"{name}: {result}")
    if not claimed:
        click.echo("Nothing is due.")


for _command in maintenance.COMMANDS:
    main.add_command(_command)


def _report(what: str, faults: list[str], note: str) -> None:
    for fault in faults:
        click.echo(f"FAULT {fault}")
    click.echo(f"{what}: {len(faults)} faults" + ("" if faults else f"; {note}"))
    sys.exit(1 if faults else 0)


def _serve(app: Flask) -> None:
    from webapp.operations.serving import serve

    settings: Settings = app.config["SETTINGS"]
    if not starting.is_only_here(settings.host) and not settings.https:
        click.echo(
            f"Warning: HOST={settings.host} opens this server to other machines, without encryption. "
            "Put a reverse proxy with HTTPS before it, or use HTTPS=yes (README, In production)."
        )
    serve(app, settings, when_ready=lambda: _say_where(settings))


def _say_where(settings: Settings) -> None:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    host = f"[{host}]" if ":" in host and "[" not in host else host
    scheme = "https" if settings.https else "http"
    click.echo(f"Frontline is at {scheme}://{host}:{settings.port} (Ctrl+C stops it)")


def _fill(app: Flask) -> None:
    from webapp.demo import passwords
    from webapp.demo.service import fill

    settings: Settings = app.config["SETTINGS"]
    password = passwords.choose(settings)
    click.echo("Filling the demonstration district (half a minute) ...")
    fill(password, at=clock.now(), days=settings.demo_days)
    passwords.keep(settings.instance, password)


def _introduce(settings: Settings) -> None:
    from webapp.demo.cast import CAST
    from webapp.demo.passwords import settle

    settled = settle(settings, at=clock.now())
    if settled is None:
        return
    password, let_in = settled
    click.echo(f"Demonstration persons (password: {password})")
    for member in CAST:
        note = "" if member.username in let_in else "  (chose a password of their own, or is disabled)"
        click.echo(f"  {member.username:<14} {member.name} {member.title}{note}")

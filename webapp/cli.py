"""The application's commands; `./frontline` passes everything it does not know to these."""

import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

import click
from flask import Flask
from flask_migrate import upgrade

from webapp import create_app
from webapp.accounts import queries as accounts
from webapp.accounts import service as account_service
from webapp.config import Settings, kept_secret
from webapp.kernel import clock, jobs, journal
from webapp.kernel.access import Grant, Role
from webapp.kernel.errors import Refusal

JOBS_EVERY_SECONDS = 60


@click.group()
def main() -> None:
    """Frontline (防线): run it, look after it."""


def with_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the application, in its context; a setting that cannot be used is one plain sentence."""

    @wraps(command)
    def run(*args: Any, **values: Any) -> Any:
        try:
            app = create_app()
        except ValueError as error:
            raise click.ClickException(str(error)) from error
        with app.app_context():
            return command(app, *args, **values)

    return run


@main.command()
def run() -> None:
    """Migrate, fill a demonstration district when the database is empty, and serve."""
    _serve(with_demonstration=True)


@main.command()
def serve() -> None:
    """Migrate and serve. No demonstration: `create-administrator` makes the first person."""
    _serve(with_demonstration=False)


@main.command()
@with_app
def migrate(_app: Flask) -> None:
    """Bring the database to this version's tables."""
    upgrade()
    click.echo("The database is up to date.")


@main.command()
@with_app
def demo(app: Flask) -> None:
    """Fill an empty database with the demonstration district."""
    upgrade()
    if accounts.is_anybody():
        raise click.ClickException("The database is not empty. Choose an empty FRONTLINE_INSTANCE or DATABASE_URL.")
    _fill(app)


@main.command("create-administrator")
@click.argument("username")
@click.argument("name")
@click.password_option()
@with_app
def create_administrator(_app: Flask, username: str, name: str, password: str) -> None:
    """Make a person who administers the whole district."""
    upgrade()
    try:
        account_service.create_person(
            username, name, password, [Grant(Role.ADMINISTRATOR)], by=None, at=clock.now(), language="zh"
        )
    except Refusal as refusal:
        raise click.ClickException(f"{refusal.code}: {refusal.sentence}") from refusal
    click.echo(f"{username} may sign in now.")


@main.group("journal")
def journal_commands() -> None:
    """The journal of acts."""


@journal_commands.command("verify")
@with_app
def verify_journal(_app: Flask) -> None:
    """Recompute the sealed blocks and compare them with the seals file."""
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


@main.command("jobs")
@with_app
def run_jobs(_app: Flask) -> None:
    """Run the periodic work that is due (`run` and `serve` do this by themselves, once a minute)."""
    for name, said in jobs.run_due(clock.now()):
        click.echo(f"{name}: {said}")


def _report(what: str, faults: list[str], note: str) -> None:
    for fault in faults:
        click.echo(f"FAULT {fault}")
    click.echo(f"{what}: {len(faults)} faults; {note}")
    sys.exit(1 if faults else 0)


def _serve(*, with_demonstration: bool) -> None:
    try:
        settings = Settings.from_environ()
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    app = create_app(settings)
    with app.app_context():
        upgrade()
        if with_demonstration and not accounts.is_anybody():
            _fill(app)
        if with_demonstration:
            _introduce(settings)
    server = subprocess.Popen(_gunicorn(settings))
    click.echo(f"Frontline is at http://{settings.host}:{settings.port} (Ctrl+C stops it)")
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    _work_until(server, app)


def _work_until(server: "subprocess.Popen[bytes]", app: Flask) -> None:
    """Do the periodic work beside the server until it ends."""
    while True:
        try:
            sys.exit(server.wait(timeout=JOBS_EVERY_SECONDS))
        except subprocess.TimeoutExpired:
            with app.app_context():
                jobs.run_due(clock.now())
        except KeyboardInterrupt:
            with suppress(KeyboardInterrupt):
                sys.exit(server.wait(timeout=30))
            server.kill()
            sys.exit(130)


def _gunicorn(settings: Settings) -> list[str]:
    """Measured (README, decisions): threads, two workers, and a port each so that keep-alive spreads."""
    bind = f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}"
    options = ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--reuse-port", "--bind", bind]
    quiet = ["--log-level", "warning", "--graceful-timeout", "10"]
    return [sys.executable, "-m", "gunicorn", *options, *quiet, "webapp:create_app()"]


def _fill(app: Flask) -> None:
    from webapp.demo.service import fill

    click.echo("Filling the demonstration district (about a minute) ...")
    fill(_demo_password(app.config["SETTINGS"]), at=clock.now())


def _introduce(settings: Settings) -> None:
    from webapp.demo.cast import CAST

    password = _demo_password(settings)
    click.echo("Demonstration persons (password: " + password + ")")
    for member in CAST:
        click.echo(f"  {member.username:<14} {member.name} {member.title}")


def _demo_password(settings: Settings) -> str:
    return settings.demo_password or kept_secret(settings.instance / "keys" / "demo.password")[:16]

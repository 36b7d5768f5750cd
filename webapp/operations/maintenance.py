"""Maintenance commands: backup, restore, certificates, keys."""

import sqlite3
from pathlib import Path

import click
from flask import Flask

from webapp.config import Settings
from webapp.kernel import clock, purge_list
from webapp.operations import backup as backups
from webapp.operations import certificates, installation, starting
from webapp.operations.refusals import Unfit
from webapp.sync import keys as envelope_keys


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--keys", type=click.Path(path_type=Path), help="Copy the keys into this new folder, separately.")
@click.option("--without-database", is_flag=True, help="PostgreSQL only: you dump the database yourself, afterwards.")
def backup(folder: Path, keys: Path | None, without_database: bool) -> None:
    """Copy database, uploads, seals and keys into a new FOLDER, and list the keys."""
    app = starting.application()
    settings: Settings = app.config["SETTINGS"]
    with app.app_context():
        starting.open_installation(app)
    try:
        contents = backups.save(settings, folder, clock.now(), keys=keys, with_database=not without_database)
    except (Unfit, OSError, sqlite3.Error) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{len(contents['files'])} files are in {folder.resolve()}.")
    click.echo(f"Keys that open what devices sealed: {', '.join(contents['envelope_keys'])}.")
    if keys is None:
        click.echo("It includes the keys: whoever has this copy can read everything. To separate them: --keys FOLDER.")
    else:
        click.echo(f"The keys are in {keys.resolve()}: without them, sealed values can never be read.")
    if without_database and contents["database"] == "postgresql":
        click.echo("Dump the database now, with pg_dump: this copy does not contain it.")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--keys", type=click.Path(path_type=Path), help="The folder of the keys, if they were copied separately.")
@click.option(
    "--purged",
    "lists",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="A newer list of purged entries (seals/purged.list); they are purged again.",
)
def restore(folder: Path, keys: Path | None, lists: tuple[Path, ...]) -> None:
    """Verify a backup and restore it into an empty FRONTLINE_INSTANCE; devices then send newer records again."""
    settings = starting.read_settings()
    starting.check_database_url(settings.database_url)
    try:
        contents = backups.restore(folder, settings, keys, lists)
    except (Unfit, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(installation.where(settings), err=True)
    click.echo(f"Restored the backup of {contents['made_at']}. Devices send again what they recorded since.")
    purged = purge_list.read(settings.instance / purge_list.NAME)
    newest = max((at for _kind, at in purged.values()), default="never")
    click.echo(f"{len(purged)} records were purged, the last one at {newest}: the next start purges them again.")
    click.echo("If the lost installation purged more, restore again with --purged and its seals/purged.list.")


@click.command()
@click.argument("hosts", nargs=-1, required=True)
def certificate(hosts: tuple[str, ...]) -> None:
    """Create a certificate for HOSTS (names or addresses) and an authority for devices to trust."""
    settings = starting.read_settings(may_create=False)
    try:
        issued = certificates.issue(settings.instance, hosts, clock.now())
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"1. Install {issued.authority} on every device as a trusted certificate authority.")
    click.echo("2. Start with HTTPS=yes HOST=0.0.0.0 PORT=8443 ./frontline run (or serve).")
    click.echo(f"3. Open https://{hosts[0]}:8443 on the devices.")


@click.group("keys")
def keys_commands() -> None:
    """The keys with which devices seal records."""


@keys_commands.command("rotate")
def rotate() -> None:
    """Create new keys for devices; the old ones stay for records that still wait on devices."""
    app: Flask = starting.application()
    with app.app_context():
        starting.open_installation(app)
        made = [key.id for key in envelope_keys.rotate(clock.now())]
        click.echo(f"Devices seal with {' or '.join(made)} from their next contact on.")
        click.echo(f"Kept: {', '.join(envelope_keys.ids())}.")
        files = " and ".join(f"keys/envelopes/{key_id}.pem" for key_id in made)
        click.echo(f"Copy {files} to the other hosts of this installation, if there are any.")


@keys_commands.command("forget")
@click.argument("key_id")
def forget(key_id: str) -> None:
    """Give up the lost key KEY_ID: records that devices sealed with it can never be read."""
    app: Flask = starting.application()
    with app.app_context():
        if not installation.has_tables() or not envelope_keys.forget(key_id, clock.now()):
            raise click.ClickException(f"There is no key {key_id} to forget.")
    click.echo(f"{key_id} is forgotten. Records sealed with it go to the review tray unopened.")


COMMANDS = (backup, restore, certificate, keys_commands)

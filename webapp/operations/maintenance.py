"""Commands that look after an installation: copies, certificates, keys."""

from pathlib import Path

import click
from flask import Flask
from sqlalchemy.engine import make_url

from webapp.config import Settings
from webapp.kernel import clock
from webapp.operations import backup as backups
from webapp.operations import certificates, starting
from webapp.sync import keys


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def backup(folder: Path) -> None:
    """Copy database, uploads, seals and keys into a new FOLDER, and name the keys."""
    app = starting.application()
    settings: Settings = app.config["SETTINGS"]
    url = make_url(settings.database_url)
    database = Path(url.database) if url.drivername == "sqlite" and url.database else None
    try:
        with app.app_context():
            keys.current()
        contents = backups.save(settings.instance, database, folder, clock.now())
    except (backups.Unfit, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{len(contents['files'])} files are in {folder}.")
    click.echo(f"Keys that open what devices sealed: {', '.join(contents['envelope_keys'])}. Keep them apart and safe:")
    click.echo("without them, records that still wait on devices can never be read.")
    if database is None:
        click.echo("The database is on a PostgreSQL server: dump it with pg_dump beside this copy.")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def restore(folder: Path) -> None:
    """Put a verified backup into an empty FRONTLINE_INSTANCE; devices then send again what is newer."""
    settings = starting.read_settings()
    try:
        contents = backups.restore(folder, settings.instance)
    except (backups.Unfit, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Restored the backup of {contents['made_at']}. Devices send again what they recorded since.")


@click.command()
@click.argument("hosts", nargs=-1, required=True)
def certificate(hosts: tuple[str, ...]) -> None:
    """Make a certificate for HOSTS (names or addresses) and an authority that devices trust once."""
    settings = starting.read_settings()
    try:
        issued = certificates.issue(settings.instance, hosts, clock.now())
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"1. Install {issued.authority} on every device as a trusted certificate authority.")
    click.echo("2. Start with HTTPS=yes HOST=0.0.0.0 PORT=8443 ./frontline run (or serve).")
    click.echo(f"3. Open https://{hosts[0]}:8443 on the devices.")


@click.group("keys")
def keys_commands() -> None:
    """The keys that devices seal records with."""


@keys_commands.command("rotate")
def rotate() -> None:
    """Use a new key from now on; the old ones stay, for what still waits on devices."""
    app: Flask = starting.application()
    with app.app_context():
        click.echo(f"Devices seal with {keys.rotate().id} from their next contact on. Kept: {', '.join(keys.ids())}.")


COMMANDS = (backup, restore, certificate, keys_commands)

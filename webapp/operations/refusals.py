"""Why a command does not do its work."""

import click


class CannotStart(click.ClickException):
    """A sentence for whoever typed the command."""


class Unfit(ValueError):
    """A folder or a database that cannot be copied or restored; the text says why in one sentence."""

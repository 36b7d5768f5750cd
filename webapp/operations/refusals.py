"""Exceptions of commands that refuse to work."""

import click


class CannotStart(click.ClickException):
    """A command cannot start; the message says why and what to do."""


class Unfit(ValueError):
    """A folder or a database cannot be backed up or restored; the message says why."""

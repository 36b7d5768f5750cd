"""Runs an installation: commands, preflight checks, serving, backups, certificates. No feature imports it."""

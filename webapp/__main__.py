"""`python -m webapp`: the application's commands."""

from webapp.operations.cli import main

main(prog_name="./frontline")

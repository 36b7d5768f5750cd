"""`python -m webapp`: the application's commands."""

from webapp.cli import main

main(prog_name="./frontline")

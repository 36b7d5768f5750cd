run:
	./frontline run
test:
	./frontline test
bench:
	./frontline bench
format:
	.venv/bin/ruff format . && .venv/bin/ruff check --fix .
screenshots:
	.venv/bin/python -m tests.support.screenshots
translations:
	.venv/bin/pybabel --quiet extract -F pyproject.toml -k _l -k lazy_pgettext:1c,2 --no-location --sort-output -o instance/messages.pot webapp
	.venv/bin/pybabel --quiet update -i instance/messages.pot -d webapp/translations -N --ignore-obsolete --ignore-pot-creation-date -w 110
.PHONY: run test bench format screenshots translations

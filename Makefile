run:
	./frontline run
test:
	./frontline test
bench:
	./frontline test tests/bench --bench
format:
	.venv/bin/ruff format . && .venv/bin/ruff check --fix .
.PHONY: run test bench format

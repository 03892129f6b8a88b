# Everything a newcomer needs: `make run` serves at http://127.0.0.1:8080, `make test` runs every test.
.PHONY: run test check format

PYTHON := .venv/bin/python
unexport PYTHONPATH PYTHONHOME

run:
	@tools/setup run 7
	@exec $(PYTHON) -m bot serve --prepare

test:
	@tools/setup all 4
	@$(PYTHON) -m bot train --if-changed --steps-before 2
	$(PYTHON) -m pytest

check:
	@tools/setup all 2
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	$(PYTHON) -m bot check --content

format:
	@tools/setup all 2
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

# The front door. `make run` does the main job, `make test` passes every test; both set everything up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
OUTPUT ?= output
SEED ?= 2025
PORT ?= 8000
# Types are checked with Django's settings read, which want an environment; no database is opened.
CHECKED := DATABASE_URL=postgresql://none@/none SCHOOLHUBS_HOSTS='["127.0.0.1"]' \
  SCHOOLHUBS_SECRET_KEY=only-for-checking-types-only-for-checking-types-only-for-checking
# Offices often sign their own traffic: trust what the machine trusts, as pip does.
export UV_SYSTEM_CERTS := 1

.PHONY: help setup setup-bench run test check fix bench docs pictures lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(VENV)/.tools: requirements/bootstrap.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

$(VENV)/.ready: $(VENV)/.tools requirements/dev.txt pyproject.toml
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements/dev.txt
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

setup: $(VENV)/.ready ## make .venv with everything in it

run: setup ## one national round on a synthetic England, then the service on it (CHECK=1 stops once ready)
	SCHOOLHUBS=$(BIN)/schoolhubs OUTPUT=$(OUTPUT) SEED=$(SEED) PORT=$(PORT) CHECK=$(CHECK) scripts/run_round.sh

test: setup ## every test
	$(BIN)/python scripts/get_browser.py
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

pictures: setup ## take the pictures of docs/tutorials/service.md again
	$(BIN)/python scripts/get_browser.py
	$(BIN)/python -m pytest tests/browser/test_browser_tutorial.py --take-pictures

check: setup ## format, lint, types, imports, generated docs; changes nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(CHECKED) $(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/make_reference.py --check

fix: setup ## format and mend what can be mended by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

setup-bench: setup
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements/bench.txt

bench: setup-bench ## measure against peers, full size
	$(BIN)/python -m benchmarks.matching
	$(BIN)/python -m benchmarks.travel
	$(BIN)/python -m benchmarks.round
	$(BIN)/python -m benchmarks.web
	$(BIN)/python -m benchmarks.history
	$(BIN)/python -m benchmarks.pupils
	$(BIN)/python -m benchmarks.marks
	$(BIN)/python -m benchmarks.marks --national
	$(BIN)/python -m benchmarks.targets
	$(BIN)/python -m benchmarks.disclosure
	$(BIN)/python -m benchmarks.surveys
	$(BIN)/python -m benchmarks.funding
	$(BIN)/python -m benchmarks.open_days
	$(BIN)/python -m benchmarks.schedules
	$(BIN)/python -m benchmarks.disclosure --rules reports --schools 800

docs: setup ## rewrite the generated reference pages
	$(BIN)/python scripts/make_reference.py

lock: $(VENV)/.tools ## pin requirements/*.in into hashed requirements/*.txt
	for name in run dev bench; do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-emit-index-url --no-annotate requirements/$$name.in -o requirements/$$name.txt; done

clean: ## remove what make made
	rm -rf $(VENV) .cache output

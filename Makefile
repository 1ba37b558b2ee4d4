# Contri's commands. Each sets up what it needs first: `make run` in a fresh clone is enough.

.DEFAULT_GOAL := help
SHELL := /bin/sh

VENV := .venv
PYTHON := $(VENV)/bin/python
# Touched when the environment holds what requirements/ say; older than them, it is brought up to date.
READY := $(VENV)/.ready
# Workers of pytest (on two cores a third one works while others wait), and whatever else to hand it: make test ARGS="-k circle"
WORKERS ?= 3
ARGS ?=

# Images of Python often forbid bytecode. Here that would have every process of a run, and every worker of the tests,
# compile Contri and its libraries anew: more than half of each start. `make clean` takes it away again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup run test lint format lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## Make the virtual environment (the other commands do it by themselves)

run: $(READY) ## Start everything: servers, sandbox, web, worker, beat; Ctrl-C ends it
	@exec $(PYTHON) -m contri.local run

# A worker keeps to its files as long as it can: what a file sets up once is set up once.
test: $(READY) ## Run all tests
	@exec $(PYTHON) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint: $(READY) ## ruff, mypy and import-linter
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m contri.local env -- $(PYTHON) -m mypy .
	$(PYTHON) -m contri.local env -- $(PYTHON) -m mypy --config-file contri/sandbox/mypy.ini contri/sandbox
	$(VENV)/bin/lint-imports

format: $(READY) ## Put the code in order
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

UV_COMPILE = $(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock"

lock: $(READY) ## Write requirements/*.txt anew from *.in
	$(UV_COMPILE) requirements/uv.in --output-file requirements/uv.txt
	$(UV_COMPILE) requirements/base.in --output-file requirements/base.txt
	$(UV_COMPILE) requirements/dev.in --output-file requirements/dev.txt
	$(UV_COMPILE) requirements/backup.in --output-file requirements/backup.txt

clean: ## Remove the virtual environment, all local data and every cache
	@if [ -x $(PYTHON) ]; then $(PYTHON) -m contri.local clean; fi
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements/uv.txt requirements/dev.txt
	@sh contri/local/setup.sh $(VENV)
	@touch $@

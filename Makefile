# The commands of the house. `make demo` and `make test` work from a fresh clone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
unexport PYTHONDONTWRITEBYTECODE  # every start of the bot would compile it anew

.PHONY: help setup setup-dev demo slack test test-scale test-scale-short lint format bench docs screenshots clean

help:            ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

setup: $(VENV)/.ready   ## make .venv, install, export the embedding model once

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Trailguide needs Python 3.11 or newer; run: make setup PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --upgrade pip
	$(PIP) install --quiet --constraint constraints.txt --editable .
	$(BIN)/python -m retrieval.onnx_model
	@touch $@

setup-dev: $(VENV)/.ready-dev

$(VENV)/.ready-dev: $(VENV)/.ready
	$(PIP) install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: setup      ## walk through four leads of a fictional company
	$(BIN)/trailguide demo

slack: setup     ## the bot in a local Slack in your browser
	$(BIN)/python -m bot.local_slack --home var/slack

test: setup-dev  ## the whole test suite
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-scale: setup-dev  ## the suite on PostgreSQL and a Chroma server, then three bots on them
	$(BIN)/python -m tests.run_scale

test-scale-short: setup-dev  ## of it what touches storage, index, jobs and Slack most, in minutes
	$(BIN)/python -m tests.run_scale --short

test-faults: setup-dev  ## 25 kills at each marked point on both databases, and every long fault
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m faults

test-faults-short: setup-dev  ## the same once each, in minutes
	FAULTS_TIMES=1 FAULTS_AWAY_SECONDS=12 $(BIN)/python -m pytest -n 2 --dist loadgroup -m faults

.PHONY: test-faults test-faults-short

lint: setup-dev  ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup-dev  ## put the code in form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup-dev ## measure retrieval on TRAILGUIDE_DEV_DATA, into benchmarks/README.md
	$(BIN)/python -m benchmarks.retrieval

bench-quality: setup-dev setup-bench ## measure search beside other frameworks, into benchmarks/README.md
	$(BIN)/python -m benchmarks.quality $(COMPANY)

bench-load: setup-dev ## fifty reps for ten minutes, where an ask's time goes, and a growing library
	$(BIN)/python -m benchmarks.load --write
	$(BIN)/python -m benchmarks.ask_steps --write
	$(BIN)/python -m benchmarks.growth --write

setup-bench: .venv-bench/.ready ## make .venv-bench, the peers' own environment

.venv-bench/.ready: benchmarks/requirements-peers.txt
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip --disable-pip-version-check install --quiet --requirement $<
	@touch $@

.PHONY: bench-quality bench-load setup-bench

docs: setup-dev  ## write the generated pages again
	$(BIN)/python -m tests.behaviours
	$(BIN)/python -m tests.draft_pages
	$(BIN)/python -m tests.role_table

screenshots: setup-dev  ## take docs/images again from the real bot in the local Slack
	$(BIN)/python -m tests.slack.screenshots

audit: setup-dev ## ask PyPI's advisories about every pinned version
	@$(BIN)/python -m tests.dependencies

fuzz: setup-dev  ## 20,000 made-up inputs for every parser, into benchmarks/README.md
	$(BIN)/python -m tests.fuzz

.PHONY: audit fuzz

clean:           ## remove the environment and caches; var/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache

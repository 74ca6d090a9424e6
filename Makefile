# Every target sets up what it needs. `make bench` and `make test` work on a fresh machine with Python >= 3.11, pip and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Releases beside the installed one that the tests are also run on.
PEERS := $(VENV)/peers/.installed
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup bench gate test check lint types contracts deps schema fix golden evidence honesty clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "perftool needs Python 3.11 or newer; set PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

$(PEERS): $(STAMP)
	@rm -rf $(VENV)/peers
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $(VENV)/peers/sqlalchemy-1.4 'sqlalchemy==1.4.54'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $(VENV)/peers/sqlalchemy-2.0 'sqlalchemy==2.0.0'
	@touch $@

setup: $(STAMP) ## install perftool and what its tests need into .venv

gate: ## judge this working tree against BASE (default: the commit before), as CI does
	CI=$${CI:-false} VENV=$(VENV) .ci/performance $(or $(BASE),HEAD~1)

bench: $(STAMP) ## measure the built-in SQL parsing suite
	$(BIN)/perftool bench

test: $(STAMP) $(PEERS) ## run the whole test suite
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

check: lint types contracts deps test ## everything that CI runs

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(STAMP)
	$(BIN)/mypy

contracts: $(STAMP)
	$(BIN)/lint-imports

deps: $(STAMP)
	$(BIN)/deptry perftool

schema: $(STAMP) ## write docs/schema/report-1.json from the model, docs/configuration.md from the settings, docs/rules from the rules
	$(BIN)/python -m perftool.store.schema docs/schema/report-1.json
	$(BIN)/python -m perftool.config.reference docs/configuration.md
	$(BIN)/python -m perftool.lint.explaining docs/rules

fix: $(STAMP) ## format the code and mend what the linter can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

golden: $(STAMP) ## rewrite the sample reports that all formats are tested on (never outputs of the reference tools)
	$(BIN)/python -m tests.render.samples

evidence: $(STAMP) ## measure again what the documentation claims (minutes; quiet machine wanted)
	$(BIN)/python docs/evidence/timeit_agreement.py
	$(BIN)/python docs/evidence/pyperf_agreement.py

honesty: $(STAMP) ## run the honesty study of bench --vs, or go on with it; PART=vs, unblocked or peers (hours, quiet machine)
	$(BIN)/python -m docs.evidence.honesty.study $(PART)
	$(BIN)/python -m docs.evidence.honesty.analyse

clean: ## remove what these targets made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build dist

# Everything a newcomer needs. `make demo` first; each target sets up what it needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
# Two test processes suit a small machine and a large one; `make test WORKERS=8` for more.
WORKERS ?= 2
TESTS ?=

.PHONY: help demo dev up setup setup-dev system test check bench screenshots lock clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

demo: setup ## Start everything with demo data; stop with Ctrl-C
	@exec $(BIN)/python -m config.embedded --demo

up: setup ## Start everything without demo data
	@exec $(BIN)/python -m config.embedded

dev: setup-dev ## The demo with DEBUG, started again when code changes
	@exec $(BIN)/python -m config.embedded --demo --dev

test: setup-dev system ## Run all tests: make test TESTS=tests/config to run some
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup --no-loadscope-reorder $(TESTS)

check: setup-dev ## Run all checks that are not tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/djlint templates agents connectors --lint --quiet
	.ci/production-check

bench: setup-dev ## Measure what docs/performance.md promises
	$(BIN)/python -m benchmarks

screenshots: setup-dev system ## Make the pictures of the README from a demo of its own
	$(BIN)/python docs/screenshots.py

setup: .venv/.runtime ## Install what the product needs into .venv
setup-dev: .venv/.dev ## The same, and what tests and checks need

system: ## Install Chromium and Dovecot for the tests, if they are missing
	@.ci/system

.venv/.uv: requirements-uv.txt
	@.ci/venv $(PYTHON)
	@touch $@

.venv/.runtime: .venv/.uv requirements.txt
	@echo "Installing the packages of requirements.txt …"
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --require-hashes -r requirements.txt
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.txt
	@echo "Installing the packages of requirements-dev.txt …"
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header

lock: .venv/.uv ## Resolve requirements*.in again
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt
	grep -o '^uv==[^ ]*' requirements-uv.txt | $(LOCK) - -o requirements-uv.txt

clean: ## Remove what can be made again; the data in .data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

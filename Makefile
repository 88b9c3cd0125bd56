# The two that a newcomer needs: `make up` and `make test`. Nothing here starts a process but `up`.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
NPM := web/node_modules/.package-lock.json
WEB := midflow/web_assets/manifest.json
PAYLOADS := tests/plugs/github/node_modules/.package-lock.json
CLIENTS := tests/hosts/xapi-clients/node_modules/.package-lock.json tests/hosts/xapi-clients/.venv/.synced
RALPH := tests/hosts/ralph/.venv/.synced
TEMPLATE := midflow/studio/template/.built
DATA ?= midflow-data
LEARNING ?= ../shared/data/learning
WEIGHTS := midflow/core/learner/weights.json

WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
MIGRATIONS := $(shell find midflow/studio -path '*/migrations/*.py' 2>/dev/null)

.NOTPARALLEL: # the order of what is printed matters: pytest's closing line comes last
.PHONY: help setup up test test-tools test-python test-web check format bench weights wheel clean

help: ## list what make can do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(VENV)/.synced $(WEB) $(TEMPLATE) ## install what is needed and build the pages; starts nothing

# A stamp lies in the folder that its work filled, so that whoever removes the folder removes the stamp.
$(VENV)/.uv:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"Midflow needs Python 3.11 or newer, and $(PYTHON) is {v.major}.{v.minor}: say make PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "python3 -m venv failed; on Debian: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@test "$$($(BIN)/uv --version 2>/dev/null | cut -d' ' -f2)" = "$(UV_VERSION)" || $(BIN)/python -m pip install -q uv==$(UV_VERSION)
	@touch $@

# `--inexact` keeps uv itself, which is not in the lock.
$(VENV)/.synced: pyproject.toml uv.lock $(VENV)/.uv
	@echo "Python packages ..."
	@UV_PYTHON_DOWNLOADS=never $(BIN)/uv sync -q --frozen --inexact --python $(BIN)/python
	@touch $@

$(NPM): web/package.json web/package-lock.json
	@command -v npm >/dev/null || { echo "Building the pages needs Node 20 with npm; on Debian: apt-get install nodejs npm. (An installed wheel needs neither.)"; exit 1; }
	@echo "Web packages ..."
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(WEB): $(NPM) $(WEB_SOURCES)
	@echo "Web pages ..."
	@cd web && npm run --silent build
	@touch $@

# Real deliveries of vendors, published as packages: tests read them.
$(PAYLOADS): tests/plugs/github/package.json tests/plugs/github/package-lock.json
	@echo "Recorded payloads ..."
	@cd tests/plugs/github && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# What others wrote and Midflow is tried with or measured beside: each in an environment of its own, outside our lock.
tests/hosts/%/.venv/.synced: tests/hosts/%/requirements.txt $(VENV)/.uv
	@echo "Packages of tests/hosts/$* ..."
	@$(BIN)/uv venv -q --clear --python $(BIN)/python $(@D)
	@$(BIN)/uv pip sync -q --require-hashes --python $(@D)/bin/python $<
	@touch $@

tests/hosts/%/node_modules/.package-lock.json: tests/hosts/%/package.json tests/hosts/%/package-lock.json
	@echo "Packages of tests/hosts/$* ..."
	@cd tests/hosts/$* && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# The migrated database that a first start copies, instead of migrating for a quarter of a minute.
$(TEMPLATE): $(VENV)/.synced $(MIGRATIONS)
	@echo "Studio template ..."
	@folder=$$(mktemp -d) && MIDFLOW_DATA=$$folder $(BIN)/python -m midflow studio task template && rm -rf "$$folder"
	@mkdir -p $(@D) && touch $@

up: setup ## the sample organisation, running, with its address (DATA=, HOST=, PORT= if you want others)
	@exec $(BIN)/midflow up --demo --data $(DATA) $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT))

test: setup test-tools test-web test-python ## every test

# Programs that some tests run. Only root on Debian can install them; elsewhere those tests are skipped with a reason.
test-tools:
	@bash .ci/test-tools

test-python: setup $(PAYLOADS) $(CLIENTS)
	@$(BIN)/python -m pytest -n 2 --dist worksteal

test-web: $(NPM)
	@cd web && npm test --silent

check: setup ## lint, types, layers, the rules of the house
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/pyright
	@$(BIN)/lint-imports --no-cache --no-logo
	@$(BIN)/python -m pytest -q tests/house

format: ## lay out Python the one way, and mend what can be mended safely
	@$(BIN)/ruff check --fix-only
	@$(BIN)/ruff format

bench: setup $(RALPH) ## measurements at full size, each beside its control (long)
	@$(BIN)/python -m bench

weights: setup ## learn the shipped weights of the response model again, from the public tables in LEARNING
	@$(BIN)/python -m midflow.evaluate.shipped assistments09=$(LEARNING)/assistments09_train.tsv.gz algebra05=$(LEARNING)/algebra05_part.tsv.gz > $(WEIGHTS).new
	@mv $(WEIGHTS).new $(WEIGHTS)

wheel: setup ## build dist/midflow-*.whl with pages, packs and template inside
	@rm -rf dist && $(BIN)/uv build --wheel --python $(BIN)/python
	@$(BIN)/python .ci/wheel_carries.py dist/*.whl

clean: ## remove what make has built; your data stays
	@rm -rf $(VENV) web/node_modules tests/plugs/github/node_modules midflow/web_assets dist build test-results
	@rm -rf tests/hosts/*/.venv tests/hosts/*/node_modules
	@rm -rf midflow/studio/template

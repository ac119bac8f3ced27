# Two commands matter: `make demo` shows the product, `make test` proves it. Each sets up what it needs.
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
PYTHON := $(VENV)/bin/python
SEED ?= 2026
DEMO ?=
# The sizes of `make endurance`; the whole of it takes days.
SCHEDULES ?= 100000
KILLS ?= 10000
IMAGES ?= 5000
INPUTS ?= 10000000
LOAD_SECONDS ?= 3600
PUNCHES ?= 5000000
MUTANTS ?= 200
MODULES ?= devices/zk_decode.py devices/zk_layouts.py monitor/access.py monitor/rules
ENDURED := build/endurance.json
# The tests start hundreds of processes of the program: each would compile it anew.
unexport PYTHONDONTWRITEBYTECODE

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.run ## a made-up province on http://127.0.0.1:8000/ (DEMO="--now ..." passes options)
	$(PYTHON) -m monitor demo --seed $(SEED) $(DEMO)

test: $(VENV)/.dev ## every check and every test
	.ci/set-up browser
	.ci/set-up compiler
	.ci/set-up directory
	.ci/set-up proxy
	$(MAKE) --no-print-directory --jobs 2 lint every-test

every-test: $(VENV)/.dev
	$(PYTHON) -m pytest -n 3 --dist worksteal --hypothesis-profile ci

check: $(VENV)/.dev lint ## format, lint, types, imports and the fast tests, in under a minute
	MONITOR_TWIN_WORLDS=100 $(PYTHON) -m pytest -n 2 --dist worksteal -q -m "not slow and not browser and not postgres"

lint: $(VENV)/.dev ## format, lint, types, imports, unused dependencies
	$(VENV)/bin/ruff format --check --quiet .
	$(VENV)/bin/ruff check --quiet .
	$(VENV)/bin/lint-imports --no-logo
	$(VENV)/bin/deptry .
	$(VENV)/bin/mypy

format: $(VENV)/.dev ## put the code into its usual form
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

bench: $(VENV)/.dev ## measure everything, keep the figures, and say which goals hold (docs/benchmarks.svg)
	$(PYTHON) -m benchmarks.all

endurance: $(VENV)/.dev ## the long runs of docs/assurance.md, in order, into build/endurance.json (sizes by variables)
	@mkdir -p build && rm -f $(ENDURED)
	$(PYTHON) -m tests.simulation --schedules $(SCHEDULES) --from-seed $(SEED) --processes 2 --json build/simulations.json
	$(PYTHON) -m tests.assurance kills --times $(KILLS) --seed $(SEED) --json $(ENDURED)
	$(PYTHON) -m tests.assurance power --images $(IMAGES) --seed $(SEED) --json $(ENDURED)
	$(PYTHON) -m tests.assurance fuzz --times $(INPUTS) --seed $(SEED) --json $(ENDURED)
	$(PYTHON) -m tests.assurance restore --times $(PUNCHES) --seed $(SEED) --json $(ENDURED)
	$(PYTHON) -m tests.assurance load --seconds $(LOAD_SECONDS) --seed $(SEED) --json $(ENDURED)
	for module in $(MODULES); do $(PYTHON) -m tests.assurance mutants --module $$module --sample $(MUTANTS) \
		--seed $(SEED) --json $(ENDURED) || exit 1; done
	$(PYTHON) -m tests.assurance table --json $(ENDURED)

sbom: $(VENV)/.dev ## what the product is made of, as CycloneDX, in build/sbom.json
	@mkdir -p build
	$(PYTHON) -m cyclonedx_py requirements --output-reproducible --output-format JSON -o build/sbom.json requirements.lock

bundle: $(VENV)/.run ## everything for a machine without a network, in dist/bundle (same system and Python)
	.ci/bundle dist/bundle

audit: $(VENV)/.dev ## known holes in what is locked; says so loudly when no database of them can be reached
	$(PYTHON) .ci/audit requirements.lock

lock: ## renew the locks from pyproject.toml (needs uv; the file with addresses is not kept)
	UV_PYTHON_DOWNLOADS=never uv lock
	uv export -q --no-emit-project --no-default-groups --no-header -o requirements.lock
	uv export -q --no-emit-project --no-default-groups --group dev --no-header -o requirements-dev.lock
	uv export -q --no-emit-project --only-group build --no-header -o requirements-build.lock
	rm uv.lock

$(VENV)/.run: requirements.lock requirements-build.lock .ci/set-up
	.ci/set-up venv requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock requirements-build.lock .ci/set-up
	.ci/set-up venv requirements-dev.lock
	@touch $@ $(VENV)/.run

.PHONY: help demo test every-test check lint format bench endurance sbom bundle audit lock

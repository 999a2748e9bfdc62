# Every door of the project. `make demo` and `make test` need Python 3.11+, make and git, nothing else.
# Variables: REGIONS, BACKEND (demo), PRASASTI_DATA (serve), ARGS (handed to pytest, serve, benchmarks).

REGIONS ?= 48
BACKEND ?= pkcs12
ARGS ?=

PYTHON := .venv/bin/python
READY := .venv/.ready
SERVED = $${PRASASTI_DATA:-$$(test -d var/demo && echo var/demo || echo var/data)}

.DEFAULT_GOAL := help
.PHONY: help demo serve test check bench docs format
.DELETE_ON_ERROR:

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

demo: $(READY) ## a whole ceremony through the running application (REGIONS=48 BACKEND=pkcs12), left in var/demo
	@$(PYTHON) -m demo --regions $(REGIONS) --backend $(BACKEND)

serve: $(READY) ## the application on http://127.0.0.1:8317, on the demo's data when there is any, else on var/data
	@export PRASASTI_DATA="$(SERVED)" PRASASTI_DEVELOPMENT="$${PRASASTI_DEVELOPMENT:-true}"; \
	.venv/bin/prasasti install && exec .venv/bin/prasasti serve $(ARGS)

test: $(READY) ## all tests, on every core; the last lines say what was not run and how to run it
	@$(PYTHON) -m pytest -n auto --dist loadfile $(ARGS)

check: $(READY) ## format, lint, types, import contracts, architecture tests
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports --no-logo
	@$(PYTHON) -m pytest tests/architecture -q

bench: $(READY) ## render, sign, verify, log beside their peers in the same run; also var/bench.json, var/bench-log.json
	@$(PYTHON) -m benchmarks $(ARGS)
	@$(PYTHON) -m benchmarks.logging

docs: $(READY) ## write docs/reference again from the code (states, events, refusals)
	@$(PYTHON) -m docs.generate

format: $(READY) ## format the code and mend what ruff can mend
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

# The environment: locked by version and hash; begun anew when Python is missing in it, carried on when an install was cut off.
$(READY): requirements.lock pyproject.toml
	@for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo "Prasasti needs Python 3.11 or newer; none was found." >&2; exit 1; fi; \
	$(PYTHON) -m pip --version >/dev/null 2>&1 || "$$found" -m venv --clear .venv
	@echo "Installing the locked dependencies into .venv (once) ..."
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

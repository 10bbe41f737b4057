# Everything a developer runs. Needs Python 3.11 or newer and nothing else; each target makes the virtual environment it
# works in. `make PYTHON=python3.12 test` takes another interpreter.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || command -v python)
VENV := .venv
DEMO := .demo
BIN := $(VENV)/bin
PIP := -m pip --disable-pip-version-check --quiet
EXAMPLE := pipelines/fraud-detection.pipeline.yaml
CLAIMS := --data s3://ml-dev-111122223333/claims/=$(DEMO)/data

.DEFAULT_GOAL := help
.PHONY: help venv demo test lint types contracts schema wheel bench parity fuzz check clean

help:  ## list the targets
	@sed -nE 's/^([a-z]+):.*## (.*)/\1 \2/p' Makefile | while read -r name what; do printf '  make %-10s %s\n' "$$name" "$$what"; done

venv: $(VENV)/ready  ## the virtual environment for development

demo: $(DEMO)/ready  ## compile and run the fraud detection pipeline, in an environment of its own
	$(DEMO)/bin/sagepipe validate $(EXAMPLE)
	$(DEMO)/bin/sagepipe compile $(EXAMPLE) -o $(DEMO)/build
	@echo && cd $(DEMO) && find build -type f | LC_ALL=C sort | xargs wc -c
	$(DEMO)/bin/sagepipe test $(EXAMPLE)
	$(DEMO)/bin/python step_code/generate_data.py --rows 5000 --seed 7 $(DEMO)/data
	$(DEMO)/bin/sagepipe run $(EXAMPLE) $(CLAIMS)
	$(DEMO)/bin/sagepipe run $(EXAMPLE) $(CLAIMS) -p AucThreshold=0.5 --explain-cache
	$(DEMO)/bin/sagepipe runs

test: venv  ## the test suite
	$(BIN)/python -m pytest -n auto

lint: venv  ## style
	$(BIN)/ruff check .

types: venv  ## types
	$(BIN)/mypy

contracts: venv  ## who may import whom
	$(BIN)/lint-imports --no-logo

schema: venv  ## the generated files are what their sources give
	$(BIN)/python -m compiler.devtools check

wheel: venv  ## the wheel holds what it should and works by itself
	$(BIN)/python .ci/wheel.py

bench: venv  ## start-up, speed and memory, as ratios
	$(BIN)/python -m compiler.devtools.bench

parity: venv  ## build the SDK's definitions anew and compare
	$(BIN)/python tests/parity/regenerate.py

fuzz: venv  ## the property tests, with many more examples
	$(BIN)/python -m pytest -n auto --hypothesis-profile=thorough -m property

check: test lint types contracts schema wheel  ## all that CI runs

clean:  ## remove what the targets made
	rm -rf $(VENV) $(DEMO) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find compiler step_code tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/ready: pyproject.toml
	$(call environment,$(VENV),.[dev])

$(DEMO)/ready: pyproject.toml
	$(call environment,$(DEMO),.[local])

# An editable install leaves compiling to the first run of each module, so it is done here: (folder, what to install).
define environment
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv $(1)
	$(1)/bin/python $(PIP) install --editable '$(2)'
	$(1)/bin/python -m compileall -q compiler
	@touch $@
endef

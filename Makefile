# Needs Python 3.11 or newer, pip and make; everything else is installed into $(VENV).
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: help run test test-all test-browser coverage lint lock picture chaos field benchmark clean
.DEFAULT_GOAL := run

help: ## list these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/ ·/'

# The stamps depend on pyproject.toml, so a second run costs nothing.
$(VENV)/run.stamp: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "digest needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint requirements-dev.txt --editable '.[dev]'
	touch $@

run: $(VENV)/run.stamp ## set up, send the sample digest into ./sample-mail and show it
	$(BIN)/digest send --sample

# Test workers and the processes that tests start share the bytecode of the first one.
test test-all test-browser coverage chaos: export PYTHONDONTWRITEBYTECODE :=
PYTEST := $(BIN)/pytest --numprocesses=auto --dist=worksteal

lint: $(VENV)/dev.stamp ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint ## ruff, mypy and the fast tests
	$(PYTEST)

test-all: lint ## also the tests that start processes or Chromium
	$(PYTEST) -m 'not chaos'

test-browser: $(VENV)/dev.stamp ## only the tests in Chromium (Debian's chromium)
	$(BIN)/pytest -m browser

coverage: $(VENV)/dev.stamp ## branch coverage of all tests but those in Chromium
	$(PYTEST) -m 'not chaos and not browser' --cov --cov-report=term

chaos: $(VENV)/dev.stamp ## the long tests: 500 kills, clock jumps, five years of days (20 minutes)
	$(BIN)/pytest -m chaos -rA -s tests

picture: $(VENV)/dev.stamp ## the README's picture, from the sample (needs chromium)
	docs/picture.sh

lock: ## renew the pinned versions: requirements.txt for the image, requirements-dev.txt for development
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/pip install --quiet --disable-pip-version-check pip-tools
	for extra in 'requirements.txt --extra=dkim --extra=library --generate-hashes' 'requirements-dev.txt --extra=dev'; do \
	  $(VENV)-lock/bin/pip-compile --quiet --upgrade --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file $$extra pyproject.toml; done

# tests/benchmarks/README.md describes the data.
DIGEST_DATA ?= $(wildcard ../shared/data)
BENCHMARK := $(if $(DIGEST_DATA),DIGEST_DATA='$(DIGEST_DATA)') PYTHONPATH=tests:tests/support $(BIN)/python -m

benchmark: $(VENV)/dev.stamp ## costs, growth and ranking quality beside other methods
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[benchmark]'
	$(BENCHMARK) benchmarks.cost
	$(BENCHMARK) benchmarks.growth docs
	$(if $(DIGEST_DATA),$(BENCHMARK) benchmarks.ranking,@echo 'no data to rank: see tests/benchmarks/README.md')
	$(if $(DIGEST_DATA),$(BENCHMARK) benchmarks.likes)
	$(if $(DIGEST_DATA),$(BENCHMARK) benchmarks.summaries)

clean: ## remove everything that was generated
	rm -rf .venv* dist build sample-mail .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*

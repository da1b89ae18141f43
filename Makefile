# `make run` and `make test` need Python 3.11 or newer, pip and make; everything else they set up themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test test-all lint picture chaos benchmark clean
.DEFAULT_GOAL := run

# The stamps depend on pyproject.toml, so warm runs cost nothing.
$(VENV)/run.stamp: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "digest needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

run: $(VENV)/run.stamp ## set up, then send the sample digest into ./sample-mail and show it
	$(BIN)/digest send --sample

# Every worker and every process that a test starts reads what the first has compiled.
test test-all chaos: export PYTHONDONTWRITEBYTECODE :=

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint ## ruff, mypy and pytest with branch coverage
	$(BIN)/pytest --numprocesses=auto --dist=worksteal --cov --cov-report=term

test-all: lint ## the slow tests as well
	$(BIN)/pytest --cov --cov-report=term -m ''

picture: $(VENV)/dev.stamp ## the README's picture, from the sample (needs chromium)
	docs/picture.sh

chaos: $(VENV)/dev.stamp ## the long tests of what may go wrong: kills, clocks, five years of days
	$(BIN)/pytest -m slow -rA -s tests

# The figures of README: tests/benchmarks/README.md tells the format of the data.
DIGEST_DATA ?= $(wildcard ../shared/data)

benchmark: $(VENV)/dev.stamp ## what it costs, how costs grow, and how well it ranks beside others
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[benchmark]'
	PYTHONPATH=tests:tests/support $(BIN)/python -m benchmarks.cost
	PYTHONPATH=tests:tests/support $(BIN)/python -m benchmarks.growth docs
	$(if $(DIGEST_DATA),DIGEST_DATA='$(DIGEST_DATA)' PYTHONPATH=tests:tests/support $(BIN)/python -m benchmarks.ranking,@echo 'no papers to rank: tests/benchmarks/README.md')
	$(if $(DIGEST_DATA),DIGEST_DATA='$(DIGEST_DATA)' PYTHONPATH=tests:tests/support $(BIN)/python -m benchmarks.likes)

clean:
	rm -rf $(VENV) dist build sample-mail .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*

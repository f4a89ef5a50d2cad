# Two commands do all the set-up: `make schedule` and `make test`. Both build on `make env`.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
# The database of the tests, apart from the user's own.
TEST_DIR := target/test
TEST_DATABASE := $(TEST_DIR)/agency.duckdb
LINT_DIR := target/lint
TEST_AS_OF := 2026-03-18T12:00:00Z

export DBT_SEND_ANONYMOUS_USAGE_STATS := false

.PHONY: help env schedule test lint format types sql unit dbt full clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort

env: $(STAMP) profiles.yml ## make .venv with the console script `scheduler`

$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 env"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/pip install --quiet --constraint requirements.lock --editable . --group dev
	@touch $@

# dbt looks for profiles.yml; the user's own is never overwritten.
profiles.yml:
	cp profiles.example.yml profiles.yml

schedule: env ## a demo agency and one full run; see output/
	$(BIN)/scheduler demo
	$(BIN)/scheduler run

# Linters and dbt's own build use one core each: side by side with the Python tests they are for free.
test: env ## everything that must pass
	$(MAKE) --jobs 2 --keep-going unit lint dbt

lint: env types sql ## ruff, mypy, sqlfluff for both dialects, yamllint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/yamllint --strict .

types: env
	$(BIN)/mypy

# DuckDB's dialect on the sources; BigQuery's on what the real adapter compiles, without connecting.
sql: env
	mkdir -p $(LINT_DIR)
	EROS_PYTHON_MODELS=false EROS_DUCKDB_PATH=$(LINT_DIR)/lint.duckdb \
		$(BIN)/sqlfluff lint --disable-progress-bar models tests
	rm -rf $(LINT_DIR)/compiled
	$(BIN)/dbt --quiet compile --no-introspect --no-populate-cache --profiles-dir tests/bigquery \
		--target-path $(LINT_DIR) --log-path $(LINT_DIR)/logs
	$(BIN)/dbt-score lint --manifest $(LINT_DIR)/manifest.json --show failing-items
	$(BIN)/sqlfluff lint --disable-progress-bar --dialect bigquery --templater raw \
		--rules structure.distinct $(LINT_DIR)/compiled

# The whole project with every data test and unit test, on a small agency.
dbt: env
	rm -rf $(TEST_DIR) && mkdir -p $(TEST_DIR)
	EROS_DUCKDB_PATH=$(TEST_DATABASE) $(BIN)/scheduler demo --as-of $(TEST_AS_OF) \
		--pages 4 --messages 2400 --captions 1200 --seed 3 --output-dir $(TEST_DIR)/demo
	EROS_DUCKDB_PATH=$(TEST_DATABASE) $(BIN)/dbt --quiet build --profiles-dir . \
		--target-path $(TEST_DIR)/target --log-path $(TEST_DIR)/logs \
		--vars '{as_of: "$(TEST_AS_OF)"}'

unit: env
	$(BIN)/pytest -n 2 --dist loadfile --durations 10 --cov --cov-report=term:skip-covered --cov-fail-under=80

full: env ## the demo at its full size, published and within every rule
	$(BIN)/pytest -m full

format: env ## rewrite Python and SQL in the house style
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .
	$(BIN)/sqlfluff fix --disable-progress-bar models tests

clean: ## remove what was built; your warehouse, demo/ and output/ stay
	rm -rf .venv .venv-* target logs *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage

-include bigframes.mk bigquery.mk mutation.mk

# The project for BigQuery without an account: GoogleSQL's own analyzer, an emulator and BigQuery
# DataFrames' local session, each in an environment of its own, for their packages do not agree with the
# project's.

BIGQUERY_TESTS := tests/bigquery
BIGQUERY_STAMPS := .venv-analyzer/.installed .venv-emulator/.installed .venv-bigframes/.installed

.PHONY: test-bigquery sizes

sizes: env ## how often each statement reads a table on BigQuery, views and CTEs written out
	@mkdir -p $(LINT_DIR)
	@$(BIN)/dbt --quiet compile --no-introspect --no-populate-cache --profiles-dir tests/bigquery \
		--target-path $(LINT_DIR) --log-path $(LINT_DIR)/logs
	@$(BIN)/python -m tests.scheduler.project.expanded $(LINT_DIR)/manifest.json

test-bigquery: env $(BIGQUERY_STAMPS) ## the project as BigQuery reads it: analyzed, and built on an emulator
	$(BIN)/pytest -n 2 --dist loadfile --durations=0 --durations-min=5 $(BIGQUERY_TESTS) tests/bigframes

.venv-%/.installed: $(BIGQUERY_TESTS)/requirements-%.txt
	$(PYTHON) -m venv .venv-$*
	.venv-$*/bin/pip install --quiet --requirement $<
	@touch $@

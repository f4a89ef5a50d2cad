# The project for BigQuery without an account: GoogleSQL's own analyzer, an emulator and BigQuery
# DataFrames' local session, each in an environment of its own, for their packages do not agree with the
# project's.

BIGQUERY_TESTS := tests/bigquery
BIGQUERY_STAMPS := .venv-analyzer/.installed .venv-emulator/.installed .venv-bigframes/.installed

.PHONY: test-bigquery

test-bigquery: env $(BIGQUERY_STAMPS) ## the project as BigQuery reads it: analyzed, and built on an emulator
	$(BIN)/pytest -n 2 --dist loadfile --durations=0 --durations-min=5 $(BIGQUERY_TESTS) tests/bigframes

.venv-%/.installed: $(BIGQUERY_TESTS)/requirements-%.txt
	$(PYTHON) -m venv .venv-$*
	.venv-$*/bin/pip install --quiet --requirement $<
	@touch $@

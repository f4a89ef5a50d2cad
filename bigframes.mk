# The Python models on BigQuery DataFrames, in an environment of its own: its packages are 1.2 GB and
# nothing else needs them.

.PHONY: test-bigframes

test-bigframes: env .venv-bigframes/.installed ## the Python models on BigQuery DataFrames' local session
	$(BIN)/pytest tests/bigframes

.venv-bigframes/.installed: tests/bigframes/requirements.txt
	$(PYTHON) -m venv .venv-bigframes
	.venv-bigframes/bin/pip install --quiet --requirement $<
	@touch $@

# One fault per rule and per check of staging, planted into a copy of the small demo. `make test` runs
# the same; alone it takes about a minute and a half, half of it the build.

.PHONY: mutation

mutation: env ## plant a fault per rule and per staging check; each must be caught by name
	$(BIN)/pytest -vv tests/scheduler/mutation

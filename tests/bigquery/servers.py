"""The two servers that stand for BigQuery, each a process in its own environment."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PROJECT = "offline"
AS_OF = "2026-03-18T12:00:00Z"


@contextmanager
def serving(environment: str, module: str, *arguments: str | Path) -> Iterator[str]:
    """A server's address, while it runs.

    Args:
        environment: name of the environment's folder in the checkout.
        module: module of this folder that serves and first prints `listening on PORT`.
        arguments: given to the module.
    """
    python = ROOT / environment / "bin" / "python"
    assert python.exists(), f"{environment} is missing: run `make test-bigquery`"
    command = [python, "-m", module, *arguments, "--port", "0"]
    process = subprocess.Popen(
        command, cwd=HERE, env=os.environ | {"PYTHONPATH": str(HERE)}, text=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said.startswith("listening on "), f"{module} did not start: {said}"
        yield f"http://127.0.0.1:{said.split()[-1]}"
    finally:
        process.terminate()
        process.wait()


def dbt(
    endpoint: str, target: Path, command: Sequence[str], project: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run dbt with the real BigQuery adapter against a server."""
    return subprocess.run(
        [
            sys.executable, "-m", "dbt.cli.main", "--no-use-colors", *command,
            "--project-dir", project, "--profiles-dir", HERE, "--target-path", target,
            "--log-path", target / "logs", "--vars", repr({"as_of": AS_OF}),
        ],
        env=os.environ | {
            "EROS_BIGQUERY_ENDPOINT": endpoint, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        },
        capture_output=True, text=True, check=False, cwd=project,
    )  # fmt: skip

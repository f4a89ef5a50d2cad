"""dbt's own account of the project, parsed once for all tests."""

import fcntl
import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from scheduler.warehouse import DbtProject
from tests.scheduler.project.files import ROOT
from tests.scheduler.shared import shared_folder

Manifest = Mapping[str, Any]


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """What `dbt parse` says. Test processes share it: the first parses while the others wait."""
    shared = shared_folder(tmp_path_factory, "parsed_project")
    project, database = DbtProject(ROOT), shared / "parsed.duckdb"
    path = project.work_dir(database) / "target" / "manifest.json"
    with (shared / "lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not path.exists():
            project.run(["parse"], {}, database, lambda _: None)
    content: Manifest = json.loads(path.read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="session")
def for_bigquery(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """What `dbt compile` says of the project for BigQuery, without a connection to any."""
    shared = shared_folder(tmp_path_factory, "compiled_for_bigquery")
    path = shared / "manifest.json"
    with (shared / "lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not path.exists():
            command = [
                sys.executable, "-m", "dbt.cli.main", "--quiet", "compile", "--no-introspect",
                "--no-populate-cache", "--profiles-dir", "tests/bigquery", "--target-path",
                str(shared), "--log-path", str(shared / "logs"),
            ]  # fmt: skip
            subprocess.run(command, cwd=ROOT, check=True)
    content: Manifest = json.loads(path.read_text(encoding="utf-8"))
    return content

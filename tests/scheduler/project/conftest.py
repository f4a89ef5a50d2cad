"""dbt's own account of the project, parsed once for all tests."""

import fcntl
import json
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

"""The dbt project beside the package: where it is, what it says, and how it is built."""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scheduler import log
from scheduler.errors import SchedulerError
from scheduler.tuning.setting_checks import check_settings
from scheduler.warehouse.dbt_process import first_error, run_child
from scheduler.warehouse.definitions import definitions
from scheduler.warehouse.profile import Target, has_profile, read_target

_HASHED = ("models", "macros", "seeds", "python_models", "scheduler")
_HASHED_SUFFIXES = {".sql", ".yml", ".csv", ".py"}
# dbt makes millions of objects that live to its end: the collector of reference cycles, which looks
# at every 700 new ones, takes a tenth of a build to find next to nothing.
_DBT = "import gc; gc.set_threshold(100_000); from dbt.cli.main import cli; cli()"


@dataclass(frozen=True)
class DbtProject:
    """A checkout's dbt project.

    Attributes:
        root: folder of `dbt_project.yml`.
    """

    root: Path

    @classmethod
    def find(cls) -> "DbtProject":
        """The project of this checkout, or the one `$EROS_PROJECT_DIR` names.

        Raises:
            SchedulerError: there is no `dbt_project.yml` there.
        """
        named = os.environ.get("EROS_PROJECT_DIR")
        root = Path(named).resolve() if named else Path(__file__).resolve().parents[2]
        if not (root / "dbt_project.yml").is_file():
            raise SchedulerError(
                f"{root} holds no dbt_project.yml. "
                "Set EROS_PROJECT_DIR to the folder of the project's checkout."
            )
        return cls(root)

    def default_vars(self) -> dict[str, Any]:
        """The vars of `dbt_project.yml`, before any override."""
        return _project_vars(self.root)

    def fingerprint(self) -> str:
        """Hash of every model, macro, seed and module: the version of what a build and a run do."""
        return _fingerprint(self.root)

    def built(self, fingerprint: str) -> bool:
        """Whether marts with this fingerprint are of this version, built by us or by hand."""
        return fingerprint in (self.fingerprint(), definitions(self.root))

    def with_overrides(self, overrides: Mapping[str, Any]) -> dict[str, Any]:
        """The vars in effect under per-run overrides.

        Raises:
            SchedulerError: an override names no var of the project, or a value is not what the
                setting may be.
        """
        return check_settings(self.root, self.default_vars(), overrides)

    def run(
        self,
        arguments: Sequence[str],
        variables: Mapping[str, Any],
        database: Path,
        on_line: Callable[[str], None],
    ) -> None:
        """Run one dbt command in a process of its own and hand on what it prints.

        Args:
            arguments: the command and its selectors, such as `["build", "--exclude", "tag:rule"]`.
            variables: vars that override the project's. `as_of` and `tests_follow` go by the
                environment: a var that differs makes dbt parse the whole project anew.
            database: stands for the warehouse; a DuckDB file must be closed here.
            on_line: called with each line of dbt's output.

        Raises:
            SchedulerError: dbt failed; the message names its first error and the log.
        """
        given = dict(variables)
        moment, tests_follow = given.pop("as_of", None), given.pop("tests_follow", False)
        command = [
            sys.executable, "-c", _DBT, "--no-use-colors", *arguments,
            "--project-dir", str(self.root), "--profiles-dir", str(self.profiles_dir()),
            "--target-path", str(self.work_dir(database) / "target"),
            "--log-path", str(self.work_dir(database) / "logs"),
            "--vars", json.dumps(given, sort_keys=True),
        ]  # fmt: skip
        environment = os.environ | {
            "EROS_DUCKDB_PATH": str(database),
            "EROS_AS_OF": str(moment or ""),
            # Of what the environment holds, only names of this kind change without a new parse.
            "DBT_ENV_CUSTOM_ENV_TESTS_FOLLOW": "true" if tests_follow else "",
            "EROS_INVOCATION": log.invocation(),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        with log.timed("build", arguments=list(arguments)) as told:
            code, lines = run_child(command, self.root, environment, on_line)
            told["exit_code"] = code
            told["summary"] = next((ln for ln in reversed(lines) if "Done. PASS=" in ln), None)
        if code != 0:
            raise SchedulerError(
                f"`dbt {arguments[0]}` failed: {first_error(lines)} "
                f"Details: {self.work_dir(database) / 'logs' / 'dbt.log'}."
            )

    def work_dir(self, database: Path) -> Path:
        """Where dbt keeps compiled models and logs: apart for each database but the default one."""
        if database.parent == self.root:
            return self.root
        return database.with_name(f".{database.stem}_dbt")

    def profiles_dir(self) -> Path:
        """The user's dbt profiles if they hold ours, else a copy of `profiles.example.yml`."""
        named = os.environ.get("DBT_PROFILES_DIR")
        for folder in [*([Path(named)] if named else []), self.root, Path.home() / ".dbt"]:
            if has_profile(folder):
                return folder
        folder = self.root / "target" / "profiles"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.root / "profiles.example.yml", folder / "profiles.yml")
        return folder

    def target(self) -> Target:
        """The output of the profile that this process and its dbt use.

        Raises:
            SchedulerError: the profile has no such output, or it is of another engine.
        """
        return read_target(self.profiles_dir())


@cache
def _project_vars(root: Path) -> dict[str, Any]:
    content = yaml.safe_load((root / "dbt_project.yml").read_text(encoding="utf-8"))
    return dict(content.get("vars") or {})


@cache
def _fingerprint(root: Path) -> str:
    digest = hashlib.sha256((root / "dbt_project.yml").read_bytes())
    for folder in _HASHED:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in _HASHED_SUFFIXES and path.is_file():
                digest.update(path.relative_to(root).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]

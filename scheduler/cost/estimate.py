"""The bytes of a weekly run: what models, tests and the scheduler itself read."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from scheduler.analysis.performance import read_analyses
from scheduler.cost.estimator import Estimator
from scheduler.errors import SchedulerError
from scheduler.marts import build, inputs, publish, run_history, schedules
from scheduler.marts.build_settings import Settings, read_settings
from scheduler.marts.run_result import RunResult
from scheduler.planning.week import resolve_week
from scheduler.progress import Progress
from scheduler.training import registry
from scheduler.warehouse import DbtProject, Warehouse, Workspace, connect, overriding
from scheduler.warehouse.base import Scan

# On demand, each table of a query counts with 10 MB at least, and a query with 10 MB at least.
# Source: cloud.google.com/bigquery/pricing.
LEAST_BYTES = 10_000_000
_FREE = ("view", "ephemeral")
_PARTS = {"model": "models", "snapshot": "models", "test": "tests"}


@dataclass(frozen=True)
class Part:
    """One part of a run.

    Attributes:
        name: `models` (with snapshots), `tests` or `scheduler`.
        scans: what each of its statements reads.
        missing: statements on tables that are not built yet, which can't be estimated.
    """

    name: str
    scans: tuple[Scan, ...]
    missing: int = 0

    def read(self, times: float = 1.0) -> float:
        """Bytes it reads on an agency that many times as large."""
        return times * sum(scan.bytes for scan in self.scans)

    def billed(self, times: float = 1.0) -> float:
        """Bytes it is billed for at least, with BigQuery's minimum for small tables."""
        return sum(
            max(times * scan.bytes, LEAST_BYTES * max(1, scan.tables)) for scan in self.scans
        )


def estimate_run(
    database: Path, overrides: Mapping[str, Any], progress: Progress
) -> tuple[list[Part], str]:
    """Estimate a run that builds the marts and plans every page.

    Args:
        database: stands for the warehouse; no connection of this process to it may be open.
        overrides: settings of the run.
        progress: told what is done.

    Returns:
        The parts, and where the estimate comes from.

    Raises:
        SchedulerError: no data were loaded, or dbt can't compile the project.
    """
    workspace = Workspace(DbtProject.find(), database, overrides)
    workspace.project.with_overrides(overrides)
    with overriding(overrides):
        return _estimated(workspace, progress)


def _estimated(workspace: Workspace, progress: Progress) -> tuple[list[Part], str]:
    workspace.require()
    database = workspace.database
    nodes = _compiled(workspace.project, database, workspace.overrides, progress)
    with connect(database, labels={"eros_step": "estimate"}) as warehouse:
        progress.step(f"Estimating {len(nodes)} statements of the build, then the scheduler's.")
        parts = [_build_part(name, warehouse, nodes) for name in ("models", "tests")]
        return [*parts, _scheduler_part(warehouse)], warehouse.description


def _compiled(
    project: DbtProject, database: Path, overrides: Mapping[str, Any], progress: Progress
) -> list[dict[str, Any]]:
    """The nodes that a run builds and that read something, as dbt compiled them just now."""
    progress.step("Compiling the project.")
    chosen = build.left_out()
    project.run(["compile", "--exclude", *chosen], overrides, database, progress.detail)
    path = project.work_dir(database) / "target" / "manifest.json"
    nodes = json.loads(path.read_text(encoding="utf-8"))["nodes"].values()
    return [
        node
        for node in nodes
        if node["resource_type"] in _PARTS
        and node["config"]["materialized"] not in _FREE
        and node["language"] != "python"
        and (node.get("compiled_code") or "").strip()
    ]


def _build_part(name: str, warehouse: Warehouse, nodes: list[dict[str, Any]]) -> Part:
    mine = [node for node in nodes if _PARTS[node["resource_type"]] == name]
    found = warehouse.scan_all([_sent(node) for node in mine])
    scans = tuple(scan for scan in found if scan is not None)
    return Part(name, scans, missing=len(found) - len(scans))


def _sent(node: Mapping[str, Any]) -> str:
    """The query that dbt sends: of a test it only counts the rows."""
    sql = str(node["compiled_code"])
    return f"select count(*) from ({sql}\n) as broken" if node["resource_type"] == "test" else sql  # noqa: S608 - dbt's own


def _scheduler_part(warehouse: Warehouse) -> Part:
    """Every statement of a run, in its order, through the very functions that a run calls."""
    settings = read_settings(warehouse)
    if settings is None:
        return Part("scheduler", (), missing=1)
    week = resolve_week(
        None, settings.as_of, settings.default_timezone, settings.plan_horizon_weeks
    )
    asked = Estimator(warehouse)
    for step in _steps(asked, settings, week):
        # what reads a table that is not built yet is counted as missing by the estimator
        with suppress(SchedulerError):
            step()
    return Part("scheduler", tuple(asked.scans), asked.missing)


def _steps(asked: Estimator, settings: Settings, week: date) -> list[Callable[[], object]]:
    nothing = RunResult(run_id="", week=week, as_of=settings.as_of, pages={})
    template = dict.fromkeys(schedules.TEMPLATE_SCHEMA.names)
    return [
        lambda: build.raw_fingerprint(asked),
        lambda: inputs.read_pages(asked),
        lambda: schedules.illegal_active_weeks(asked, settings.as_of),
        lambda: inputs.read_slots(asked, week),
        lambda: inputs.read_training(asked),
        lambda: inputs.read_candidates(asked, week),
        lambda: inputs.read_page_settings(asked, week),
        lambda: inputs.read_energy_profiles(asked),
        lambda: inputs.read_price_points(asked),
        lambda: inputs.read_filter_counts(asked, week),
        *(partial(asked.append, table, pa.table({}), key) for table, key in registry.KEYS.items()),
        lambda: inputs.read_creators(asked),
        lambda: inputs.read_live_schedules(asked),
        lambda: schedules.existing_schedules(asked, week),
        lambda: schedules.read_launches(asked, week),
        lambda: publish.write_proposed(asked, [template]),
        lambda: publish.audit(asked, [], []),
        lambda: publish.publish(asked, week, {}, {}),
        lambda: schedules.read_schedule_rows(asked, []),
        lambda: run_history.record(asked, nothing, settings.as_of, []),
        lambda: read_analyses(asked),
    ]
